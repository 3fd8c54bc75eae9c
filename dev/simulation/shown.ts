import { effectiveOf } from '../../simulators';
import type { ProblemCode } from '../../src/domain/provider-answers';
import { LEG_NAMES } from '../../src/domain/plan';
import type { LegName } from '../../src/domain/plan';
import type { LegState, RefundState } from '../../src/domain/state';
import { falseClaims } from '../checkers/claims';
import type { LegBooks } from '../checkers/claims';
import { wantedOf } from './originals';
import type { Actions } from './people';
import type { Scenario } from './scenario';
import type { Shown } from './simulated-run';
import { isUntroubled } from './untroubled';
import { isDoubled, isUndecidable } from './undecidable';
import type { World } from './world';

/** Holds what people are shown against the providers' books, after every workflow task. */
export class Watcher {
  readonly violations: string[] = [];
  /** Legs whose original somebody else refunded in a way that nothing tells from ours. */
  readonly undecidable = new Set<LegName>();
  /** Legs whose provider executed one request of ours twice. */
  readonly doubled = new Set<LegName>();

  constructor(
    private readonly scenario: Scenario,
    private readonly world: World,
    private readonly actions: Actions,
  ) {}

  /** Looks at what is shown now. */
  look({ details, state }: Shown): void {
    const { request } = this.scenario;
    const legs = LEG_NAMES.filter((leg) => request[leg]);
    for (const leg of legs) {
      if (isUndecidable(leg, state, this.scenario, this.world)) this.undecidable.add(leg);
      if (isDoubled(leg, this.scenario, this.world)) this.doubled.add(leg);
    }
    const isApart = (leg: LegName) => this.undecidable.has(leg) || this.doubled.has(leg);
    const decidable = legs.filter((leg) => !isApart(leg));
    const books = Object.fromEntries(decidable.map((leg) => [leg, this.#booksOf(leg)]));
    const known = decidable.length === legs.length ? falseClaims(details, books) : [];
    const contradictions = decidable.flatMap((leg) => this.#contradictions(leg, state.legs[leg], state));
    for (const violation of [...known, ...contradictions]) {
      if (!this.violations.includes(violation)) this.violations.push(violation);
    }
  }

  #booksOf(leg: LegName): LegBooks {
    const { request } = this.scenario;
    const provider = request[leg]?.provider;
    const effective = effectiveOf(this.world.entries(leg));
    return {
      sentByUs: this.world.subjects
        .requests()
        .some((sent) => sent.operation === 'refund' && sent.provider === provider),
      effective,
      // What a person called refunded, because somebody refunded it by hand, is reversed like ours.
      ownEffective: this.actions.settledByHand.has(leg) ? effective : this.world.ownEffective(leg),
      wanted: wantedOf(request, leg),
    };
  }

  /** What a state says of the books, where no person has said it. */
  #contradictions(leg: LegName, state: LegState | undefined, { legs }: RefundState): string[] {
    if (!state || !legs[leg]) return [];
    const { problem, status, receipt } = state;
    const effective = this.world.ownEffective(leg);
    const saysUnmoved =
      status === 'parked' &&
      problem?.side === 'refund' &&
      UNMOVED.includes(problem.code) &&
      !this.#restsOnLateList(problem.code) &&
      !this.actions.settledByHand.has(leg);
    const saysUnreversed =
      status === 'parked' &&
      problem?.side === 'reversal' &&
      problem.code === 'declined' &&
      receipt?.confirmedBy !== 'operator';
    if (status === 'parked' && problem?.code !== 'noReversal' && isUntroubled(this.scenario, this.world))
      return [`${leg}: parked though nothing went wrong`];
    if (problem?.code === 'amountMismatch' && !this.#wasToldAnother(leg))
      return [`${leg}: called of another amount, which it is not`];
    if (saysUnmoved && effective !== 0)
      return [`${leg}: parked as ${problem.code}, but the books say ${effective}`];
    if (saysUnreversed && effective === 0) return [`${leg}: parked as not reversed, but the books say 0`];
    return [];
  }

  /** Whether a provider told of another amount than its books hold. */
  #wasToldAnother(leg: LegName): boolean {
    const { provider } = this.scenario.request[leg] ?? {};
    const struck = this.world.subjects.requests({ fault: 'wrongAmount' });
    return struck.some((request) => request.provider === provider);
  }

  /** An absence that look-ups proved is believed, however late a list shows what was applied (design 5, rule 1). */
  #restsOnLateList(code: ProblemCode): boolean {
    return code === 'providerDown' && this.scenario.trouble.lagsForLong;
  }
}

const UNMOVED: readonly string[] = [
  'providerDown',
  'merchantBalance',
  'declined',
  'windowClosed',
  'amountMismatch',
];
