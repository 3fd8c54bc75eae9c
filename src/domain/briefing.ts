import type { LegName } from './plan';
import type { ResolutionOutcome } from './resolution';

/** What a person can say about a parked leg, and what that does to the money. */
export interface Choice {
  outcome: ResolutionOutcome;
  consequence: string;
}

/** Why the saga waits for a provider. */
export interface Trouble {
  message: string;
  /** When that was, ISO 8601; absent where nobody can tell. */
  at?: string;
  /** How long this may last before a person is asked. */
  patienceMs?: number;
}

/** What a person needs to know of one leg beside its state. */
export interface LegBriefing {
  /** As people read it: `25.50 TRY`. */
  amount: string;
  /** By what its movement is recognised at the provider. */
  lookFor: string;
  /** What the leg accepts now; empty unless it is parked. */
  choices: Choice[];
  /** What the last attempt met, while the leg waits for its provider. */
  trouble?: Trouble;
}

/** What a person needs beside the state to decide on a refund or to settle its legs: the answer of `getBriefing`. */
export interface Briefing {
  requestedBy: string;
  reason: string;
  cancelRequested: boolean;
  /** This run goes on from a reset: an earlier one may have sent what this one has not. */
  wasReset: boolean;
  /** When an open question expires, ISO 8601. */
  decideBefore?: string;
  /** In the order in which the saga walks them; empty until the refund is planned. */
  legs: Partial<Record<LegName, LegBriefing>>;
  /** Messages that changed nothing, with the reason. */
  ignored: readonly string[];
}
