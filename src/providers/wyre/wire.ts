import { z } from 'zod';
import type { WyreLeg } from '../../domain/request';
import { saysFailure, type HttpAnswer } from '../answers';
import type { HttpResult } from '../http-answer';
import { wireDecimal, wireInteger } from '../json';
import type { ProviderCall } from '../provider';
import { shows } from '../unproven';
import { timeOfRecord, utcTime } from '../utc';

/** One refund of a card order at Wyre. */
export type WyreCall = ProviderCall<WyreLeg>;

/** Wyre calls its times unix timestamps and writes milliseconds; below this a number can only be seconds. */
const LEAST_MILLISECONDS = 100_000_000_000;

const moment = wireInteger.transform((time) => (time < LEAST_MILLISECONDS ? time * 1000 : time));

const refund = z.object({
  walletOrderId: z.string(),
  status: z.enum(['COMPLETED', 'FAILED', 'CREATED']),
  createdAt: moment,
  finishedAt: moment.nullish(),
  failedReason: z.string().nullish(),
  type: z.undefined().optional(),
});

const anyRecord = z.object({ walletOrderId: z.string(), status: z.string() });

const order = z.object({
  id: z.string(),
  status: z.string().nullish(),
  createdAt: z
    .union([moment, z.string().transform((date) => utcTime(date))])
    .nullish()
    .catch(undefined),
  sourceAmount: wireDecimal.optional(),
  sourceCurrency: z.string().nullish(),
});

/** Gateways write errors with a `type` too (RFC 9457); only Wyre's are named and numbered like this. */
export const exception = z.object({
  type: z.string().regex(/^[A-Za-z]+Exception$/),
  exceptionId: z.string(),
  errorCode: z.string().nullish(),
  message: z.unknown().optional(),
  transient: z.unknown().optional(),
});

/** Wyre's record of a refund (sheet: response). */
export type RefundRecord = z.infer<typeof refund>;

/** What we read of an order (sheet: response). */
export type Order = z.infer<typeof order>;

/** Wyre's way to say no: its own envelope of every error (sheet: error body). */
export type WyreException = z.infer<typeof exception>;

/** The record of our order's refund; undefined when the body is none, or contradicts itself (sheet: success test). */
export function readRecord(result: HttpResult, call: WyreCall): RefundRecord | undefined {
  if (result.kind !== 'answer' || result.status !== 200) return undefined;
  const found = refund.safeParse(result.body).data;
  return found?.walletOrderId === call.leg.orderId &&
    hasLikelyDates(found, call) &&
    isConsistent(found) &&
    !contradicts(found, result)
    ? found
    : undefined;
}

/** A time of another unit still, or from the future, is no time of a record. */
function hasLikelyDates({ createdAt, finishedAt }: RefundRecord, { now }: WyreCall): boolean {
  return [createdAt, finishedAt ?? createdAt].every((time) => !Number.isNaN(timeOfRecord(time, now)));
}

/** A completed refund has ended, after it began, and for no reason of failure. */
function isConsistent({ status, createdAt, finishedAt, failedReason }: RefundRecord): boolean {
  if (status !== 'COMPLETED') return true;
  return (failedReason ?? null) === null && typeof finishedAt === 'number' && finishedAt >= createdAt;
}

/** Whether anything beside its status calls a completed refund a failure. */
function contradicts({ status }: RefundRecord, { body }: HttpAnswer): boolean {
  const fields = z.record(z.string(), z.unknown()).safeParse(body).data ?? {};
  return status === 'COMPLETED' && saysFailure(fields);
}

/** Whether a body holds anything like a refund record, ours or not: then something may have moved. */
export function holdsRecord({ body }: HttpAnswer): boolean {
  return anyRecord.safeParse(body).success;
}

/** Whether anything in an answer may be a refund record, however it reads. */
export function showsRecord(result: HttpResult): boolean {
  return shows(
    result,
    ({ walletOrderId, finishedAt, failedReason, status }) =>
      [walletOrderId, finishedAt, failedReason].some((told) => (told ?? null) !== null) ||
      /^(?:completed|created|processing|pending)$/i.test(typeof status === 'string' ? status : ''),
  );
}

/** Whether a refund of another order than ours was confirmed, or begun. */
export function isOfOtherOrder({ status, body }: HttpAnswer, { orderId }: WyreLeg): boolean {
  const told = status === 200 ? anyRecord.safeParse(body).data : undefined;
  return told !== undefined && told.walletOrderId !== orderId && told.status !== 'FAILED';
}

/** Our order; undefined when it cannot be seen (sheet: look-up). */
export function readOrder(result: HttpResult, { leg, now }: WyreCall): Order | undefined {
  if (result.kind !== 'answer' || result.status !== 200) return undefined;
  const found = order.safeParse(result.body).data;
  if (found?.id !== leg.orderId) return undefined;
  return { ...found, createdAt: timeOfRecord(found.createdAt ?? NaN, now) || undefined };
}

/** Whether an order is one that was paid; where its status is not told, it counts as one. */
export function isComplete({ status }: Order): boolean {
  return /^completed?$/i.test(status ?? 'COMPLETE');
}
