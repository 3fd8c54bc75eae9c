import type { WorkflowHandle } from '@temporalio/client';
import type { StuckRefund } from '../src/client/operator';
import { InDoubtReader } from '../src/client/health/in-doubt-reader';
import { heal } from '../src/client/health/heal';
import { lookAtCutOff, lookAtOpen } from '../src/client/health/stuck';
import type { ProblemCode } from '../src/domain/provider-answers';
import type { ProviderName } from '../src/domain/plan';
import { workOtherwise } from './support/other-code';
import { aRefundAt, booked, legAt } from './support/requests';
import { startSaga, type Saga } from './support/saga';

/** What a refund itself calls ambiguous or already done, `refund stuck` tells, whatever came before. */
let saga: Saga;

beforeAll(async () => {
  saga = await startSaga({ environment: { GIVE_UP_AFTER: '3s', FAST_RETRIES: '1' } });
});
afterEach(async () => {
  saga.simulators.faults.clear();
  await saga.restartWorkers();
});
afterAll(() => saga.close());

const access = () => ({ client: saga.client, taskQueue: saga.taskQueue, timeoutMs: 10_000 });

async function runOf(handle: WorkflowHandle) {
  const { workflowId, runId } = await handle.describe();
  return { workflowId, runId };
}

interface Parked {
  provider: ProviderName;
  code: ProblemCode;
  fault: () => void;
  isInDoubt?: false;
}

const fault = (provider: ProviderName, kind: 'errorBefore' | 'panelRefund' | 'tooMany', times = 1) =>
  saga.simulators.faults.add({ provider, operation: 'refund', kind, times });

const PARKED: Record<string, Parked> = {
  'a doubt, cleared by look-ups, sent again and turned away until it gave up': {
    provider: 'paywall',
    code: 'ambiguous',
    fault: () => {
      fault('paywall', 'errorBefore');
      fault('paywall', 'tooMany', 1_000);
    },
  },
  'already done, and a row that may be anybody’s': {
    provider: 'paywall',
    code: 'alreadyDone',
    fault: () => fault('paywall', 'panelRefund'),
  },
  'turned away until it gave up, and a look-up showed nothing: never in doubt': {
    provider: 'sipay',
    code: 'providerDown',
    fault: () => fault('sipay', 'tooMany', 1_000),
    isInDoubt: false,
  },
};

describe('a parked refund', () => {
  test.each(Object.entries(PARKED))('%s', async (_, { provider, code, fault: begin, isInDoubt = true }) => {
    const request = aRefundAt(saga.simulators, provider);
    const leg = legAt(provider);
    begin();
    const handle = await saga.start(request);
    const { legs } = await saga.parked(handle, leg);
    expect(legs[leg]?.problem?.code).toBe(code);
    const run = await runOf(handle);
    const doubts = isInDoubt ? [{ leg, provider, side: 'refund' }] : [];
    const told = (stuck: StuckRefund | undefined) => stuck?.doubts ?? [];
    expect(told((await lookAtOpen(access(), run)).stuck)).toMatchObject(doubts);

    await handle.terminate('by mistake');
    expect(told((await lookAtCutOff(access(), run)).stuck)).toMatchObject(doubts);

    await saga.stopWorkers();
    const again = await saga.start(request);
    const beside = (await lookAtCutOff(access(), run)).stuck;
    expect(told(beside)).toMatchObject(doubts);
    if (isInDoubt) expect(beside?.newerRunId).toBe((await runOf(again)).runId);
    await again.terminate();
  });
});

test('of a run that was cut off and healed nothing is told: the run that goes on finds out what it sent', async () => {
  fault('paywall', 'panelRefund');
  const request = aRefundAt(saga.simulators, 'paywall');
  const handle = await saga.start(request);
  await saga.parked(handle, 'sale');
  const run = await runOf(handle);
  await handle.terminate('by mistake');
  expect((await lookAtCutOff(access(), run)).stuck?.doubts).toHaveLength(1);
  await saga.stopWorkers();
  await heal(access(), request.refundId);
  expect((await lookAtCutOff(access(), run)).stuck).toBeUndefined();
  await handle.terminate('by mistake again');
  expect((await lookAtCutOff(access(), run)).stuck?.doubts).toHaveLength(1);
});

describe('a look-up settles only what the saga takes it to settle', () => {
  const asked = (provider: ProviderName, sends: boolean) => ({
    movement: { leg: legAt(provider), side: 'refund', provider } as const,
    ...{ sends, at: '2026-11-01T10:00:00.000Z', hasEarlierRuns: false, isCleared: false },
  });

  test.each([
    ['wyre', 'otherMovement', 'declined', true],
    ['wyre', 'otherMovement', 'found', false],
    ['wyre', 'alreadyDone', 'found', true],
    ['sipay', 'alreadyDone', 'found', false],
    ['wyre', 'unlistedRefusal', 'declined', false],
    ['paywall', 'ambiguous', 'found', false],
    ['paywall', 'ambiguous', 'conflict', true],
    ['paywall', 'uncleared', 'absent', true],
  ] as const)('%s: %s, then %s: in doubt %s', (provider, sent, seen, isInDoubt) => {
    const reader = new InDoubtReader();
    reader.asks('1', asked(provider, true));
    reader.ends('1', { kind: sent, mayBeExecuted: sent !== 'uncleared' }, '2026-11-01T10:00:01.000Z');
    reader.asks('2', asked(provider, false));
    reader.ends('2', { kind: seen, mayBeExecuted: false }, '2026-11-01T10:00:02.000Z');
    expect(reader.inDoubt('waitsForPerson')).toHaveLength(isInDoubt ? 1 : 0);
    reader.asks('3', asked('mircate', true));
    expect(reader.inDoubt('goesOn')).toEqual([]);
  });
});

test('a refund whose tasks fail while a call is in flight: nobody may ever hear its answer', async () => {
  const patient = await startSaga({ environment: { CALL_TIMEOUT: '6s', ABSENCE_AFTER: '6s' } });
  const { simulators } = patient;
  const CODE = [/countEventBetween\)\(run\)\);/, 'countEventBetween)(null.run));'] as const;
  try {
    await workOtherwise(patient, ...CODE);
    const request = aRefundAt(simulators, 'sipay');
    simulators.faults.add({ provider: 'sipay', operation: 'refund', kind: 'slow', delayMs: 5_000 });
    const handle = await patient.start(request);
    while (booked(simulators, request).cash === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    const run = await runOf(handle);
    const look = async () => (await lookAtOpen(access(), run)).stuck;
    expect(await look()).toBeUndefined();
    await handle.signal('unknown');
    let stuck = await look();
    while (stuck?.kind !== 'frozen') {
      await new Promise((resolve) => setTimeout(resolve, 100));
      stuck = await look();
    }
    expect((await handle.describe()).raw.pendingActivities).toHaveLength(1);
    expect(stuck.doubts).toMatchObject([{ leg: 'cash', side: 'refund', provider: 'sipay' }]);
    await patient.restartWorkers();
    expect(await handle.result()).toMatchObject({ status: 'refunded' });
  } finally {
    await patient.close();
  }
});
