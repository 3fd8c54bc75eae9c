import { effectiveOf } from '../../../simulators';
import type { Books } from '../../../simulators';
import type { RefundRequest } from '../../../src/client';
import { LEG_NAMES } from '../../../src/domain/plan';
import type { RefundStatus } from '../../../src/domain/state';
import { evidenceOf } from '../../checkers/evidence';
import { neverOverpaid, noFalseReversal, onceOrNotAtAll, statusAgrees } from '../../checkers/money';

/** What the providers' books hold against the refunds that ended so, one sentence each. */
export function wrongInBooks(
  books: Books,
  requests: readonly RefundRequest[],
  statuses: ReadonlyMap<string, RefundStatus>,
): string[] {
  return requests.flatMap((request) => {
    const status = statuses.get(request.refundId);
    if (status === undefined) return [`${request.refundId}: nothing is known of it`];
    return LEG_NAMES.flatMap((name) => {
      const leg = request[name];
      if (!leg) return [];
      const evidence = evidenceOf(books, name, leg);
      return [
        ...onceOrNotAtAll(evidence),
        ...neverOverpaid(evidence, evidence.wanted),
        ...noFalseReversal(evidence),
        ...statusAgrees(evidence, status, effectiveOf(evidence.ours)),
      ].map((sentence) => `${request.refundId}: ${sentence}`);
    });
  });
}
