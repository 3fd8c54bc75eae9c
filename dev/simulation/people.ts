import { LEG_NAMES } from '../../src/domain/plan';
import type { LegName } from '../../src/domain/plan';
import { needsReference } from '../../src/domain/resolution';
import type { ResolutionOutcome, ResolveLegMessage } from '../../src/domain/resolution';
import { seenOf } from '../../src/domain/seen';
import type { LegState, RefundState } from '../../src/domain/state';
import { lookUpKindOf } from '../../simulators/originals';
import type { VirtualClock } from './clock';
import { pretend } from './hecklers';
import type { Scenario } from './scenario';
import type { SimulatedRun, UpdateAnswer } from './simulated-run';
import { FORGED_STATEMENT, GOOD_STATEMENT } from './statements';
import type { World } from './world';

/** What people did that the checker must know of. */
export interface Actions {
  /** When the first valid approval was sent; undefined while there is none. */
  approvedAt?: number;
  /** Legs that an operator says were paid another way, or that the customer may keep. */
  settledByHand: Set<LegName>;
  /** When an operator first had something sent (again), by provider. */
  wordAt: Map<string, number>;
  /** Whether an operator gave a leg up after the pivot. */
  turnedBack?: boolean;
  /** Whether a rejection was answered as one that counts. */
  rejected?: boolean;
  /** Whether somebody had to settle a leg. */
  wasNeeded: boolean;
}

const ROUND_MS = 10 * 60_000;
/** How soon what was refused for a moment is sent again, and how often. */
const AGAIN_MS = 1_000;
const MOST_AGAIN = 20;
/** The share of words that overtake the word of somebody else. */
const OVERTAKEN = 0.5;

/** An operator who looks in every ten minutes, and in the end says only what the providers' books say. */
export class Operator {
  #hurried: number;
  #mistaken: number;
  /** What the operator had before them of the leg that they settle. */
  #seen: string | undefined;

  constructor(
    private readonly run: SimulatedRun,
    private readonly world: World,
    private readonly clock: VirtualClock,
    private readonly chance: () => number,
    private readonly scenario: Scenario,
    private readonly actions: Actions,
  ) {
    this.#hurried = scenario.people.hurried;
    this.#mistaken = scenario.people.mistaken;
    this.#nextRound();
  }

  #nextRound(): void {
    this.clock.after(ROUND_MS * (0.5 + this.chance()), () => void this.#look());
  }

