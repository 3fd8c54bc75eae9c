import { isSamePerson } from '../domain/text';

/** What a signed decision says: who decides what, about exactly which refund. */
export interface StatementClaims {
  approver: string;
  decision: 'approve' | 'reject';
  refundId: string;
  /** The refund's first run: a reset keeps it, a later refund under the same id has another. */
  run: string;
  /** Hash of the request as the approver saw it: amounts, wallets, reason. */
  request: string;
}

/** Kept apart from every other token that the same key may ever sign. */
export const STATEMENT_TYPE = 'refund-decision+jwt';

/** Why these claims are not about this decision; undefined when they are. */
export function differenceOf(
  said: Readonly<Record<string, unknown>>,
  wanted: StatementClaims,
): string | undefined {
  if (typeof said.approver !== 'string' || !isSamePerson(said.approver, wanted.approver))
    return 'its statement was made by someone else';
  if (said.decision !== wanted.decision) return 'its statement says another decision';
  if (said.refundId !== wanted.refundId) return 'its statement is about another refund';
  if (said.run !== wanted.run) return 'its statement is about another run of this refund';
  if (said.request !== wanted.request) return 'its statement is about other amounts or wallets';
  return undefined;
}
