import { generateKeyPairSync } from 'node:crypto';
import type { Heard, HearingInput } from '../../src/domain/exchange';
import type { Approver } from '../../src/statements/approver';

/** Who may sign, where decisions are signed. The key is never used: what a statement is worth is known here. */
export const APPROVERS: readonly Approver[] = [
  { name: 'ana', key: generateKeyPairSync('ed25519').publicKey },
];

/** Statements in the only shape that the saga has checked: one that holds, and one that does not. */
export const GOOD_STATEMENT = `e30.e30.${'G'.repeat(86)}`;
export const FORGED_STATEMENT = `e30.e30.${'F'.repeat(86)}`;

/** What the check of a statement comes to. */
export function whatIsHeard(input: HearingInput): Heard {
  if ('otherwise' in input) return { kind: input.otherwise };
  if (input.statement === GOOD_STATEMENT) return { kind: 'accepted', statementHash: '' };
  return { kind: 'refused', reason: 'it is forged' };
}
