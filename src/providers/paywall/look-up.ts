import { unansweredLookUp } from '../answers';
import type { CheckAnswer, LookUpAnswer, ProblemCode } from '../../domain/outcome';
import type { HttpResult } from '../http-answer';
import { isAmount } from '../json';
import { mayBeOurs } from '../provider';
import {
  differencesOf,
  hasCurrency,
  isRefusal,
  readRows,
  whatToMend,
  type PaywallCall,
  type Transaction,
} from './wire';

/** The rows under one sale's reference: sale and refund share it, so they are told apart by type (sheet: traps). */
interface SaleHistory {
  sales: Transaction[];
  refunds: Transaction[];
  cancels: Transaction[];
}

interface Rule<Verdict> {
  verdict: Verdict;
  message: string;
  applies: (history: SaleHistory, call: PaywallCall) => boolean;
}

/** Why a sale cannot be refunded; the first rule that applies. */
const REFUSALS: readonly Rule<ProblemCode>[] = [
  {
    verdict: 'declined',
    message: 'Paywall knows no sale under this reference.',
    applies: ({ sales }) => sales.length === 0,
  },
  {
    verdict: 'declined',
    message: 'Paywall knows several sales under this reference, so none can be refunded by it.',
    applies: ({ sales }) => sales.length > 1,
  },
  {
    verdict: 'amountMismatch',
    message: 'The sale at Paywall has another amount or currency than this refund.',
    applies: ({ sales }, { leg, currency, exponent }) =>
      sales.some((sale) => !isAmount(sale.Amount, leg.amountMinor, exponent) || !hasCurrency(sale, currency)),
  },
  {
    verdict: 'declined',
    message: 'The sale was cancelled at Paywall.',
    applies: ({ cancels }) => cancels.length > 0,
  },
  {
    verdict: 'alreadyDone',
    message: 'The sale was refunded at Paywall before this refund began.',
    applies: ({ refunds }) => refunds.length > 0,
  },
];

/** What makes a look-up a matter for a person; the first rule that applies. */
const CONFLICTS: readonly Rule<'conflict'>[] = [
  {
    verdict: 'conflict',
    message: 'The sale was cancelled at Paywall: its money went back by another route.',
    applies: ({ cancels }) => cancels.length > 0,
  },
  {
    verdict: 'conflict',
    message: 'Paywall shows more than one refund of this sale.',
    applies: ({ refunds }) => refunds.length > 1,
  },
  {
    verdict: 'conflict',
    message: 'Paywall shows more than one sale under this reference.',
    applies: ({ sales }) => sales.length > 1,
  },
  {
    verdict: 'conflict',
    message: 'Paywall shows a refund under this reference that does not belong to the sale it shows.',
    applies: ({ refunds, sales: [sale] }) =>
      refunds.some(({ MainTransactionId }) => sale === undefined || MainTransactionId !== sale.Id),
  },
  {
    verdict: 'conflict',
    message: 'Paywall shows a refund of this sale with another amount, currency or gift part.',
    applies: ({ refunds }, call) => refunds.some((refund) => differencesOf(refund, call).length > 0),
  },
  {
    verdict: 'conflict',
    message: 'The sale was refunded at Paywall before this refund began.',
    applies: ({ refunds }, { since }) => refunds.some(({ CreatedAt }) => !mayBeOurs(inUtc(CreatedAt), since)),
  },
];

/** What preflight learns from the sale's history (sheet: look-up 1; design 4.1). */
export function readCheck(result: HttpResult, call: PaywallCall): CheckAnswer {
  const rows = readRows(result, call);
  if (rows !== undefined) {
    const refusal = firstOf(REFUSALS, rows, call);
    return refusal
      ? { kind: 'refused', code: refusal.verdict, message: refusal.message }
      : { kind: 'passed' };
  }
  const saysNo =
    result.kind === 'answer' && (result.status === 400 || result.status === 404) && isRefusal(result);
  return saysNo
    ? { kind: 'refused', code: 'declined', message: 'Paywall knows no sale under this reference.' }
    : unansweredLookUp(result, whatToMend);
}

/** What became of our refund, told from the sale's history (sheet: look-up 1). */
export function readLookUp(result: HttpResult, call: PaywallCall): LookUpAnswer {
  const rows = readRows(result, call);
  // Any row under our reference is the control that the look-up works. The sheet asks for the sale row, but its
  // own sample, a lone deposit, is stated to prove absence; preflight has insisted on the sale row before.
  if (rows === undefined || rows.length === 0) return unansweredLookUp(result, whatToMend);
  const conflict = firstOf(CONFLICTS, rows, call);
  if (conflict) return { kind: conflict.verdict, message: conflict.message };
  const [refund] = historyOf(rows).refunds;
  return refund
    ? { kind: 'found', providerReference: refund.Id }
    : { kind: 'absent', message: 'Paywall shows the sale and no refund of it.' };
}

function firstOf<Verdict>(rules: readonly Rule<Verdict>[], rows: Transaction[], call: PaywallCall) {
  const history = historyOf(rows);
  return rules.find(({ applies }) => applies(history, call));
}

function historyOf(rows: Transaction[]): SaleHistory {
  const ofType = (type: string) => rows.filter(({ TransactionType }) => TransactionType === type);
  return { sales: ofType('Purchase'), refunds: ofType('Refund'), cancels: ofType('Cancel') };
}

/** Paywall's times are UTC; without the Z they would be read in this machine's own zone. */
function inUtc(date: string): string {
  return /(?:Z|[+-]\d\d:?\d\d)$/i.test(date) ? date : `${date}Z`;
}
