import type { ProblemCode } from '../../src/domain/provider-answers';
import type { LegName } from '../../src/domain/plan';
import type { ResolutionOutcome } from '../../src/domain/resolution';
import type { Side } from '../../src/domain/state';
import type { Answer } from './sending';
import type { Violation } from './violations';

/** A parked leg that an operator had something to say about. */
export interface Resolution {
  refundId: string;
  leg: LegName;
  side: Side;
  code: ProblemCode;
  outcome: ResolutionOutcome;
  /** Said although the books do not show it: the customer was paid, or paid back, in another way. */
  anotherWay: boolean;
  answer: Answer;
  at: number;
}

/** Everything the parts of a session did that the checks must know of. Times in milliseconds since 1970. */
export class Actions {
  readonly resolutions: Resolution[] = [];
  /** Legs that were parked as if nothing had moved, though the books showed their refund. */
  readonly contradictions: { refundId: string; leg: LegName; code: ProblemCode }[] = [];
  /** Run ids that a reset replaced, by refund. */
  readonly resets = new Map<string, string[]>();
  /** Rules that were seen broken while the session went on. */
  readonly seen: Violation[] = [];
  /** Refunds that were started anew under the same id, so that a second run began beside or after the first. */
  readonly startedAnew = new Set<string>();
  /** Refunds whose newest run knows nothing of a reversal, because it was begun while the run was reset. */
  readonly #forgotten = new Set<string>();
  readonly #approvedAt = new Map<string, number>();
  /** How often each hostile message was refused or swallowed. */
  hostile = 0;
  cancels = 0;
  secondStarts: Record<string, number> = {};
  queries = 0;
  /** How often the details of a refund were held against the books. */
  readings = 0;

  /** Writes down a valid approval, just before it is sent. */
  approve(refundId: string): void {
    if (!this.#approvedAt.has(refundId)) this.#approvedAt.set(refundId, Date.now());
  }

  /** When the first valid approval was sent. */
  approvedAt(refundId: string): number | undefined {
    return this.#approvedAt.get(refundId);
  }

  /** Writes down that a run was replaced. */
  reset(refundId: string, runId: string): void {
    this.resets.set(refundId, [...(this.resets.get(refundId) ?? []), runId]);
  }

  /** Writes down that a reset made a run forget a reversal. */
  forgetReversal(refundId: string): void {
    this.#forgotten.add(refundId);
  }

  /** Whether another run of this refund may have moved money before the newest one. */
  hasEarlierRuns(refundId: string): boolean {
    return this.resets.has(refundId) || this.startedAnew.has(refundId);
  }

  /** Writes down a second start. */
  startAgain(refundId: string, how: string, isNewRun: boolean): void {
    this.secondStarts[how] = (this.secondStarts[how] ?? 0) + 1;
    if (isNewRun) this.startedAnew.add(refundId);
  }

  /** What was said about one leg, the oldest first. */
  about(refundId: string, leg: LegName): Resolution[] {
    return this.resolutions.filter((said) => said.refundId === refundId && said.leg === leg);
  }

  /** Whether a leg may have been settled otherwise than the books show: by an operator, or by a forgotten reversal. */
  settledAnotherWay(refundId: string, leg: LegName): boolean {
    if (this.#forgotten.has(refundId)) return true;
    return this.about(refundId, leg).some(({ anotherWay, answer }) => anotherWay && answer !== 'refused');
  }
}
