import type { Trouble } from '../domain/briefing';
import type { LegPlan, ProviderName } from '../domain/plan';
import type { Declined } from '../domain/provider-answers';
import type { Problem } from '../domain/state';
import type { MovementKind } from '../domain/transition';
import { legState } from './run';
import type { PlannedRun } from './run';

/*
 * What holds of every movement of money. Each is kept at the lines that bear its name.
 *
 * M1  Nothing is sent that may have been sent before, by this run or an earlier one, unless it was cleared in this run.
 * M2  A look-up decides about a movement only where the provider's look-ups decide; elsewhere it is evidence for a person.
 * M3  Absence is proven by two empty look-ups, the second so late that a request under way would have been applied.
 * M4  After an ambiguity a movement is sent once more by itself, never twice, and not while a person's word is awaited.
 * M5  What a look-up showed once is not gone because the next one does not show it.
 * M6  A "no" to a movement that was ambiguous before does not count by itself: it may answer a repetition.
 * M7  A movement is over only when it is known how it ended; until then it is looked up or parked.
 */

/** Something the saga asks of a provider about one leg, from its first attempt until it is known how it ended. */
export interface Movement {
  readonly run: PlannedRun;
  readonly legPlan: LegPlan;
  readonly kind: MovementKind;
  /** `reconcile`: only finds out what an earlier run did, and sends nothing. */
  readonly purpose: 'move' | 'reconcile';
  /** The refund itself was refused, or ended otherwise: only an operator has it sent. */
  readonly onlyByWord: boolean;
  tries: Tries;
  readonly sent: Sent;
  certainty: Certainty;
  clearance: Clearance;
  readonly evidence: Evidence;
  /** Whether a look-up alone may still have it sent once more (M4). */
  resend: 'possible' | 'used';
  /** A person's word about it was refused only because the provider had to be asked anew: they are waited for. */
  isWordAwaited: boolean;
}

/** Rounds of attempts that did not get through since the last fresh start. */
export interface Tries {
  rounds: number;
  /** When the first of them began, in milliseconds since the epoch, by the clock of a worker; null before. */
  startedAt: number | null;
  /** How long they were waited for, counted in timers and so never more than the truth. Milliseconds. */
  waitedMs: number;
}

/** What left for this movement. */
export interface Sent {
  /** Requests of this run that may have been executed. */
  requests: number;
  /** Whether any request of this run reached the provider, also one that was turned away at its door. */
  hasReached: boolean;
  /** Before when none of them can have been sent, by the server's clock, ISO 8601; null before the first. */
  firstAt: string | null;
  /** The same of those that may have been executed without their answer saying so; null if all heard a clear "no". */
  inDoubtFrom: string | null;
  /** Whether an earlier run may have sent it, and nobody knows when. */
  byEarlierRun: boolean;
}

/**
 * Whether it is open what became of the movement; `refuted`: since the last ambiguity it was proven, or said by a person,
 * that it was not made. `forMs`: how long it has been ambiguous, counted in timers and so never more than the truth.
 */
export type Certainty =
  { kind: 'undoubted' } | { kind: 'open' | 'refuted'; ambiguity: Ambiguity; forMs: number };

/**
 * What leaves open whether money moved.
 * - `ambiguous`: the request may have reached the provider, and nobody knows what it did
 * - `unlistedRefusal`: a "no" that the provider's sheet does not list
 * - `alreadyDone`: the provider says that this was done before
 * - `echo`: a "no" to a movement that was ambiguous before: it may answer the repetition of what went through
 * - `otherMovement`: the provider confirmed something else than was asked for
 */
export type Ambiguity = { message: string; at?: string; runId?: string; retryAfterMs?: number } & (
  | { cause: 'ambiguous' | 'alreadyDone' | 'echo' }
  | { cause: 'unlistedRefusal'; refusedAs: Declined['code'] }
  | { cause: 'otherMovement'; code: 'ambiguous' | 'alreadyDone' }
);

/** In which run the last ambiguous answer or look-up was seen, and whether that run was cleared to send (again). */
export type Clearance = { kind: 'none' } | { kind: 'seen' | 'cleared'; runId: string };

