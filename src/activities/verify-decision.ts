import { createHash } from 'node:crypto';
import { endOfRunId } from '../domain/plan';
import type { CheckedDecision, DecisionInput, OutcomeCheck, OutcomeInput } from '../domain/activity-types';
import { foldedId } from '../domain/text';
import { outcomeClaims } from '../statements/claims';
import { requestHash } from '../statements/request-hash';
import type { Approver } from '../statements/approver';
import { checkStatement } from '../statements/verify';
import { ownRunId, wasReset } from './call';

/**
 * What is known of an earlier run of this refund, before a reset: whether it accepted what has this hash, or that its
 * history is gone.
 */
export type EarlierAcceptance = 'accepted' | 'notAccepted' | 'gone';

/** Finds that out. */
export type WasAcceptedEarlier = (statementHash: string) => Promise<EarlierAcceptance>;

/**
 * Checks a signed decision: who signed it, about what, and whether it is still young. The clock is asked here and not in
 * the workflow. What an earlier run accepted holds, also when it has expired since; that excuses nothing else.
 */
export async function verifyDecision(
  input: DecisionInput,
  approvers: readonly Approver[],
  wasAcceptedEarlier: WasAcceptedEarlier,
): Promise<CheckedDecision> {
  const { request, firstRunId, decision, by, statement } = input;
  const { refundId } = request as { refundId: string };
  const claims = { approver: by, decision, refundId, run: firstRunId, request: requestHash(request) };
  const statementHash = acceptanceHash(input);
  const check = await checkStatement(statement, claims, approvers);
  if (check.kind === 'good') return { kind: 'accepted', statementHash };
  if (check.kind === 'refused' || !wasReset(endOfRunId(firstRunId)))
    return { kind: 'refused', reason: check.reason };
  const earlier = await wasAcceptedEarlier(statementHash);
  if (earlier === 'accepted') return { kind: 'accepted', statementHash };
  return { kind: 'refused', reason: earlier === 'gone' ? `${check.reason}. ${GONE}` : check.reason };
}

/** Checks a signed word about a parked leg. It is bound to this run: after a reset its person looks again. */
export async function verifyOutcome(
  { request, by, statement, said }: OutcomeInput,
  approvers: readonly Approver[],
): Promise<OutcomeCheck> {
  const { refundId } = request as { refundId: string };
  const claims = outcomeClaims({ approver: by, refundId, run: ownRunId(), request }, said);
  const check = await checkStatement(statement, claims, approvers);
  return check.kind === 'good' ? { kind: 'accepted' } : { kind: 'refused', reason: check.reason };
}

const GONE =
  'Whether an earlier run accepted it can no longer be seen, because the history of that run is gone';

/** Finds an acceptance again: by decision, person and statement. */
export function acceptanceHash({ decision, by, statement }: DecisionInput): string {
  return createHash('sha256')
    .update(JSON.stringify([decision, foldedId(by), statement]))
    .digest('hex');
}
