import { z } from 'zod';
import type { PaywallLeg } from '../../domain/request';
import { saysFailure, type HttpAnswer } from '../answers';
import { wireDecimal, wireId } from '../json';
import type { ProviderCall } from '../provider';

/** One refund of a sale at Paywall. */
export type PaywallCall = ProviderCall<PaywallLeg>;

const envelope = z.object({
  IsSuccess: z.boolean(),
  IsFailure: z.boolean(),
  Errors: z.unknown().optional(),
  Value: z.unknown().optional(),
});

/** An object of `Errors` that has a code. */
export const coded = z.object({ Code: wireId });

/** The frame of every answer of Paywall (sheet: response). */
export type Envelope = z.infer<typeof envelope>;

/** A transaction of Paywall's books, in either generation of its envelope (sheet: response). */
export const transaction = z.object({
  Id: wireId,
  TransactionType: z.string(),
  ExternalReference: z.string(),
  Amount: wireDecimal,
  GiftAmount: wireDecimal.nullish(),
  CashbackAmount: wireDecimal.nullish(),
  CurrencyCode: z.string().nullish(),
  MainTransactionId: wireId.nullish().catch(undefined),
  CreatedAt: z.string().nullish().catch(undefined),
});

/** See `transaction`. */
export type Transaction = z.infer<typeof transaction>;

/** What a body tells of a transaction, be it whole or not; what cannot be read counts as not told. */
export const toldOfTransaction = z.object({
  TransactionType: z.string().optional().catch(undefined),
  ExternalReference: z.string().optional().catch(undefined),
  Amount: wireDecimal.optional().catch(undefined),
  GiftAmount: wireDecimal.nullish().catch(undefined),
  CashbackAmount: wireDecimal.nullish().catch(undefined),
  CurrencyCode: z.string().nullish().catch(undefined),
});

/** See `toldOfTransaction`. */
export type Told = z.infer<typeof toldOfTransaction>;

/** A date that is read the same everywhere; Paywall's times are UTC, and not each of them says so. */
const moment = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?$/i)
  .transform((date) => (/(?:Z|[+-]\d\d:?\d\d)$/i.test(date.slice(10)) ? date : `${date}Z`))
  .refine((date) => !Number.isNaN(Date.parse(date)));

const shown = transaction.extend({ CreatedAt: moment, MainTransactionId: wireId.nullish() });

/** One row of a look-up by our reference; whatever is wrong with it, it is no row. */
export const row = z.looseObject({}).transform((sent, context) => {
  const read = shown.safeParse(sent).data;
  if (read) return { ...read, isFailure: isCalledFailure(sent) };
  context.addIssue('no row');
  return z.NEVER;
});

/** One row of a look-up by our reference. */
export type Row = z.infer<typeof row>;

/** What would tell that not all rows are shown. */
export const pages = z.object({
  HasNextPage: z.unknown().optional(),
  HasPreviousPage: z.unknown().optional(),
  PageNumber: z.unknown().optional(),
  TotalPages: z.unknown().optional(),
  TotalCount: z.unknown().optional(),
});

/** The body of the refund call: no amount, Paywall always refunds the whole sale (sheet: refund call). */
export function refundBody({ externalReference, rollbackFee, rollbackCashback }: PaywallLeg) {
  return {
    ExternalReference: externalReference,
    RollbackFee: rollbackFee,
    RollbackCashback: rollbackCashback,
  };
}

/** Paywall's own envelope in an answer; undefined when something else answered, or nothing was said. */
export function readEnvelope({ body }: HttpAnswer): Envelope | undefined {
  return envelope.safeParse(body).data;
}

/** Whether a status is 2xx. */
export function isGood({ status }: HttpAnswer): boolean {
  return status >= 200 && status < 300;
}

/** Whether Paywall says yes without a contradiction (sheet: success test). */
export function isHealthy(answer: HttpAnswer, { IsSuccess, IsFailure, Errors }: Envelope): boolean {
  const hasErrors = (Errors ?? null) !== null && !(Array.isArray(Errors) && Errors.length === 0);
  return isGood(answer) && IsSuccess && !IsFailure && !hasErrors;
}

/** Whether a transaction, as it was sent, calls itself a failure; its type is compared elsewhere. */
export function isCalledFailure(sent: unknown): boolean {
  const fields = z.record(z.string(), z.unknown()).safeParse(sent).data ?? {};
  return saysFailure({ ...fields, TransactionType: undefined });
}
