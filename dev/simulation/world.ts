import { createProviders as createSimulators, own, effectiveOf } from '../../simulators';
import type { BookEntry } from '../../simulators';
import { createActivities } from '../../src/activities';
import type { ServerQuestions } from '../../src/activities';
import type { EarlierRuns } from '../../src/activities/earlier-runs';
import { attemptIsOpen } from '../../src/activities/call';
import { readConfiguration } from '../../src/config';
import { ordersQueueOf } from '../../src/domain/contract';
import { LEG_NAMES, PROVIDER_NAMES } from '../../src/domain/plan';
import type { LegName, ProviderName } from '../../src/domain/plan';
import { SENT_WITHIN_MS } from '../../src/domain/provider-stop';
import type { RefundActivities } from '../../src/domain/activity-types';
import type { RefundRequest } from '../../src/domain/request';
import { createProviders } from '../../src/providers';
import type { ProvidersSettings } from '../../src/providers';
import type { WorkerProcess, Workers } from './activity-tasks';
import type { VirtualClock } from './clock';
import { SimulatedOrders } from './orders/ledger-orders';
import { virtualConnections } from './network';
import { originalOf, seedBooks } from './originals';
import type { Dialect } from './dialect';
import type { Scenario } from './scenario';
import { TASK_QUEUE } from './simulated-run';
import { APPROVERS, resultOfCheck, resultOfWordCheck } from './statements';

/** The longest that a worker stands still, before it begins a task and once it has asked the server. Milliseconds. */
const LONGEST_STAND_STILL_MS = 300_000;
const LONGEST_HESITATION_MS = 300_000;
const ORDER_MEMORY_MS = 90 * 86_400_000;

/** What is around a refund: the providers with their books, and the workers that speak to them. */
export class World {
  /** Told when a request to move money leaves. */
  onSent: () => void = () => undefined;
  /** Whether an attempt to refund, or a whole run, was cut off in the middle. */
  wasCutOff = false;
  /** Requests to move money that left for a provider which somebody had stopped. */
  sentWhileStopped = 0;
  readonly worker: WorkerProcess = { epoch: 0, upAt: 0 };
  readonly subjects: ReturnType<typeof createSimulators>['subjects'];
  /** What later runs find under the refund's id. */
  earlierRuns: EarlierRuns = { kind: 'none' };
  readonly #simulators: ReturnType<typeof createSimulators>;
  readonly #underWay = new Map<string, number>();
  readonly #lost = new Set<string>();
  readonly #firstSentAt = new Map<string, number>();
  #all: RefundActivities;
  #some: RefundActivities;
  #travelMs = 80_000;
  readonly #orders = new SimulatedOrders();
  readonly #startedAt: number;

