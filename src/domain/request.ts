import { z } from 'zod';
import { exponentOf } from './currency';
import type { ProviderName } from './plan';
import { isPrintable } from './text';

const MOST = 10 ** 12;
const amount = z.int().min(1).max(MOST);
const id = matching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/);
const mircateText = matching(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/);
const phone = matching(/^\+?[0-9]{5,15}$/);

function matching(pattern: RegExp) {
  return z.string().regex(pattern, `must match ${pattern.source}`);
}

function printable(longest: number) {
  return z
    .string()
    .refine(
      (text) => isPrintable(text, longest),
      `must be 1 to ${longest} printable characters without a blank at either end`,
    );
}

/** Text that becomes a path segment or a reference at a provider. */
function reference(longest: number) {
  return printable(longest).refine((text) => text !== '.' && text !== '..', 'must not be "." or ".."');
}

const dsquares = z.strictObject({
  provider: z.literal('dsquares'),
  walletCode: matching(/^[A-Za-z0-9_-]{1,64}$/),
  contactMsisdn: phone,
  branchMsisdn: phone,
  transactionId: matching(/^[1-9][0-9]{0,14}$/),
  points: amount,
  invoiceNumber: reference(64).optional(),
});

const mircate = z
  .strictObject({
    provider: z.literal('mircate'),
    transactionId: mircateText,
    points: amount,
    accountNumber: mircateText.optional(),
    walletId: mircateText.optional(),
    walletCurrency: mircateText.optional(),
  })
  .superRefine((leg, context) => {
    const byWallet = leg.walletId !== undefined || leg.walletCurrency !== undefined;
    const refuse = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    if (leg.accountNumber !== undefined && byWallet) {
      refuse('accountNumber', 'give either accountNumber, or walletId and walletCurrency, not both');
    } else if (leg.accountNumber === undefined) {
      if (leg.walletId === undefined) refuse('walletId', 'required (or give accountNumber instead)');
      if (leg.walletCurrency === undefined)
        refuse('walletCurrency', 'required (or give accountNumber instead)');
    }
  });

const paywall = z.strictObject({
  provider: z.literal('paywall'),
  externalReference: reference(128),
  amountMinor: amount,
  rollbackFee: z.boolean(),
  rollbackCashback: z.boolean(),
});

const sipay = z.strictObject({
  provider: z.literal('sipay'),
  transactionId: matching(/^[A-Za-z0-9]{1,32}$/),
  amountMinor: amount,
});

const wyre = z.strictObject({
  provider: z.literal('wyre'),
  orderId: matching(/^[A-Za-z0-9_-]{1,64}$/),
  amountMinor: amount,
  purchasedAt: z.iso.datetime({ offset: true, error: 'must be ISO 8601 with an offset' }),
});

const refundRequest = z
  .strictObject({
    refundId: id,
    orderId: id,
    currency: z.string().refine((text) => exponentOf(text) !== undefined, 'must be an ISO 4217 currency'),
    requestedBy: printable(64),
    reason: printable(200),
    loyalty: z.discriminatedUnion('provider', [dsquares, mircate]).optional(),
    sale: z.discriminatedUnion('provider', [paywall]).optional(),
    cash: z.discriminatedUnion('provider', [sipay, wyre]).optional(),
  })
  .refine((request) => request.loyalty ?? request.sale ?? request.cash, {
    message: 'at least one of loyalty, sale and cash is required',
  });

/** The one argument of `refundOrder`, as an order service sends it (design: public contract 3.1). */
export type RefundRequest = z.infer<typeof refundRequest>;
export type DsquaresLeg = z.infer<typeof dsquares>;
export type MircateLeg = z.infer<typeof mircate>;
export type PaywallLeg = z.infer<typeof paywall>;
export type SipayLeg = z.infer<typeof sipay>;
export type WyreLeg = z.infer<typeof wyre>;
/** One wallet's share of a request, of any provider. */
export type RequestLeg = DsquaresLeg | MircateLeg | PaywallLeg | SipayLeg | WyreLeg;

/** Where and when a request is validated: some rules depend on it. */
export interface ValidationContext {
  providers: ReadonlySet<ProviderName>;
  now: Date;
}

/** A valid request, or each wrong field by path; a problem never repeats a value. */
export type ValidatedRequest = { request: RefundRequest } | { problems: string[] };

/** Checks a request completely before anything is planned. */
export function validateRefundRequest(input: unknown, context: ValidationContext): ValidatedRequest {
  const parsed = refundRequest.safeParse(input);
  if (!parsed.success) return { problems: parsed.error.issues.flatMap(describeIssue) };
  const problems = [...unknownProviders(parsed.data, context), ...futurePurchase(parsed.data, context)];
  return problems.length > 0 ? { problems } : { request: parsed.data };
}

function unknownProviders(request: RefundRequest, { providers }: ValidationContext): string[] {
  return (['loyalty', 'sale', 'cash'] as const)
    .filter((leg) => request[leg] && !providers.has(request[leg].provider))
    .map((leg) => `${leg}.provider: this provider is not configured here`);
}

function futurePurchase({ cash }: RefundRequest, { now }: ValidationContext): string[] {
  const isFuture = cash?.provider === 'wyre' && Date.parse(cash.purchasedAt) > now.getTime();
  return isFuture ? ['cash.purchasedAt: must not be in the future'] : [];
}

function describeIssue(issue: z.core.$ZodIssue): string[] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `${[...path, fieldName(key)].join('.')}: unknown field`);
  }
  return [`${path.join('.') || '(request)'}: ${issue.message}`];
}

/** An unknown field's name is the sender's text: shown only when it can be nothing but a name. */
function fieldName(key: string): string {
  return /^[A-Za-z_][A-Za-z_]{0,39}$/.test(key) ? key : '(a field)';
}
