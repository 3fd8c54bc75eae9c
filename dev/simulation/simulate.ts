import { createProviders as createSimulators } from '../../simulators';
import type { ProviderName } from '../../simulators';
import { mulberry32 } from '../../simulators/random';
import { createActivities } from '../../src/activities';
import { readConfiguration } from '../../src/config';
import { workflowIdOf } from '../../src/domain/contract';
import type { RefundActivities } from '../../src/domain/exchange';
import type { LegName } from '../../src/domain/plan';
import type { RefundRequest } from '../../src/domain/request';
import type { RefundState } from '../../src/domain/state';
import { createProviders } from '../../src/providers';
import type { ProvidersSettings } from '../../src/providers';
import { VirtualClock, installVirtualDate } from './clock';
import { violations } from './invariants';
import type { Isolate } from './isolate';
import { virtualConnections } from './network';
import { employOperator, harass, originalOf } from './people';
import type { Deeds, Panels } from './people';
import { drawScenario, RETRY_AFTER_SECONDS } from './scenario';
import type { Scenario } from './scenario';
import { SimulatedRun } from './simulated-run';
import { APPROVERS, whatIsHeard } from './statements';

/** What one seed came to. */
export interface SimulationResult {
  seed: number;
  status: string;
  /** Refunds sent beyond the first of each leg: without any, a run of seeds proved nothing. */
  repeated: number;
  parked: boolean;
  violations: string[];
}

const DAY_MS = 86_400_000;
const START = Date.parse('2026-11-20T12:00:00Z');

let clock = new VirtualClock(START);
installVirtualDate(() => Math.floor(clock.now));

/** Plays one seed: the real workflow, activities and adapters against the simulated providers, in virtual time. */
export async function simulate(seed: number, isolate: Isolate): Promise<SimulationResult> {
  const chance = mulberry32(seed);
  clock = new VirtualClock(START);
  const ownClock = clock;
  const scenario = drawScenario(seed, chance, START);
  const { request } = scenario;
  const simulators = createSimulators({
    now: () => Math.floor(ownClock.now),
    switches: switchesOf(scenario),
  });
  const { subjects } = simulators;
  seedBooks(subjects, request);
  for (const fault of scenario.scripted) subjects.faults.add(fault);
  subjects.faults.random(seed, scenario.faults, { retryAfter: RETRY_AFTER_SECONDS });

  const configuration = readConfiguration({
    ...simulators.environment('http://127.0.0.1'),
    ...scenario.environment,
  });
  const travel = () => {
    if (chance() < scenario.unreachable) return undefined;
    // A late request is applied when nobody waits any more, but never later than it can be proven absent.
    const slow = () => (chance() < scenario.late ? 5_000 + chance() * 80_000 : 5 + chance() * 50);
    return { there: slow(), back: slow() };
  };
  const connect = virtualConnections(ownClock, simulators.answer, travel);
  const providers = createProviders(withConnections(configuration.providers, connect));
  const { policy, callTimeoutMs, absenceAfterMs, approvalLimits } = configuration;
  const rules = {
    policy,
    callTimeoutMs,
    absenceAfterMs,
    approvalLimits,
    rateLimitedQueues: {},
    ...(scenario.signed && { approvers: APPROVERS }),
  };
  const worker = { epoch: 0, upAt: 0 };
  const runId = `run-${seed}`;
  const identity = {
    workflowId: workflowIdOf(request.refundId),
    runId,
    firstRunId: runId,
    startedAt: START,
    request,
  };
  const activities: RefundActivities = {
    ...createActivities(providers, rules, () => Promise.resolve(true)),
    verifyDecision: (input) => Promise.resolve(whatIsHeard(input)),
  };
  const run = new SimulatedRun({ identity, isolate, clock: ownClock, worker, activities, chance });

  const deeds: Deeds = { settledByHand: new Set() };
  const books = (leg: LegName) => {
    const at = originalOf(request, leg);
    return at ? subjects.books.of(at.provider as ProviderName, at.original) : [];
  };
  let parked = false;
  const panels: Panels = {
    of: (leg) => {
      parked = true;
      return books(leg);
    },
    effective: (leg) => {
      parked = true;
      const at = originalOf(request, leg);
      return at ? subjects.books.effective(at.provider as ProviderName, at.original) : 0;
    },
    topUp: () => subjects.sipay.setMerchantBalance(10 ** 12),
  };
  employOperator(run, panels, ownClock, chance, scenario, deeds);
  for (const at of scenario.crashes) {
    ownClock.after(at, () => {
      worker.epoch += 1;
      worker.upAt = ownClock.now + chance() * 5_000;
      run.forget();
    });
  }
  for (const at of scenario.cancels) ownClock.after(at, () => run.cancel());
  for (const at of scenario.resets) ownClock.after(at, () => run.reset(chance));
  for (const at of scenario.hostile) ownClock.after(at, () => harass(run, chance, scenario.signed));

  await ownClock.run(() => run.closed !== undefined || run.broken.length > 0, START + 60 * DAY_MS);
  const closedAt = ownClock.now;
  // Whatever is still under way at a provider comes to rest before the books are read.
  await ownClock.run(() => false, closedAt + 3_600_000);
  if (run.closed) await run.replayAll().catch((error: unknown) => run.broken.push(String(error)));
  else run.forget();

  const result = run.closed && 'result' in run.closed ? (run.closed.result as RefundState) : undefined;
  const requests = subjects.requests();
  const approvalRequired = !scenario.environment.APPROVAL_LIMITS;
  const found = violations({ request, result, entries: books, requests, deeds, approvalRequired, closedAt });
  return {
    seed,
    status: result?.status ?? (run.closed ? 'failed' : 'open'),
    repeated: repeatedRefunds(requests),
    parked,
    violations: [...run.broken, ...found],
  };
}

function repeatedRefunds(requests: readonly { provider: string; operation: string }[]): number {
  const sent = requests.filter(({ operation }) => operation === 'refund').map(({ provider }) => provider);
  return sent.length - new Set(sent).size;
}

function withConnections(settings: ProvidersSettings, connect: unknown): ProvidersSettings {
  return Object.fromEntries(Object.entries(settings).map(([name, of]) => [name, { ...of, connect }]));
}

function switchesOf({ environment, listedAfterMs }: Scenario) {
  const redeemUnit = environment.DSQUARES_REDEEM_UNIT === '' ? ('money' as const) : ('points' as const);
  const lookUpDelayMs = listedAfterMs;
  return { dsquares: { redeemUnit, lookUpDelayMs }, mircate: { lookUpDelayMs } };
}

function seedBooks(
  { dsquares, mircate, paywall, sipay, wyre }: ReturnType<typeof createSimulators>['subjects'],
  { loyalty, sale, cash, currency }: RefundRequest,
): void {
  // More was spent than is given back, so that a refund of everything shows.
  if (loyalty?.provider === 'dsquares') dsquares.addRedemption({ ...loyalty, points: loyalty.points + 400 });
  if (loyalty?.provider === 'mircate') mircate.addSpend({ ...loyalty, points: loyalty.points + 400 });
  if (sale) paywall.addSale({ ...sale, currency });
  if (cash?.provider === 'sipay') sipay.addPayment({ ...cash, amountMinor: cash.amountMinor * 2, currency });
  if (cash?.provider === 'wyre') wyre.addOrder({ ...cash, currency });
}
