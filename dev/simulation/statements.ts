import { generateKeyPairSync } from 'node:crypto';
import type {
  DecisionCheck,
  DecisionCheckInput,
  OutcomeCheck,
  OutcomeCheckInput,
} from '../../src/domain/activity-types';
import type { Approver } from '../../src/statements/approver';

/** Who may sign, where words of people are signed. The key is never used: what a statement is worth is known here. */
export const APPROVERS: readonly Approver[] = [
  { name: 'ana', key: generateKeyPairSync('ed25519').publicKey },
];

/** Statements in the only shape that the saga has checked: one that holds, and one that does not. */
export const GOOD_STATEMENT = `e30.e30.${'G'.repeat(86)}`;
export const FORGED_STATEMENT = `e30.e30.${'F'.repeat(86)}`;

/** What the check of a signed decision comes to. */
export function resultOfCheck(input: DecisionCheckInput): DecisionCheck {
  if ('otherwise' in input) return { kind: input.otherwise };
  if (input.statement === GOOD_STATEMENT) return { kind: 'accepted', statementHash: '' };
  return { kind: 'refused', reason: 'it is forged' };
}

/** What the check of a signed word about a parked leg comes to. */
export function resultOfWordCheck(input: OutcomeCheckInput): OutcomeCheck {
  if ('otherwise' in input) return { kind: input.otherwise };
  return input.statement === GOOD_STATEMENT
    ? { kind: 'accepted' }
    : { kind: 'refused', reason: 'it is forged' };
}
