import { z } from 'zod';
import type { SipayLeg } from '../../domain/request';
import type { HttpAnswer } from '../answers';
import { decimalOnWire, integerOnWire, wireDecimal, wireId, wireInteger } from '../json';
import type { ProviderCall } from '../provider';

/** One refund of a payment at Sipay. */
export type SipayCall = ProviderCall<SipayLeg>;

/** The code beside a success (sheet: success test). */
export const SUCCESS = '100';

/** The row status of a movement that is under way (sheet: look-up). */
export const PENDING = 10;

/** The row status of one that was cancelled. */
export const CANCELLED = 40;

/** Row statuses (sheet: look-up) of a movement that was made. */
export const COMPLETED: ReadonlySet<number> = new Set([20, 60]);

const envelope = z.object({
  // A gateway's JSON repeats the HTTP status here.
  status: wireInteger.refine((status) => status >= 0 && status < 100),
  code: z.string().nullable(),
  message: z.unknown().optional(),
  payload: z.unknown().optional(),
});

/** What every answer of Sipay's API is wrapped in (sheet: response). */
export type Envelope = z.infer<typeof envelope>;

/** What a whole success holds (sheet: success test). */
export const refunded = z.object({
  transaction_id: wireId,
  ext_transaction_id: z.string(),
  transaction_amount: wireDecimal,
  transaction_fee_amount: wireDecimal.nullish(),
  transaction_status_id: wireInteger.refine((status) => COMPLETED.has(status)).nullish(),
  wallet_info: z.object({ currency_code: z.string().nullish() }).nullish(),
});

/** What a success names, though the rest of it cannot be read. */
export const named = z.object({
  ext_transaction_id: z.string().optional().catch(undefined),
  transaction_amount: z
    .union([wireDecimal, z.string().regex(/^-?\d+(?:\.\d+)?$/)])
    .optional()
    .catch(undefined),
  wallet_info: z.object({ currency_code: z.string().nullish() }).nullish().catch(undefined),
});

/** A page of a list; of its rows only the reference is read. */
export const listing = z.object({ results: z.array(z.looseObject({ ext_transaction_id: z.unknown() })) });

/** A movement as Sipay lists it, of which only the reference was read. */
export type SipayRow = z.infer<typeof listing>['results'][number];

/** A row under our reference, read whole (sheet: look-up). */
export const record = z.object({
  id: wireId,
  transaction_status_id: wireInteger,
  result_code: z.string().nullish(),
  tx_base_amount: wireDecimal,
  tx_additional_fee: wireDecimal.nullish(),
  currency_code: z.string().nullish(),
  tx_ref_correlation_id: z.union([wireId, z.literal('')]).nullish(),
  created_date_utc: z.string().nullish(),
});

/** See `record`. */
export type SipayRecord = z.infer<typeof record>;

/** Whether a payment's id can be written as a bare integer. */
export function isIntegerId(transactionId: string): boolean {
  return /^[1-9][0-9]*$/.test(transactionId);
}

/**
 * The body of the refund call; our key is the reference that Sipay does not take twice (sheet: refund call).
 * @param integerIds the payment's id goes out as a bare integer
 */
export function refundBody(
  { leg, key, currency, exponent }: SipayCall,
  { integerIds }: { integerIds: boolean },
) {
  return {
    tx_correlation_id: integerIds ? integerOnWire(leg.transactionId) : leg.transactionId,
    ext_transaction_id: key,
    currency_code: currency,
    refund_amount: decimalOnWire(leg.amountMinor, exponent),
    description: `refund ${key}`,
  };
}

const DAY_MS = 24 * 60 * 60 * 1000;
const PAGE_SIZE = 100;

/**
 * The look-up by our reference. Both dates are sent: without them Sipay looks back a day or three (sheet: look-up). The
 * later of all clocks ends the window: one that is behind would leave out what we sent, and show others all the same.
 * @param pageIndex public client code counts from 0, the documents do not say
 */
export function lookUpBody(call: SipayCall, pageIndex: 0 | 1) {
  return {
    page_size: PAGE_SIZE,
    page_index: pageIndex,
    order_column: 'CreatedDateUtc',
    order_by: 'desc',
    ext_transaction_id: call.key,
    start_date: onWire(Date.parse(call.since) - DAY_MS),
    end_date: onWire(call.now.latest + DAY_MS),
  };
}

/** The same question without a reference: any row in the window proves that the look-up works (sheet: look-up). */
export function controlBody(call: SipayCall, pageIndex: 0 | 1) {
  return { ...lookUpBody(call, pageIndex), page_size: 1, ext_transaction_id: undefined };
}

/** A moment as Sipay's samples write it, to the second. */
function onWire(moment: number): string {
  return `${new Date(moment).toISOString().slice(0, 19)}Z`;
}

/** The envelope of an answer; undefined when the answer is not Sipay's. */
export function readEnvelope({ body }: HttpAnswer): Envelope | undefined {
  return envelope.safeParse(body).data;
}

/** The payload of a healthy answer; undefined when the answer proves nothing (sheet: success test). */
export function readPayload(answer: HttpAnswer): unknown {
  const known = readEnvelope(answer);
  return isGood(answer.status) && known?.status === 0 && known.code === SUCCESS ? known.payload : undefined;
}

/** Whether a status is one of the 2xx. */
export function isGood(status: number): boolean {
  return status >= 200 && status < 300;
}
