import { createHash } from 'node:crypto';
import type { DecisionInput, DecisionVerdict } from '../domain/exchange';
import { requestHash } from '../request-hash';
import type { Approver } from '../statements/approver';
import { refusalOfStatement } from '../statements/verify';
import { runOf } from './call';

/** Finds out whether an earlier run of this refund accepted the statement with this hash, before it was reset. */
export type WasAcceptedEarlier = (statementHash: string) => Promise<boolean>;

/**
 * Checks a signed decision: who signed it, about what, and whether it is still young. The clock is asked here and not in
 * the workflow. What an earlier run accepted holds, also when it has expired since.
 */
export async function verifyDecision(
  input: DecisionInput,
  approvers: readonly Approver[],
  wasAcceptedEarlier: WasAcceptedEarlier,
): Promise<DecisionVerdict> {
  const { request, firstRunId, decision, by, statement } = input;
  const statementHash = createHash('sha256').update(statement).digest('hex');
  if (runOf(input).wasReset && (await wasAcceptedEarlier(statementHash)))
    return { kind: 'accepted', statementHash };
  const { refundId } = request as { refundId: string };
  const claims = { approver: by, decision, refundId, run: firstRunId, request: requestHash(request) };
  const reason = await refusalOfStatement(statement, claims, approvers);
  return reason === undefined ? { kind: 'accepted', statementHash } : { kind: 'refused', reason };
}