  constructor(
    private readonly scenario: Scenario,
    private readonly clock: VirtualClock,
    private readonly chance: () => number,
  ) {
    const { trouble } = scenario;
    this.#startedAt = clock.now;
    this.#simulators = createSimulators({
      now: () => Math.floor(clock.now),
      wait: (delayMs) => clock.sleep(delayMs),
      switches: switchesOf(scenario),
    });
    this.subjects = this.#simulators.subjects;
    seedBooks(this.subjects, scenario);
    for (const fault of trouble.scripted) this.subjects.faults.add(fault);
    this.subjects.faults.random(this.#seed, trouble.rates, trouble.scope);
    [this.#all, this.#some] = this.#activities({});
  }

  get #seed(): number {
    return Number(this.scenario.request.refundId.replace(/\D/g, ''));
  }

  /** Whoever polls the queues: all of them, half of them without one provider, or for a while nobody. */
  get workers(): Workers {
    const { unpolled, missing, standsStill, unreadable, behindMs } = this.scenario.fleet;
    const { chance, clock } = this;
    const start = clock.now;
    return {
      taking: (queue) => {
        if (queue === TASK_QUEUE) return missing && chance() < 0.5 ? this.#some : this.#all;
        const now = clock.now - start;
        return unpolled && now >= unpolled.from && now < unpolled.until ? undefined : this.#all;
      },
      standsStillFor: (type) =>
        type === 'refundLeg' && chance() < standsStill ? Math.sqrt(chance()) * LONGEST_STAND_STILL_MS : 0,
      wasCutOff: (type) => {
        this.wasCutOff ||= type === 'refundLeg';
      },
      cannotRead: () => unreadable > 0 && chance() < unreadable,
      behindMs,
    };
  }

  /** Workers with another configuration take over; `without`: this provider is no longer served. */
  deploy(environment: Record<string, string>, without?: ProviderName): void {
    [this.#all, this.#some] = this.#activities(environment, without);
  }

  /** From now on requests take up to so long. */
  travelFor(milliseconds: number): void {
    this.#travelMs = milliseconds;
  }

  /** Everything that moved for a leg, whoever moved it. */
  entries(leg: LegName): readonly BookEntry[] {
    const at = originalOf(this.scenario.request, leg);
    return at ? this.subjects.books.of(at.provider, at.original) : [];
  }

  /** What stands refunded by the saga alone. */
  ownEffective(leg: LegName): number {
    return effectiveOf(own(this.entries(leg)));
  }

  /** Whether a request to a leg's provider may still arrive. */
  isUnderWay(leg: LegName): boolean {
    return (this.#underWay.get(this.scenario.request[leg]?.provider ?? '') ?? 0) > 0;
  }

  /** When the first request of ours to move money there left; undefined when none did. */
  firstSentAt(provider: ProviderName): number | undefined {
    return this.#firstSentAt.get(provider);
  }

  /** Whether a request of ours to move money there can have been in doubt. */
  hadDoubts(provider: ProviderName): boolean {
    const sent = this.subjects.requests({ provider, operation: 'refund' });
    const wasStruck = sent.some(({ fault }) => fault !== undefined && fault !== 'panelRefund');
    // What Paywall refuses in Turkish carries no code that a sheet could list.
    const isWorded = provider === 'paywall' && this.scenario.dialect.paywall?.language === 'tr';
    const isUnlisted = isWorded && sent.some(({ applied }) => !applied);
    return this.wasCutOff || wasStruck || isUnlisted || this.#lost.has(provider);
  }

  #activities(
    environment: Record<string, string>,
    without?: ProviderName,
  ): [RefundActivities, RefundActivities] {
    const { fleet, people } = this.scenario;
    const all = {
      ...this.#simulators.environment('http://127.0.0.1'),
      ...this.scenario.environment,
      ...environment,
    };
    const { traits } = readConfiguration(all);
    const make = (variables: Record<string, string>) => {
      const configuration = readConfiguration(variables);
      const { policy, approvalTimeoutMs, callTimeoutMs, absenceAfterMs, approvalLimits } = configuration;
      const rules = {
        ...{ policy, approvalTimeoutMs, callTimeoutMs, absenceAfterMs, approvalLimits, traits },
        taskQueue: TASK_QUEUE,
        ...(fleet.orderAwayUntil !== undefined && {
          orders: { taskQueue: ordersQueueOf(TASK_QUEUE), memoryMs: ORDER_MEMORY_MS },
        }),
        // By the clock of the machine, and no seed may depend on how fast that is.
        planningPatienceMs: 2 ** 31 - 1,
        eagerSlots: this.#eagerSlots(configuration.providers),
        fleet: PROVIDER_NAMES.filter((name) => name !== without),
        ...(people.signed && { approvers: APPROVERS }),
      };
      const providers = createProviders(this.#connected(configuration.providers));
      return { ...createActivities(providers, rules, this.#server()), ...CHECKS };
    };
    const isOfMissing = (name: string) => fleet.missing && name.startsWith(fleet.missing.toUpperCase());
    const some = Object.fromEntries(Object.entries(all).filter(([name]) => !isOfMissing(name)));
    return [make(all), make(fleet.missing ? some : all)];
  }

  /** Whether refunds are tried on the queue of refunds first, and whether a worker has a slot for them there. */
  #eagerSlots(settings: ProvidersSettings): Partial<Record<ProviderName, number>> {
    const slots = [1, undefined, 0][this.#seed % 3];
    if (slots === undefined) return {};
    return Object.fromEntries(PROVIDER_NAMES.filter((name) => settings[name]).map((name) => [name, slots]));
  }

  #server(): ServerQuestions {
    const { hesitates } = this.scenario.fleet;
    const hesitate = async () => {
      if (hesitates > 0 && this.chance() < hesitates)
        await this.clock.sleep(Math.sqrt(this.chance()) * LONGEST_HESITATION_MS);
    };
    return {
      isStillWanted: async () => {
        const isOpen = await attemptIsOpen();
        await hesitate();
        return isOpen;
      },
      // Nobody ends its calls from outside.
      earlierAttemptsAreClear: () => Promise.resolve(true),
      acceptedEarlier: () => Promise.resolve('notAccepted'),
      earlierRuns: () => Promise.resolve(this.earlierRuns),
      earlierRefusals: () => Promise.resolve({ kind: 'none' }),
      orders: {
        reserve: (orderId, reservation) =>
          this.clock.now - this.#startedAt < (this.scenario.fleet.orderAwayUntil ?? 0)
            ? Promise.resolve({ kind: 'away', message: 'The order did not answer in time.' })
            : this.#orders.reserve(orderId, reservation),
        endRefund: (orderId, end) => this.#orders.endRefund(orderId, end),
      },
      findStop: async (_, provider) => {
        const since = new Date(this.#startedAt).toISOString();
        const stop = this.#isStopped(provider, 0) && { provider, by: 'ana', reason: 'an incident', since };
        // What matters is whether it stands still although it may go.
        if (this.scenario.fleet.stopped) await hesitate();
        return stop || undefined;
      },
    };
  }

  /** Whether a provider has been stopped for so long. Milliseconds. */
  #isStopped(provider: string, forMs: number): boolean {
    const { stopped } = this.scenario.fleet;
    const now = this.clock.now - this.#startedAt;
    return stopped?.provider === provider && now >= stopped.from + forMs && now < stopped.until;
  }

  #connected(settings: ProvidersSettings): ProvidersSettings {
    const connect = virtualConnections(this.clock, this.#simulators.answer, {
      travel: (movesMoney) => this.#travel(movesMoney),
      departed: (provider, by) => this.#underWay.set(provider, (this.#underWay.get(provider) ?? 0) + by),
      lost: (provider) => this.#lost.add(provider),
      sent: (provider) => {
        if (this.#isStopped(provider, SENT_WITHIN_MS)) this.sentWhileStopped += 1;
        this.#firstSentAt.set(provider, this.#firstSentAt.get(provider) ?? this.clock.now);
        this.onSent();
      },
    });
    return Object.fromEntries(Object.entries(settings).map(([name, of]) => [name, { ...of, connect }]));
  }

  /** A late request is applied when nobody waits any more, but never later than it can be proven absent. */
  #travel(movesMoney: boolean) {
    const { chance, scenario } = this;
    if (chance() < scenario.unreachable) return undefined;
    // Where everything is late, no question is ever answered and nothing is sent again.
    const late = scenario.raised && !movesMoney ? scenario.late / 5 : scenario.late;
    const slow = () => (chance() < late ? 5_000 + chance() * this.#travelMs : 5 + chance() * 50);
    return { there: slow(), back: slow() };
  }
}

const CHECKS: Pick<RefundActivities, 'verifyDecision' | 'verifyOutcome'> = {
  verifyDecision: (input) => Promise.resolve(resultOfCheck(input)),
  verifyOutcome: (input) => Promise.resolve(resultOfWordCheck(input)),
};

function switchesOf({ environment, trouble, capped, people, dialect }: Scenario) {
  const isStruckTwice = trouble.scripted.some(
    ({ kind }) => kind === 'repeated' || kind === 'panelRefund' || kind === 'staleLookUp',
  );
  const repeatsExecute = trouble.repeatsExecute && !isStruckTwice && !people.panel;
  const redeemUnit = environment.DSQUARES_REDEEM_UNIT === '' ? ('money' as const) : ('points' as const);
  const lookUpDelayMs = trouble.listedAfterMs;
  return {
    dsquares: { ...dialect.dsquares, redeemUnit, lookUpDelayMs, capped },
    mircate: { ...dialect.mircate, lookUpDelayMs, capped },
    sipay: { ...dialect.sipay, capped, executesDuplicates: repeatsExecute },
    paywall: { ...dialect.paywall, hostileSecondRefund: repeatsExecute },
    wyre: dialect.wyre ?? {},
  } satisfies Required<Dialect>;
}

/** The legs that a request has. */
export function legsIn(request: RefundRequest): LegName[] {
  return LEG_NAMES.filter((leg) => request[leg]);
}
