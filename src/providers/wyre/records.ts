import { z } from 'zod';
import type { WyreLeg } from '../../domain/request';
import { codeOf, type HttpAnswer } from '../answers';
import type { HttpResult } from '../http-answer';
import { wireDecimal, wireInteger } from '../json';

const refund = z.object({
  walletOrderId: z.string(),
  status: z.enum(['COMPLETED', 'FAILED', 'CREATED']),
  createdAt: wireInteger,
  finishedAt: wireInteger.nullish(),
  failedReason: z.string().nullish(),
});

const order = z.object({
  id: z.string(),
  sourceAmount: wireDecimal.optional(),
  sourceCurrency: z.string().nullish(),
});

const exception = z.object({
  type: z.string(),
  errorCode: z.string().nullish(),
  message: z.unknown().optional(),
  transient: z.unknown().optional(),
});

/** Wyre's record of a refund (sheet: response). */
export type RefundRecord = z.infer<typeof refund>;
/** What we read of an order (sheet: response). */
export type Order = z.infer<typeof order>;
/** Wyre's way to say no (sheet: error body). */
export type WyreException = z.infer<typeof exception>;

const ACCESS_TYPES: ReadonlySet<string> = new Set(['AccessDeniedException', 'MFARequiredException']);

/** The record of our order's refund; undefined when the body is none, or contradicts itself (sheet: success test). */
export function readRecord(result: HttpResult, leg: WyreLeg): RefundRecord | undefined {
  if (result.kind !== 'answer' || result.status !== 200 || exception.safeParse(result.body).success)
    return undefined;
  const found = refund.safeParse(result.body).data;
  return found?.walletOrderId === leg.orderId && isConsistent(found) ? found : undefined;
}

/** A completed refund has ended, after it began, and for no reason of failure. */
function isConsistent({ status, createdAt, finishedAt, failedReason }: RefundRecord): boolean {
  if (status !== 'COMPLETED') return true;
  return (failedReason ?? null) === null && typeof finishedAt === 'number' && finishedAt >= createdAt;
}

/** Whether a body holds any refund record at all, ours or not: then something may have moved. */
export function holdsRecord({ body }: HttpAnswer): boolean {
  return refund.safeParse(body).success;
}

/** Our order; undefined when it cannot be seen (sheet: look-up). */
export function readOrder(result: HttpResult, leg: WyreLeg): Order | undefined {
  if (result.kind !== 'answer' || result.status !== 200) return undefined;
  const found = order.safeParse(result.body).data;
  return found?.id === leg.orderId ? found : undefined;
}

/** The exception in an answer, unless it poses as a refund record too (sheet: error body). */
export function readException(result: HttpResult): WyreException | undefined {
  if (result.kind !== 'answer' || holdsRecord(result)) return undefined;
  return exception.safeParse(result.body).data;
}

/** Whether Wyre says that something does not exist: by type, as the status differs by edition (sheet: error body). */
export function isNotFound(result: HttpResult): boolean {
  const hasStatus = result.kind === 'answer' && (result.status === 404 || result.status === 400);
  return hasStatus && readException(result)?.type === 'NotFoundException';
}

/** Whether Wyre says that there is no refund record. "No such order" is another matter and proves nothing of refunds. */
export function hasNoRecord(result: HttpResult): boolean {
  return isNotFound(result) && readException(result)?.errorCode?.startsWith('order.') !== true;
}

/** What must be mended before Wyre listens to us; undefined when it did listen (sheet: classification). */
export function whatToMend(answer: HttpAnswer): string | undefined {
  const { status } = answer;
  const thrown = readException(answer);
  if (status === 401 || status === 403 || (thrown && ACCESS_TYPES.has(thrown.type))) {
    const shown = thrown ? `, ${codeOf(thrown.errorCode)}` : '';
    return `Wyre denied us access (HTTP ${status}${shown}): check WYRE_API_KEY and that its account owns the order.`;
  }
  const isRoute = thrown === undefined && (status === 404 || status === 405 || status === 415);
  return isRoute ? `Wyre does not know this route (HTTP ${status}): check WYRE_BASE_URL.` : undefined;
}
