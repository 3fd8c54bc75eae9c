import { z } from 'zod';
import { exponentOf } from './currency';
import { DEEPEST, isDeeperThan, withoutNulls } from './nesting';
import type { LegName, ProviderName } from './plan';
import { faultOfText, isPersonId, PERSON, PERSON_RULE } from './text';
import { patternOfText } from './text-pattern';

const MOST = 10 ** 12;
const WHOLE_NUMBER = `a whole number from 1 to ${MOST}`;
const amount = z.int().min(1).max(MOST);
const id = matching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/);
const mircateText = matching(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/);
const phone = matching(/^\+?[0-9]{5,15}$/);

function matching(pattern: RegExp) {
  return z.string().regex(pattern, `must match ${pattern.source}`);
}

// What zod cannot tell from a refinement stands beside it as JSON Schema: npm run contract writes it.
function printable(longest: number) {
  const rule = z.string().refine((text) => faultOfText(text, longest) === undefined, {
    error: ({ input }) => faultOfText(input, longest),
  });
  return rule.meta({ minLength: 1, maxLength: longest, pattern: patternOfText({ blankEdges: 'refused' }) });
}

/** Text that becomes a path segment or a reference at a provider. */
function reference(longest: number) {
  return printable(longest)
    .refine((text) => text !== '.' && text !== '..', 'must not be "." or ".."')
    .meta({ not: { enum: ['.', '..'] } });
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

const BY_WALLET = ['walletId', 'walletCurrency'];

/** JSON Schema for fields that must be there, and others that may not. Null counts as absent. */
function given(present: readonly string[], absent: readonly string[] = []): Record<string, unknown> {
  const typed = (names: readonly string[], schema: object) => names.map((name) => [name, schema] as const);
  const properties = [...typed(present, { not: { type: 'null' } }), ...typed(absent, { type: 'null' })];
  return { required: present, properties: Object.fromEntries(properties) };
}

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
  })
  .meta({ anyOf: [given(['accountNumber'], BY_WALLET), given(BY_WALLET, ['accountNumber'])] });

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

/** The shapes of each leg. */
const LEGS = {
  loyalty: z.discriminatedUnion('provider', [dsquares, mircate]),
  sale: z.discriminatedUnion('provider', [paywall]),
  cash: z.discriminatedUnion('provider', [sipay, wyre]),
};

/** The argument of `refundOrder`, but for what depends on the clock, the fleet and the workflow id. */
export const refundRequest = z
  .strictObject({
    refundId: id,
    orderId: id,
    currency: z
      .string()
      .refine((text) => exponentOf(text) !== undefined, 'must be an ISO 4217 currency')
      .meta({ pattern: '^[A-Z]{3}$' }),
    requestedBy: z.string().refine(isPersonId, PERSON_RULE).meta({ pattern: PERSON.source }),
    reason: printable(200),
    loyalty: LEGS.loyalty.optional(),
    sale: LEGS.sale.optional(),
    cash: LEGS.cash.optional(),
    paid: z
      .strictObject({ loyalty: amount.optional(), sale: amount.optional(), cash: amount.optional() })
      .optional(),
  })
  .refine((request) => request.loyalty ?? request.sale ?? request.cash, {
    message: 'at least one of loyalty, sale and cash is required',
    // Told together with what else is wrong, so that nobody corrects a request twice.
    when: ({ value }) => isFields(value),
  })
  .meta({ anyOf: [given(['loyalty']), given(['sale']), given(['cash'])] });

function isFields(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The one argument of `refundOrder`, as an order service sends it (design: public contract 3.1). */
export type RefundRequest = z.infer<typeof refundRequest>;
export type DsquaresLeg = z.infer<typeof dsquares>;
export type MircateLeg = z.infer<typeof mircate>;
export type PaywallLeg = z.infer<typeof paywall>;
export type SipayLeg = z.infer<typeof sipay>;
export type WyreLeg = z.infer<typeof wyre>;
/** One wallet's share of a request, of any provider. */
export type RequestLeg = DsquaresLeg | MircateLeg | PaywallLeg | SipayLeg | WyreLeg;

/** Whether a value is a valid leg of this name, even if the rest of the request is not valid. */
export function isRequestLeg(name: LegName, value: unknown): value is RequestLeg {
  return LEGS[name].safeParse(value).success;
}

/** Where and when a request is validated: some rules depend on it. */
export interface ValidationContext {
  /** Those that the fleet serves, on this worker or on another. */
  providers: ReadonlySet<ProviderName>;
  now: Date;
}

/** A valid request, or the wrong fields by path, the first of many; a problem never repeats a value. */
export type ValidatedRequest = { request: RefundRequest } | { problems: string[] };

/** Checks a request completely before anything is planned. Fields that are null are absent. */
export function validateRefundRequest(input: unknown, context: ValidationContext): ValidatedRequest {
  if (isDeeperThan(input, DEEPEST)) return { problems: [`(request): nests deeper than ${DEEPEST} levels`] };
  const parsed = refundRequest.safeParse(withoutNulls(input), { error: faultOf });
  if (!parsed.success) return { problems: firstOf(parsed.error.issues.flatMap(describeIssue)) };
  const problems = [...unknownProviders(parsed.data, context), ...futurePurchase(parsed.data, context)];
  return problems.length > 0 ? { problems } : { request: parsed.data };
}

/** So many problems are told: a failure that tells of thousands is too large for the server, and would hang its run. */
const MOST_PROBLEMS = 20;

function firstOf(problems: string[]): string[] {
  const more = problems.length - MOST_PROBLEMS;
  return more > 0 ? [...problems.slice(0, MOST_PROBLEMS), `and ${more} more`] : problems;
}

function unknownProviders(request: RefundRequest, { providers }: ValidationContext): string[] {
  return (['loyalty', 'sale', 'cash'] as const)
    .filter((leg) => request[leg] && !providers.has(request[leg].provider))
    .map((leg) => `${leg}.provider: this provider is not served here (PROVIDERS)`);
}

function futurePurchase({ cash }: RefundRequest, { now }: ValidationContext): string[] {
  const isFuture = cash?.provider === 'wyre' && Date.parse(cash.purchasedAt) > now.getTime();
  return isFuture ? ['cash.purchasedAt: must not be in the future'] : [];
}

/** What a field must be, in our words: zod's own name types of JavaScript. */
const KINDS: Partial<Record<string, string>> = {
  string: 'a text',
  boolean: 'true or false',
  object: 'an object with fields',
  int: WHOLE_NUMBER,
  number: WHOLE_NUMBER,
};

/** Why a value is wrong where its schema has no words of its own; a value is never repeated. */
function faultOf(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.input === undefined && issue.path?.length) return 'is required';
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${KINDS[issue.expected] ?? issue.expected}`;
    case 'too_small':
    case 'too_big':
      return `must be ${WHOLE_NUMBER}`;
    case 'invalid_union':
      return `must be ${listOf(issue.options)}`;
    default:
      return undefined;
  }
}

function listOf(values: unknown): string {
  return Array.isArray(values) ? values.join(' or ') : 'another value';
}

function describeIssue(issue: z.core.$ZodIssue): string[] {
  // Beyond the safe integers a number is beyond our own bounds too, which are told.
  if ('origin' in issue && issue.origin === 'int') return [];
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