/** What look-ups showed that may be ours. */
export interface Evidence {
  /** What the last look-up that showed something said of it; null once a person said that it is not ours. */
  shown: string | null;
  /** What a look-up said that showed a refund of ours, made or under way, since it last called it failed. */
  ours: string | null;
  /** The rows it named. */
  seen: string[];
  /** Rows of which a person said that they are not ours. */
  notOurs: string[];
}

/** Where a movement is, with exactly what it needs there. */
export type Phase =
  | { name: 'sending' }
  /** Looked up on schedule, until it is known what became of it. */
  | { name: 'lookingUp'; ambiguity: Ambiguity }
  /** Looked up once before another attempt; `mayBeUnderWay`: it may still be applied, so only a late answer counts. */
  | { name: 'lookingOnce'; problem: OpenProblem; mayBeUnderWay: boolean }
  /** Looked up once before it ends as never made. */
  | { name: 'lookingLast'; trouble: Trouble; otherwise: ParkedPhase | 'stop' }
  | ParkedPhase
  | { name: 'over'; outcome: MovementOutcome };

/** A movement that waits for an operator; `lookUpFirst`: the provider wants to be asked before another attempt. */
export interface ParkedPhase {
  name: 'parked';
  problem: Problem;
  lookUpFirst: boolean;
}

/** A problem whose side is that of its movement. */
export type OpenProblem = Omit<Problem, 'side'>;

/** A movement that waits for an operator, and why. */
export interface ParkedMovement {
  movement: Movement;
  problem: Problem;
}

/** How a movement ended, once it is known for certain. */
export type MovementOutcome = 'done' | 'declined' | 'stopped' | 'turnBack';

/** What is known of a movement that an earlier run may have made. */
export const EARLIER_RUN: Ambiguity = {
  cause: 'ambiguous',
  message: 'An earlier run of this refund may have sent this already.',
};

/** Begins a movement of which this run knows nothing yet. */
export function begin(
  run: PlannedRun,
  legPlan: LegPlan,
  {
    kind,
    purpose,
    byEarlierRun,
    onlyByWord = false,
  }: Pick<Movement, 'kind' | 'purpose'> & Partial<Pick<Movement, 'onlyByWord'>> & Pick<Sent, 'byEarlierRun'>,
): Movement {
  return {
    ...{ run, legPlan, kind, purpose, onlyByWord },
    tries: { rounds: 0, startedAt: null, waitedMs: 0 },
    sent: { requests: 0, hasReached: false, firstAt: null, inDoubtFrom: null, byEarlierRun },
    certainty: { kind: 'undoubted' },
    clearance: { kind: 'none' },
    evidence: { shown: null, ours: null, seen: [], notOurs: [] },
    resend: 'possible',
    isWordAwaited: false,
  };
}

/** What leaves the movement open, or did; undefined while nothing ever has. */
export function ambiguityOf({ certainty }: Movement): Ambiguity | undefined {
  return certainty.kind === 'undoubted' ? undefined : certainty.ambiguity;
}

/** A movement whose end nobody knows waits for a person (M7). */
export function parked(
  { kind }: Movement,
  problem: OpenProblem,
  { lookUpFirst = false }: { lookUpFirst?: boolean } = {},
): ParkedPhase {
  return {
    name: 'parked',
    // A problem of a preflight question belongs to the refund.
    problem: { side: kind === 'reversal' ? 'reversal' : 'refund', ...problem },
    lookUpFirst,
  };
}

/** The provider that a movement asks. */
export function providerOf({ run, legPlan }: Movement): ProviderName {
  return legState(run, legPlan.leg).provider;
}

/** How long after a request an empty look-up can prove that it was never applied, as planned. Milliseconds. */
export function absenceAfter({ run, legPlan }: Movement): number {
  return legPlan.absenceAfterMs ?? run.refundPlan.policy.absenceAfterMs;
}

/** Whether this movement can be asked about at all. */
export function canLookUp({ kind, legPlan }: Movement): boolean {
  return kind === 'refund' || (kind === 'reversal' && legPlan.reversal === 'lookUp');
}

/** Whether a look-up can resolve an ambiguity of this movement, and is not only evidence for a person (M2). */
export function decides({ kind, legPlan }: Movement): boolean {
  return kind === 'refund' && legPlan.lookUp !== 'evidence';
}
