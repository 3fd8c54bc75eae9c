import type { ProblemCode } from '../../src/domain/outcome';
import type { LegName } from '../../src/domain/plan';
import type { ResolutionOutcome } from '../../src/domain/resolution';
import type { Side } from '../../src/domain/state';

/** A parked leg that an operator had something to say about. */
export interface Resolution {
  refundId: string;
  leg: LegName;
  side: Side;
  code: ProblemCode;
  outcome: ResolutionOutcome;
  /** Said although the books do not show it: the customer was paid, or paid back, in another way. */
  anotherWay: boolean;
  /** `unknown`: the server did not answer in time. */
  answer: 'accepted' | 'refused' | 'unknown';
  at: number;
}

/** Everything the actors of a session did that the checks must know of. Times in milliseconds since 1970. */
export class Deeds {
  readonly resolutions: Resolution[] = [];
  /** Legs that were parked as if nothing had moved, though the books showed their refund. */
  readonly contradictions: { refundId: string; leg: LegName; code: ProblemCode }[] = [];
  /** Run ids that a reset replaced, by refund. */
  readonly resets = new Map<string, string[]>();
  /** Refunds whose newest run knows nothing of a reversal, because it was begun while the run was reset. */
  readonly #forgotten = new Set<string>();
  readonly #approvedAt = new Map<string, number>();
  /** How often each hostile message was refused or swallowed. */
  hostile = 0;
  cancels = 0;
  secondStarts = 0;
  queries = 0;

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
