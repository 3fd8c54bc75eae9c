import { unansweredLookUp } from '../answers';
import type { CheckAnswer, LookUpAnswer } from '../../domain/outcome';
import type { HttpResult } from '../http-answer';
import { isAmount } from '../json';
import { mayBeOurs } from '../provider';
import {
  hasNoRecord,
  isNotFound,
  readOrder,
  readRecord,
  whatToMend,
  type Order,
  type RefundRecord,
} from './records';
import { FAILED_FOR_EVER, type WyreCall } from './wire';

const WINDOW_MS = 30 * 24 * 60 * 60 * 1000;
/** Wyre calls its times unix timestamps and writes milliseconds; below this a number can only be seconds. */
const LEAST_MILLISECONDS = 100_000_000_000;

const REFUSED_RECORDS: Record<RefundRecord['status'], CheckAnswer> = {
  COMPLETED: {
    kind: 'refused',
    code: 'alreadyDone',
    message: 'Wyre refunded this order before this refund began.',
  },
  CREATED: { kind: 'refused', code: 'alreadyDone', message: 'A refund of this order is under way at Wyre.' },
  FAILED: { kind: 'refused', code: 'declined', message: FAILED_FOR_EVER },
};

/** Whether Wyre's 30 days since the purchase are over, which no call needs to tell (sheet: limits). */
export function readWindow({ leg }: WyreCall, now: number): CheckAnswer | undefined {
  if (now - Date.parse(leg.purchasedAt) <= WINDOW_MS) return undefined;
  return {
    kind: 'refused',
    code: 'windowClosed',
    message: 'Wyre refunds only within 30 days of the purchase.',
  };
}

/** What preflight learns from the order and from its refund record (sheet: look-up; design 4.1). */
export function readCheck(orderResult: HttpResult, refundResult: HttpResult, call: WyreCall): CheckAnswer {
  const verdicts = [checkOrder(orderResult, call), checkRecord(refundResult, call)];
  return (
    verdicts.find(({ kind }) => kind === 'refused') ??
    verdicts.find(({ kind }) => kind === 'unanswered') ?? { kind: 'passed' }
  );
}

function checkOrder(result: HttpResult, call: WyreCall): CheckAnswer {
  if (isNotFound(result)) return { kind: 'refused', code: 'declined', message: 'Wyre knows no such order.' };
  const order = readOrder(result, call.leg);
  if (order?.sourceAmount === undefined) return unansweredLookUp(result, whatToMend);
  return isForOurMoney({ ...order, sourceAmount: order.sourceAmount }, call)
    ? { kind: 'passed' }
    : {
        kind: 'refused',
        code: 'amountMismatch',
        message: 'The order at Wyre has another amount or currency than this refund.',
      };
}

function isForOurMoney(
  { sourceAmount, sourceCurrency }: Order & { sourceAmount: string },
  { leg, currency, exponent }: WyreCall,
): boolean {
  return isAmount(sourceAmount, leg.amountMinor, exponent) && (sourceCurrency ?? currency) === currency;
}

function checkRecord(result: HttpResult, { leg }: WyreCall): CheckAnswer {
  if (hasNoRecord(result)) return { kind: 'passed' };
  const record = readRecord(result, leg);
  return record ? REFUSED_RECORDS[record.status] : unansweredLookUp(result, whatToMend);
}

/** What became of our refund; undefined when there is no record, which proves nothing until the order is seen (sheet: look-up). */
export function readLookUp(result: HttpResult, { leg, since }: WyreCall): LookUpAnswer | undefined {
  if (hasNoRecord(result)) return undefined;
  const record = readRecord(result, leg);
  if (record === undefined) return unansweredLookUp(result, whatToMend);
  const isOurs = mayBeOurs(inMilliseconds(record.createdAt), since);
  const answers: Record<RefundRecord['status'], LookUpAnswer> = {
    COMPLETED: isOurs
      ? { kind: 'found', providerReference: record.walletOrderId }
      : { kind: 'conflict', message: 'Wyre refunded this order before this refund began.' },
    CREATED: { kind: 'pending', message: 'The refund is under way at Wyre.' },
    FAILED: { kind: 'declined', message: FAILED_FOR_EVER },
  };
  return answers[record.status];
}

/** What a missing record means, told by the order as its control (sheet: look-up). */
export function readControl(result: HttpResult, { leg }: WyreCall): LookUpAnswer {
  return readOrder(result, leg)
    ? { kind: 'absent', message: 'Wyre shows the order and no refund of it.' }
    : unansweredLookUp(result, whatToMend);
}

function inMilliseconds(moment: number): number {
  return moment < LEAST_MILLISECONDS ? moment * 1000 : moment;
}