  async #look(): Promise<void> {
    if (this.run.closed) return;
    const state = (await this.run.query())?.state;
    if (state?.waitingOn === 'approval' && this.scenario.people.approver !== 'sleeps') await this.#decide();
    const parked = LEG_NAMES.find((leg) => state?.legs[leg]?.status === 'parked');
    if (state && parked) await this.#settle(parked, state);
    this.#nextRound();
  }

  async #decide(): Promise<void> {
    const { approver, signed } = this.scenario.people;
    const { chance, run } = this;
    const verb = approver === 'approves' ? 'approve' : 'reject';
    const { refundId } = this.scenario.request;
    const message = {
      by: 'ana',
      ...(chance() < 0.5 && { refundId }),
      ...(signed && { statement: GOOD_STATEMENT }),
    };
    if (signed) burden(run, chance, verb, message);
    if (chance() < 0.5) {
      if (verb === 'approve') this.actions.approvedAt ??= this.clock.now;
      run.signal(verb, message);
    } else await this.decideByUpdate(message);
  }

  /** Says by update what the approver of this seed has to say. */
  async decideByUpdate(message: object = this.#statement()): Promise<void> {
    const { approver } = this.scenario.people;
    if (approver === 'sleeps') return;
    if (approver === 'approves') this.actions.approvedAt ??= this.clock.now;
    const decision = approver === 'approves' ? 'approve' : 'reject';
    const answer = await this.#update('decide', { decision, ...message });
    if (answer?.accepted && decision === 'reject') this.actions.rejected = true;
  }

  #statement(): object {
    return { by: 'ana', ...(this.scenario.people.signed && { statement: GOOD_STATEMENT }) };
  }

  async #settle(leg: LegName, state: RefundState): Promise<void> {
    this.actions.wasNeeded = true;
    const parked = state.legs[leg];
    if (!parked?.problem) return;
    const { run, chance } = this;
    this.#seen = seenOf(state, leg);
    if (chance() < 0.3) await pretend(run, { leg, signed: this.scenario.people.signed, chance });
    if (this.#mistaken > 0 && !this.world.isUnderWay(leg)) await this.#mistake(leg, parked);
    if (this.#hurried > 0 && this.#mayHurry(parked)) {
      this.#hurried -= 1;
      await this.#say(leg, 'retry');
    } else if (!this.world.isUnderWay(leg)) await this.#settleTruly(leg, parked);
  }

  /** `retry` is safe wherever it asks before it sends, and the provider's list shows what was applied. */
  #mayHurry({ problem, provider }: LegState): boolean {
    const { lagsForLong, listedAfterMs } = this.scenario.trouble;
    const isEvidence = lookUpKindOf(provider) === 'evidence';
    if (problem?.side === 'reversal') return provider === 'mircate' && !lagsForLong && listedAfterMs === 0;
    return !isEvidence || (!lagsForLong && listedAfterMs === 0) || problem?.code === 'providerDown';
  }

  /** Says of what was not refunded that it was: its provider is asked, and the word refused. */
  async #mistake(leg: LegName, { problem, provider }: LegState): Promise<void> {
    const isUnclear = problem?.code === 'ambiguous' || problem?.code === 'alreadyDone';
    const decides = problem?.side === 'refund' && lookUpKindOf(provider) !== 'evidence';
    if (!isUnclear || !decides || this.world.entries(leg).length > 0) return;
    this.#mistaken -= 1;
    await this.#send(leg, 'refunded');
  }

  async #settleTruly(leg: LegName, parked: LegState): Promise<void> {
    const { problem } = parked;
    const { world, chance, actions } = this;
    if (problem?.code === 'merchantBalance') world.subjects.sipay.setMerchantBalance(10 ** 12);
    const happened = world.ownEffective(leg) > 0;
    const truths = truthsOf(happened, problem?.side === 'reversal');
    const isGivenUp = happened && problem?.side === 'refund' && problem.code === 'providerDown';
    // What was given up although it happened (a list that lags) is asked about until somebody shows it.
    const outcome = isGivenUp ? 'retry' : (truths[Math.floor(chance() * truths.length)] ?? 'retry');
    // A leg that is not in the books can only be called refunded once it was paid another way.
    const paidOtherwise = outcome === 'refunded' && !happened;
    const isUnclear = problem?.code === 'ambiguous' || problem?.code === 'alreadyDone';
    const isByHand = world.entries(leg).some(({ byHand }) => byHand);
    if (paidOtherwise && isUnclear && !isByHand) return;
    const late = this.#wordOf(leg, truths[Math.floor(chance() * truths.length)] ?? 'retry');
    const answer = await this.#say(leg, outcome);
    if (!answer?.accepted) return;
    if (chance() < OVERTAKEN) this.#sayTooLate(late, parked);
    if (outcome === 'turnBack') actions.turnedBack = true;
    if (paidOtherwise || outcome === 'waived') actions.settledByHand.add(leg);
  }

  /**
   * Somebody who looked at the same moment says it once another word has counted, and must change nothing; nor where money
   * would move by it alone, and they do not say what they had before them.
   */
  #sayTooLate({ seen, ...word }: ResolveLegMessage, { problem, provider }: LegState): void {
    const isBlindly = word.outcome === 'retry' && problem?.side === 'reversal' && provider === 'dsquares';
    const isByWordAlone = word.outcome === 'resend' && !this.scenario.people.signed;
    const both = isByWordAlone || isBlindly ? [{ seen }, {}] : [{ seen }];
    for (const had of [...both, ...both])
      this.clock.after(2 * ROUND_MS * this.chance(), () => {
        void this.run.update('resolveLeg', { ...word, ...had, by: 'cem' });
      });
  }

  /** At the very moment of an event somebody sends `retry`, which asks first, without having read the panel. */
  async beQuick(): Promise<void> {
    const leg = this.chance() < 0.5 ? 'sale' : 'cash';
    const message = { leg, outcome: 'retry', by: 'bea', evidence: 'not read' };
    this.#noteWord(leg, await this.run.update('resolveLeg', message));
  }

  async #say(leg: LegName, outcome: ResolutionOutcome): Promise<UpdateAnswer | undefined> {
    const answer = await this.#send(leg, outcome);
    if (outcome === 'retry' || outcome === 'resend') this.#noteWord(leg, answer);
    return answer;
  }

  #noteWord(leg: LegName, answer: UpdateAnswer | undefined): void {
    const { wordAt } = this.actions;
    const { provider = '' } = this.scenario.request[leg] ?? {};
    if (answer?.accepted && !wordAt.has(provider)) wordAt.set(provider, this.clock.now - 1);
  }

  #send(leg: LegName, outcome: ResolutionOutcome): Promise<UpdateAnswer | undefined> {
    const { seen, ...word } = this.#wordOf(leg, outcome);
    return this.#update('resolveLeg', this.chance() < 0.7 ? { ...word, seen } : word);
  }

  #wordOf(leg: LegName, outcome: ResolutionOutcome): ResolveLegMessage {
    const { refundId } = this.scenario.request;
    const reference = this.world.entries(leg).at(-1)?.providerReference ?? 'bank-transfer';
    return {
      ...{ leg, outcome, by: this.chance() < 0.5 ? 'ana' : 'Ana', evidence: 'read in the panel' },
      ...(this.chance() < 0.5 && { refundId }),
      ...(needsReference(outcome) && { providerReference: reference }),
      ...(this.scenario.people.signed && { statement: GOOD_STATEMENT }),
      ...(this.#seen !== undefined && { seen: this.#seen }),
    };
  }

  /** Sends an update, and again as our client does where it was refused for a moment. */
  async #update(name: string, message: object): Promise<UpdateAnswer | undefined> {
    for (let times = 0; ; times += 1) {
      const answer = await this.run.update(name, message);
      if (!answer || answer.accepted || !answer.forNow || times >= MOST_AGAIN) return answer;
      await this.clock.sleep(AGAIN_MS);
    }
  }
}

function truthsOf(happened: boolean, isReversal: boolean): readonly ResolutionOutcome[] {
  if (isReversal) return happened ? ['retry', 'waived'] : ['reversed'];
  return happened ? ['refunded'] : ['retry', 'retry', 'resend', 'resend', 'declined', 'turnBack', 'refunded'];
}

/** Others send the same, or a forgery of it, at the same moment. */
function burden(run: SimulatedRun, chance: () => number, verb: string, message: object): void {
  for (let more = Math.floor(chance() * 4); more > 0; more -= 1) {
    const sent = chance() < 0.5 ? message : { ...message, statement: FORGED_STATEMENT };
    if (chance() < 0.5) run.signal(verb, sent);
    else void run.update('decide', { decision: verb, ...sent });
  }
}
