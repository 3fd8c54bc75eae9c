import type { LookUpAnswer } from '../../domain/provider-answers';
import type { HttpResult } from '../http-answer';
import { isAsYoungAs } from '../provider';
import { timeOfRecord } from '../utc';
import { isForOurMoney, readHistory, unprovenHistory, type SaleHistory } from './history';
import { differencesOf, keptCashback, partsOf, partsSeenBefore, recordOf } from './sale';
import type { PaywallCall } from './wire';

interface Conflict {
  message: string;
  notMade?: true;
  applies: (history: SaleHistory, call: PaywallCall) => boolean;
}

/** What makes a look-up a matter for a person; the first that applies (sheet: look-up 1; design 5, rule 3). */
const CONFLICTS: readonly Conflict[] = [
  {
    message: 'The sale was cancelled at Paywall: its money was returned by another route.',
    applies: ({ cancels }) => cancels.length > 0,
  },
  {
    message: 'Paywall shows more than one refund of this sale.',
    applies: ({ refunds }) => refunds.length > 1,
  },
  {
    message: 'Paywall shows more than one sale under this reference.',
    applies: ({ sales }) => sales.length > 1,
  },
  {
    message: 'Paywall shows a refund under this reference, and not the sale that it names as its original.',
    applies: ({ refunds, sales: [sale] }) =>
      refunds.some(({ MainTransactionId }) => sale === undefined || MainTransactionId !== sale.Id),
  },
  {
    message: 'Paywall shows a sale and its refund under one id.',
    applies: ({ refunds, sales }) => refunds.some(({ Id }) => sales.some((sale) => sale.Id === Id)),
  },
  {
    message: 'Paywall shows a refund of this sale and calls it a failure.',
    notMade: true,
    applies: ({ refunds }) => refunds.some(({ isFailure }) => isFailure),
  },
  {
    message: 'Paywall shows a transaction of an unknown kind under this sale, which may be a refund.',
    applies: ({ others }) =>
      others.some(
        ({ TransactionType, MainTransactionId }) =>
          TransactionType !== 'Deposit' || (MainTransactionId ?? null) !== null,
      ),
  },
  {
    message: 'The sale at Paywall has another amount or currency than this refund.',
    applies: ({ sales }, call) => sales.some((sale) => !isForOurMoney(sale, call)),
  },
  {
    message: 'Paywall shows a refund of this sale that was made before we first asked for one.',
    applies: ({ refunds }, { notBefore }) =>
      refunds.some(({ CreatedAt }) => !isAsYoungAs(CreatedAt, notBefore)),
  },
  {
    message: 'Paywall shows a refund of this sale of which a person said that it is not ours.',
    applies: ({ refunds }, { notOurs }) => refunds.some(({ Id }) => notOurs.includes(Id)),
  },
  {
    message: 'Paywall shows a refund of this sale with another amount, currency, gift part or cashback.',
    applies: (history, call) =>
      history.refunds.some((refund) => differencesOf(refund, call, saleOf(history, call)).length > 0),
  },
  {
    message: 'Paywall shows a refund of this sale that did not roll back the cashback, as ours asked for.',
    applies: (history, call) =>
      history.refunds.some((refund) => keptCashback(refund, call, saleOf(history, call))),
  },
];

/** What became of our refund, told from the sale's history (sheet: look-up 1). */
export function readLookUp(result: HttpResult, call: PaywallCall): LookUpAnswer {
  const history = readHistory(result, call);
  if (history === undefined) return unprovenHistory(result, call);
  const isDated = history.refunds.every(
    ({ CreatedAt }) => !Number.isNaN(timeOfRecord(Date.parse(CreatedAt), call.now)),
  );
  if (!isDated) return unprovenHistory(result, call);
  const conflict = CONFLICTS.find(({ applies }) => applies(history, call));
  if (conflict) {
    const { message, notMade } = conflict;
    return { kind: 'conflict', message, ...(notMade && { notMade }) };
  }
  const [refund] = history.refunds;
  if (refund) return { kind: 'found', ...recordOf(refund, call, saleOf(history, call)) };
  // The sale is the control that the look-up works: without it an empty list is another tenant's, or none at all.
  return history.sales.length === 1
    ? { kind: 'absent', message: 'Paywall shows the sale and no refund of it.' }
    : {
        ...unprovenHistory(result, call),
        message: 'Paywall does not show the sale under this reference, so the look-up proves nothing.',
      };
}

/** The sale's parts before anything moved; of a run that asked no preflight, as the sale's own row shows them now. */
function saleOf({ sales: [sale] }: SaleHistory, call: PaywallCall) {
  return partsSeenBefore(call) ?? (sale && partsOf(sale, call));
}
