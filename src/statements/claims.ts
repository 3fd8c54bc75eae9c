import { createHash } from 'node:crypto';
import type { SignedOutcome } from '../domain/activity-types';
import type { DecideMessage } from '../domain/decision';
import { isSamePerson } from '../domain/text';
import { requestHash } from './request-hash';

/** What every signed statement says: who speaks, about exactly which refund. */
interface AboutRefund {
  approver: string;
  refundId: string;
  /**
   * Of a decision the refund's first run, which a reset keeps; of a word about a parked leg the run that it is said to,
   * because after a reset nobody knows what that run sent since. A later refund under the same id has others.
   */
  run: string;
  /** Hash of the request as the approver saw it: amounts, wallets, reason. */
  request: string;
}

/** What a signed decision says. */
export interface DecisionClaims extends AboutRefund {
  decision: DecideMessage['decision'];
}

/** What a signed word about a parked leg says. */
export interface OutcomeClaims extends AboutRefund {
  leg: string;
  outcome: string;
  /** Hash of why the leg waits, as its person saw it: the same problem another time has another. */
  problem: string;
  /** Hash of what they saw at the provider. */
  evidence: string;
  /** Empty where they name none. */
  providerReference: string;
  despiteProvider: boolean;
}

/** What a statement says: a decision, or a word about a parked leg. */
export type StatementClaims = DecisionClaims | OutcomeClaims;

/** Kept apart from each other, and from every other token that the same key may ever sign. */
export const STATEMENT_TYPES = { decision: 'refund-decision+jwt', outcome: 'refund-outcome+jwt' } as const;

/** The type of the statement with these claims. */
export function typeOf(claims: StatementClaims): string {
  return 'decision' in claims ? STATEMENT_TYPES.decision : STATEMENT_TYPES.outcome;
}

/** The claims of a word about a parked leg. */
export function outcomeClaims(
  about: { approver: string; run: string; request: unknown; refundId: string },
  said: SignedOutcome,
): OutcomeClaims {
  const { leg, outcome, problem, words, evidence, providerReference = '', despiteProvider = false } = said;
  return {
    ...about,
    request: requestHash(about.request),
    ...{ leg, outcome, providerReference, despiteProvider },
    problem: requestHash({ problem, words }),
    evidence: hashOf(evidence),
  };
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Why these claims are not about this; undefined when they are. */
export function differenceOf(
  said: Readonly<Record<string, unknown>>,
  wanted: StatementClaims,
): string | undefined {
  const names = Object.keys(wanted) as (keyof typeof DIFFERENCES)[];
  const differs = names.find(
    (name) => !isSame(name, said[name], (wanted as unknown as Record<string, unknown>)[name]),
  );
  return differs && DIFFERENCES[differs];
}

function isSame(name: string, said: unknown, wanted: unknown): boolean {
  if (name !== 'approver') return said === wanted;
  return typeof said === 'string' && isSamePerson(said, String(wanted));
}

const DIFFERENCES: Record<keyof DecisionClaims | keyof OutcomeClaims, string> = {
  approver: 'its statement was made by someone else',
  decision: 'its statement says another decision',
  refundId: 'its statement is about another refund',
  run: 'its statement is about another run of this refund',
  request: 'its statement is about other amounts or wallets',
  leg: 'its statement is about another leg',
  outcome: 'its statement says another outcome',
  problem: 'its statement is about what was known before; look again, and sign anew',
  evidence: 'its statement was made with other evidence',
  providerReference: 'its statement names another reference',
  despiteProvider: 'its statement does not say the same of despiteProvider',
};
