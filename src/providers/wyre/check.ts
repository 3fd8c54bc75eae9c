import { WYRE_FAILED_FOR_EVER, WYRE_WINDOW_MS } from '../../domain/closing';
import type { CheckAnswer, Unanswered } from '../../domain/provider-answers';
import type { HttpResult } from '../http-answer';
import { isAmount } from '../json';
import { beforeOurs, unproven } from '../unproven';
import { hasNoRecord, isNotFound, setupProblem } from './refusals';
import {
  isComplete,
  readOrder,
  readRecord,
  showsRecord,
  type Order,
  type RefundRecord,
  type WyreCall,
} from './wire';

const WINDOW_CLOSED: CheckAnswer = {
  kind: 'refused',
  code: 'windowClosed',
  message: 'Wyre refunds only within 30 days of the purchase.',
};

const REFUSED_RECORDS: Record<RefundRecord['status'], CheckAnswer> = {
  COMPLETED: {
    kind: 'refused',
    code: 'alreadyDone',
    message: 'Wyre refunded this order before this refund began.',
  },
  CREATED: { kind: 'refused', code: 'alreadyDone', message: 'A refund of this order is under way at Wyre.' },
  FAILED: { kind: 'refused', code: 'declined', message: WYRE_FAILED_FOR_EVER },
};

/**
 * Whether Wyre's 30 days since the purchase are over, which no call needs to tell (sheet: limits). The earlier of all clocks
 * says so: where only one that is ahead does, Wyre says no itself.
 */
export function readWindow({ leg, now }: WyreCall): CheckAnswer | undefined {
  return isOver(Date.parse(leg.purchasedAt), now.earliest) ? WINDOW_CLOSED : undefined;
}

/** What preflight is told: the order, and its refund. */
export interface CheckResults {
  order: HttpResult;
  refund: HttpResult;
}

/** What preflight learns from the order and from its refund record (sheet: look-up; design 4.1). */
export function readCheck({ order, refund }: CheckResults, call: WyreCall): CheckAnswer {
  const answers = [checkRecord(refund, call), checkOrder(order, call)];
  return answers.find(({ kind }) => kind === 'refused') ?? unansweredOf(answers) ?? { kind: 'passed' };
}

function unansweredOf(answers: CheckAnswer[]): Unanswered | undefined {
  const unanswered = answers.filter((answer) => answer.kind === 'unanswered');
  const [first] = unanswered;
  const waits = unanswered.flatMap(({ retryAfterMs }) => retryAfterMs ?? []);
  return first && { ...first, ...(waits.length > 0 && { retryAfterMs: Math.max(...waits) }) };
}

function checkOrder(result: HttpResult, call: WyreCall): CheckAnswer {
  if (isNotFound(result)) return { kind: 'refused', code: 'declined', message: 'Wyre knows no such order.' };
  const order = readOrder(result, call);
  if (order === undefined) return beforeOurs(unproven(result, { showsOurs: false }, setupProblem));
  if (!isComplete(order)) {
    return {
      kind: 'refused',
      code: 'declined',
      message: 'The order at Wyre is not complete, so there is nothing to refund.',
    };
  }
  // A date that is not told, or cannot be read, leaves the window to the purchase date of the request.
  const { earliest } = call.now;
  if (isOver(order.createdAt ?? earliest, earliest)) return WINDOW_CLOSED;
  return checkMoney(order, call) ?? beforeOurs(unproven(result, { showsOurs: false }, setupProblem));
}

function checkMoney(
  { sourceAmount, sourceCurrency }: Order,
  { leg, currency, exponent }: WyreCall,
): CheckAnswer | undefined {
  if (sourceAmount === undefined) return undefined;
  return isAmount(sourceAmount, leg.amountMinor, exponent) && (sourceCurrency ?? currency) === currency
    ? { kind: 'passed' }
    : {
        kind: 'refused',
        code: 'amountMismatch',
        message: 'The order at Wyre has another amount or currency than this refund.',
      };
}

function checkRecord(result: HttpResult, call: WyreCall): CheckAnswer {
  if (hasNoRecord(result)) return { kind: 'passed' };
  const record = readRecord(result, call);
  return record
    ? REFUSED_RECORDS[record.status]
    : beforeOurs(unproven(result, { showsOurs: showsRecord(result) }, setupProblem));
}

function isOver(purchasedAt: number, now: number): boolean {
  return now - purchasedAt > WYRE_WINDOW_MS;
}
