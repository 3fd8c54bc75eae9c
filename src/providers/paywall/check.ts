import type { CheckAnswer, ProblemCode } from '../../domain/provider-answers';
import type { HttpResult } from '../http-answer';
import { beforeOurs } from '../unproven';
import { isForOurMoney, readHistory, unprovenHistory, type SaleHistory } from './history';
import { errorsOf, isFailure, setupProblem } from './refusals';
import { partsOf } from './sale';
import { readEnvelope, type PaywallCall } from './wire';

interface Refusal {
  code: ProblemCode;
  message: string;
  applies: (history: SaleHistory, call: PaywallCall) => boolean;
}

const NO_SALE = { code: 'declined', message: 'Paywall knows no sale under this reference.' } as const;

/** Why a sale cannot be refunded; the first that applies. */
const REFUSALS: readonly Refusal[] = [
  {
    code: 'alreadyDone',
    message: 'The sale was refunded at Paywall before this refund began.',
    applies: ({ refunds }) => refunds.length > 0,
  },
  {
    code: 'declined',
    message: 'The sale was cancelled at Paywall.',
    applies: ({ cancels }) => cancels.length > 0,
  },
  { ...NO_SALE, applies: ({ sales }) => sales.length === 0 },
  {
    code: 'declined',
    message: 'Paywall knows several sales under this reference, so none can be refunded by it.',
    applies: ({ sales }) => sales.length > 1,
  },
  {
    code: 'amountMismatch',
    message: 'The sale at Paywall has another amount or currency than this refund.',
    applies: ({ sales }, call) => sales.some((sale) => !isForOurMoney(sale, call)),
  },
];

/** What preflight learns from the sale's history (sheet: look-up 1; design 4.1). */
export function readCheck(result: HttpResult, call: PaywallCall): CheckAnswer {
  const history = readHistory(result, call);
  if (history === undefined) {
    return saysNotFound(result) ? { kind: 'refused', ...NO_SALE } : beforeOurs(unprovenHistory(result, call));
  }
  const refusal = REFUSALS.find(({ applies }) => applies(history, call));
  if (refusal) return { kind: 'refused', code: refusal.code, message: refusal.message };
  const [sale] = history.sales;
  const baseline = sale && partsOf(sale, call);
  if (!baseline) return beforeOurs(unprovenHistory(result, call));
  // A sale without parts leaves nothing to compare later, and would lie in every history.
  const hasParts = baseline.giftMinor !== undefined || baseline.cashbackMinor !== 0;
  return { kind: 'passed', ...(hasParts && { baseline }) };
}

/** Any other failure may be about us (keys, address, limits) in words that we cannot read, so it ends no refund. */
function saysNotFound(result: HttpResult): boolean {
  if (result.kind !== 'answer' || (result.status !== 400 && result.status !== 404)) return false;
  const body = readEnvelope(result);
  if (body === undefined || !isFailure(body) || setupProblem(result) !== undefined) return false;
  return result.status === 404 || /not-?_?found$/i.test(errorsOf(body).code ?? '');
}
