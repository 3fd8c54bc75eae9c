import { LosslessNumber } from 'lossless-json';
import { z } from 'zod';
import type { MircateLeg } from '../../domain/request';
import { isPrintable } from '../../domain/text';
import { saysFailure } from '../answers';
import { isAmount, wireDecimal, wireId, wireInteger } from '../json';
import type { ProviderCall } from '../provider';

/** One movement of points, as this adapter is told about it. */
export type MircateCall = ProviderCall<MircateLeg>;

/** Which movement was asked for: the refund, or the spend that reverses it. */
export type Side = 'refund' | 'reversal';

/** A transaction's id that can be shown. */
const reference = wireId.refine((id) => isPrintable(id, 128));

const unread = <Schema extends z.ZodType>(schema: Schema) => schema.nullish().catch(undefined);

/** What a success names, however incomplete it is otherwise; every field is optional (mircate sheet: response). */
export const naming = z
  .looseObject({
    transaction: z.looseObject({
      transactionId: unread(wireId),
      type: unread(z.string().min(1)),
      amount: unread(wireDecimal),
      refundedTransactionId: unread(wireId),
      description: unread(z.string().min(1)),
    }),
  })
  .refine((body) => !contradictsSuccess(body) && !contradictsSuccess(body.transaction));

/** Everything that a confirmation must tell (mircate sheet: success test). */
export const confirmed = z.object({
  transaction: z.object({
    transactionId: reference,
    type: z.string().nullish(),
    amount: wireDecimal,
    refundedTransactionId: wireId.nullish(),
    createdAt: unread(z.string()),
  }),
});

/** A body that hints at a movement, whatever else it says: no refusal may be read out of it. */
export const hintsAtMovement = z.object({
  transaction: z.unknown().refine((value) => value !== null && value !== undefined),
});

const row = z.object({
  transactionId: reference,
  type: z.string().min(1),
  amount: wireDecimal,
  description: z.string().nullish(),
  createdAt: z.string().catch(''),
});

/** One page of the list; no field of it is certain (mircate sheet: List Transactions). */
export const page = z
  .looseObject({
    transactions: z.array(row),
    from: wireInteger.nullish(),
    total: wireInteger.nullish(),
    size: wireInteger.nullish(),
  })
  .refine((body) => !contradictsSuccess(body));

/** Types of transactions that the list can be asked for. */
export type RowType = 'REFUNDED' | 'SPENT';

/** One listed transaction; it names neither what was refunded nor our reference. */
export type Row = z.infer<typeof row>;

const PAGE_SIZE = 50;

/** Body of a refund; without an amount it would refund everything (mircate sheet: refund call). */
export function refundBody({ leg }: MircateCall): Record<string, unknown> {
  return { amount: leg.points, transactionId: leg.transactionId, ...address(leg) };
}

/** Body of the spend that reverses a refund; its description can be found again (mircate sheet: Spend). */
export function spendBody({ leg, key }: MircateCall, channel: string): Record<string, unknown> {
  return { amount: leg.points, description: key, channel, referenceId: key, ...address(leg) };
}

/** Body that asks for the transactions of one type from an offset on (mircate sheet: List Transactions). */
export function listBody({ leg }: MircateCall, type: RowType, from: number): Record<string, unknown> {
  return { from, pageSize: PAGE_SIZE, filters: [{ type }], ...address(leg) };
}

/** The one address form that this leg gives (mircate sheet: which pair wins is not stated). */
function address({ accountNumber, walletId, walletCurrency }: MircateLeg): Record<string, unknown> {
  return accountNumber === undefined ? { walletId, currency: walletCurrency } : { accountNumber };
}

/** Whether a number from the wire is this many points; its sign is not documented, so that either counts. */
export function isPoints(decimal: string, points: number): boolean {
  return isAmount(decimal.replace(/^-/, ''), points, 0);
}

/** Types begin with REFUND or SPEN(D, T), in letters that no document shows. */
export function isOfType(side: Side, type: string): boolean {
  return type.toUpperCase().startsWith(side === 'refund' ? 'REFUND' : 'SPEN');
}

/**
 * Whether anything beside a success says that it failed (mircate sheet: success test). A message as such proves nothing
 * against it; one that speaks of a failure only makes us more careful.
 */
function contradictsSuccess(record: Record<string, unknown>): boolean {
  const namesFailure = Object.entries(record).some(([name, value]) => {
    if (/^errors?$|^error_?code$|fail/i.test(name)) return !isBlank(value);
    const isText = typeof value === 'string' && /message|reason/i.test(name);
    return isText && /fail|reject|declin|denied|unsuccessful/i.test(value);
  });
  return namesFailure || saysFailure(record);
}

function isBlank(value: unknown): boolean {
  if (value === null || value === '' || value === '0' || value === false) return true;
  if (value instanceof LosslessNumber) return isAmount(value.value, 0, 0);
  return typeof value === 'object' && Object.keys(value).length === 0;
}
