import { z } from 'zod';
import type { MovementAnswer } from '../../domain/outcome';
import type { PaywallLeg } from '../../domain/request';
import { codeOf, saysAlready, turnedAway, unexpectedBody, withoutBody, type HttpAnswer } from '../answers';
import type { HttpResult } from '../http-answer';
import { isAmount, wireDecimal, wireId } from '../json';
import type { ProviderCall } from '../provider';

/** One refund of a sale at Paywall. */
export type PaywallCall = ProviderCall<PaywallLeg>;

/** Statuses beside 2xx under which a failure envelope is a business answer (sheet: classification; design 5). */
const REFUSAL_STATUSES: ReadonlySet<number> = new Set([400, 404, 409, 422]);

const NAMES_KEYS = /^auth\b|unauthori[sz]ed|api ?-?(?:key|client)/i;

const transaction = z.object({
  Id: wireId,
  TransactionType: z.string(),
  ExternalReference: z.string(),
  Amount: wireDecimal,
  GiftAmount: z.unknown().optional(),
  MainTransactionId: z.string().nullish(),
  CreatedAt: z.string(),
  CurrencyCode: z.string().nullish(),
});

const oneTransaction = z.union([transaction, z.tuple([transaction]).transform(([only]) => only)]);

const envelope = z.object({
  IsSuccess: z.boolean(),
  IsFailure: z.boolean(),
  Errors: z.unknown().optional(),
  Value: z.unknown().optional(),
});

const coded = z.object({ Code: z.string() });

/** One row of Paywall's books, in either generation of its envelope (sheet: response). */
export type Transaction = z.infer<typeof transaction>;
type Envelope = z.infer<typeof envelope>;

/** The body of the refund call: no amount, Paywall always gives the whole sale back (sheet: refund call). */
export function refundBody({ externalReference, rollbackFee, rollbackCashback }: PaywallLeg) {
  return {
    ExternalReference: externalReference,
    RollbackFee: rollbackFee,
    RollbackCashback: rollbackCashback,
  };
}

/** What the refund call did, by the success test and the classification of the sheet. */
export function readRefund(result: HttpResult, call: PaywallCall): MovementAnswer {
  // `withoutBody` decides everything that is no whole answer.
  return withoutBody(result) ?? judgeRefund(result as HttpAnswer, call);
}

function judgeRefund(answer: HttpAnswer, call: PaywallCall): MovementAnswer {
  const body = envelope.safeParse(answer.body).data;
  if (body?.IsSuccess) return judgeSuccess(answer, body, call);
  const mend = whatToMend(answer);
  if (mend !== undefined) return turnedAway(answer, mend);
  return isRefusal(answer) ? refusalOf(errorsOf(body)) : unexpectedBody(answer);
}

function judgeSuccess(answer: HttpAnswer, body: Envelope, call: PaywallCall): MovementAnswer {
  const row = isHealthy(answer.status, body) ? oneTransaction.safeParse(body.Value).data : undefined;
  if (row === undefined) return unexpectedBody(answer);
  const differences = differencesOf(row, call);
  return differences.length === 0
    ? { kind: 'done', providerReference: row.Id }
    : {
        kind: 'ambiguous',
        message: `Paywall confirmed a movement that differs from this refund in: ${differences.join(', ')}.`,
      };
}

/** In what a row differs from the refund we asked for; empty when it is that refund (sheet: success test). */
export function differencesOf(row: Transaction, { leg, currency, exponent }: PaywallCall): string[] {
  const sameness = {
    kind: row.TransactionType === 'Refund',
    reference: row.ExternalReference === leg.externalReference,
    amount: isAmount(row.Amount, leg.amountMinor, exponent),
    currency: hasCurrency(row, currency),
    // Whether Amount is gross or net of the gift part is not documented.
    'gift part': (row.GiftAmount ?? null) === null,
  };
  return Object.entries(sameness).flatMap(([name, isSame]) => (isSame ? [] : [name]));
}

/** Whether a row is in this currency; the older envelope does not tell, which counts as yes (sheet: success test). */
export function hasCurrency({ CurrencyCode }: Transaction, currency: string): boolean {
  return (CurrencyCode ?? currency) === currency;
}

/** The rows of a healthy look-up by our reference; undefined when the answer proves nothing (sheet: look-up 1). */
export function readRows(result: HttpResult, { leg }: PaywallCall): Transaction[] | undefined {
  if (result.kind !== 'answer') return undefined;
  const body = envelope.safeParse(result.body).data;
  if (body === undefined || !isHealthy(result.status, body)) return undefined;
  const rows = z.array(transaction).safeParse(body.Value).data;
  return rows?.every((row) => row.ExternalReference === leg.externalReference) ? rows : undefined;
}

/** Whether Paywall says no by its plain failure envelope; a failure that names our keys is none (sheet: classification). */
export function isRefusal(answer: HttpAnswer): boolean {
  const body = envelope.safeParse(answer.body).data;
  const isFailure = body?.IsFailure === true && !body.IsSuccess && body.Value === null;
  return isFailure && (isGood(answer.status) || REFUSAL_STATUSES.has(answer.status)) && !whatToMend(answer);
}

/** What must be mended before Paywall listens to us; undefined when it did listen (sheet: classification). */
export function whatToMend({ status, body }: HttpAnswer): string | undefined {
  const known = envelope.safeParse(body).data;
  const namesKeys = known?.IsFailure === true && errorsOf(known).texts.some((text) => NAMES_KEYS.test(text));
  if (status === 401 || status === 403 || namesKeys) {
    return `Paywall refused our keys (HTTP ${status}): check PAYWALL_API_KEY and PAYWALL_API_CLIENT.`;
  }
  const isRoute = status === 405 || status === 415 || (status === 404 && known === undefined);
  return isRoute ? `Paywall does not know this route (HTTP ${status}): check PAYWALL_BASE_URL.` : undefined;
}

const isGood = (status: number) => status >= 200 && status < 300;

function isHealthy(status: number, { IsSuccess, IsFailure, Errors }: Envelope): boolean {
  const hasErrors = Errors !== undefined && !(Array.isArray(Errors) && Errors.length === 0);
  return isGood(status) && IsSuccess && !IsFailure && !hasErrors;
}

/** The sheet knows no shape of `Errors`: items may be plain texts or objects of them. */
function errorsOf(body: Envelope | undefined): { code: string | undefined; texts: string[] } {
  const items: unknown[] = Array.isArray(body?.Errors) ? body.Errors : [];
  const parts = items.flatMap((item): unknown[] =>
    typeof item === 'object' && item !== null ? Object.values(item) : [item],
  );
  return {
    code: coded.safeParse(items[0]).data?.Code,
    texts: parts.filter((part) => typeof part === 'string'),
  };
}

function refusalOf({ code, texts }: ReturnType<typeof errorsOf>): MovementAnswer {
  return saysAlready(...texts)
    ? { kind: 'alreadyDone', message: 'Paywall says that this sale was given back before.' }
    : {
        kind: 'declined',
        code: 'declined',
        message: `Paywall refused to give the sale back: ${codeOf(code)}.`,
      };
}
