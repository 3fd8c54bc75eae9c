import type { WorkflowHandle } from '@temporalio/client';
import { hangOf } from '../src/client/hanging';
import { DECIDES, forgottenBy, isCompletedTask } from '../src/client/health/forgotten';
import { readConfiguration } from '../src/config';
import type { ResolveLegMessage } from '../src/domain/resolution';
import { createProviders } from '../src/providers';
import { runRefund } from './support/cli';
import { ONE_MORE_TIMER, writeOtherCode } from './support/other-code';
import type { Change } from './support/other-code';
import { aRefund, booked } from './support/requests';
import { lastTaskOf, resetByHand } from './support/reset';
import { replays } from './support/runs';
import { startSaga, type Saga } from './support/saga';
import { refusalOf, say } from './support/words';

let saga: Saga;

beforeAll(async () => {
  // Points have no reversal at dsquares where nobody says in which unit.
  saga = await startSaga({ environment: { DSQUARES_REDEEM_UNIT: '' } });
});
afterEach(async () => {
  saga.simulators.faults.clear();
  await saga.restartWorkers();
});
afterAll(async () => {
  await saga.close();
});

const ours = process.env.TEST_WORKFLOW_BUNDLE ?? '';
const newest = ({ workflowId }: WorkflowHandle) => saga.client.workflow.getHandle(workflowId);
const refund = (...args: string[]) =>
  runRefund(args, { environment: { REFUND_TASK_QUEUE: saga.taskQueue }, workflowBundle: ours });

/** Waits so long at the end that it does not come. */
const NO_END: Change = [
  /await \(0, ?(\w+)\.endAtOrder\)/,
  'await new Promise((resolve) => setTimeout(resolve, 600000)); await (0, $1.endAtOrder)',
];

/** Sleeps once more after each word about a parked leg. */
const SLEEP_AFTER_WORDS: Change = [
  /const end = await [^;]*awaitWord[^;]*;/,
  '$& await new Promise((resolve) => setTimeout(resolve, 600000));',
];

/** Workers whose code differs from ours in these places. */
async function workOtherwise(...changes: readonly Change[]): Promise<void> {
  await saga.stopWorkers();
  const written = [];
  try {
    for (const change of changes) {
      const other = await writeOtherCode(...change);
      written.push(other);
      process.env.TEST_WORKFLOW_BUNDLE = other.bundlePath;
    }
    await saga.startWorkers();
  } finally {
    process.env.TEST_WORKFLOW_BUNDLE = ours;
    for (const other of written) await other.remove();
  }
}

/** Our workers are back, and cannot go on with it. */
async function hangsOnOurs(handle: WorkflowHandle): Promise<void> {
  await saga.restartWorkers();
  await handle.signal('approve', { by: 'ana' });
  for (let hang: string | undefined; hang === undefined;) {
    hang = hangOf(await handle.describe(), (await handle.fetchHistory()).events ?? []);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const saidOf = (message: Pick<ResolveLegMessage, 'leg' | 'outcome'>) => ({
  ...{ by: 'ana', evidence: 'by bank transfer', providerReference: 'B-1' },
  ...message,
});

async function isLeftAlone(handle: WorkflowHandle, why: RegExp): Promise<void> {
  const { runId } = await handle.describe();
  const { code, err } = await refund('heal', handle.workflowId);
  expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(why) as string });
  expect(err).toContain('Run the version of the worker that took it forward');
  expect((await newest(handle).describe()).runId).toBe(runId);
}

describe('healing is refused where the new run would not know', () => {
  test('that a person paid in another way: it could be paid once more', async () => {
    await workOtherwise(ONE_MORE_TIMER, NO_END);
    const request = aRefund(saga.simulators, { loyalty: undefined });
    saga.simulators.faults.add({ provider: 'sipay', operation: 'refund', kind: 'refuse' });
    const handle = await saga.start(request);
    await saga.parked(handle, 'cash');
    saga.simulators.faults.clear();
    await say(handle, saidOf({ leg: 'cash', outcome: 'refunded' }));
    await hangsOnOurs(handle);
    await isLeftAlone(handle, /^Refused, nothing was changed: a person has said what became of a leg/);
    expect(booked(saga.simulators, request)).toEqual({ sale: 10_000, cash: 0 });

    const { events } = await handle.fetchHistory();
    const first = (events ?? []).findIndex(isCompletedTask);
    const withoutKeys = () => Promise.reject(new Error('it has other keys'));
    expect(await forgottenBy(events ?? [], first, withoutKeys)).toBe('unreadWord');
  });

  test('that a leg is being reversed by hand, for which its provider is not called', async () => {
    await workOtherwise(ONE_MORE_TIMER);
    const request = aRefund(saga.simulators);
    saga.simulators.faults.add({ provider: 'paywall', operation: 'refund', kind: 'refuse' });
    const handle = await saga.start(request);
    await saga.until(
      handle,
      ({ status, waitingOn }) => status === 'compensating' && waitingOn === 'operator',
    );
    saga.simulators.faults.clear();
    await hangsOnOurs(handle);
    await isLeftAlone(handle, /^Refused, nothing was changed: .* has begun to reverse something/);
    expect(booked(saga.simulators, request)).toEqual({ loyalty: 500, sale: 0, cash: 0 });
  });
});

/** Sleeps a moment before each word about a parked leg is heard. */
const SLEEP_BEFORE_WORDS: Change = [
  /async function takeWord\([^)]*\) \{/,
  '$& await new Promise((resolve) => setTimeout(resolve, 1));',
];

/** A sale is refunded, and of the cash nobody knows: sipay answers neither the request nor a question about it. */
async function parkedInSilence(cash: 'dropBefore' | 'dropAfter') {
  const request = aRefund(saga.simulators, { loyalty: undefined });
  const { faults } = saga.simulators;
  faults.add({ provider: 'sipay', operation: 'refund', kind: cash });
  faults.add({ provider: 'paywall', operation: 'refund', kind: 'slow', delayMs: 700 });
  const handle = await saga.start(request);
  await saga.until(handle, ({ status }) => status === 'refunding');
  faults.add({ provider: 'sipay', operation: 'lookUp', kind: 'errorBefore', times: 1_000 });
  await saga.parked(handle, 'cash');
  return { request, handle };
}

test('healing is refused where a word would only be put off by the new run: one that counted is not taken back', async () => {
  const { request, handle } = await parkedInSilence('dropBefore');
  await workOtherwise(SLEEP_BEFORE_WORDS, NO_END);
  await say(handle, saidOf({ leg: 'cash', outcome: 'refunded' }));
  await hangsOnOurs(handle);
  saga.simulators.faults.clear();
  await isLeftAlone(handle, /^Refused, nothing was changed: a person has said what became of a leg/);
  expect(booked(saga.simulators, request)).toEqual({ sale: 10_000, cash: 0 });
});

test('a word that was refused keeps nobody from healing', async () => {
  await workOtherwise(ONE_MORE_TIMER);
  const { request, handle } = await parkedInSilence('dropAfter');
  saga.simulators.faults.clear();
  const said = say(handle, saidOf({ leg: 'cash', outcome: 'declined' }));
  expect(await refusalOf(said)).toContain('shows something else: Found: ');
  await hangsOnOurs(handle);
  expect(await refund('heal', request.refundId)).toMatchObject({ code: 0 });
  expect(await newest(handle).result()).toMatchObject({ status: 'refunded', people: [] });
  expect(booked(saga.simulators, request)).toEqual({ sale: 10_000, cash: 2_550 });
});

test.each(['declined', 'refunded'] as const)(
  'the word "%s", put off by a run that was reset, is waited for: nothing is sent meanwhile',
  async (outcome) => {
    const { request, handle } = await parkedInSilence('dropBefore');
    saga.simulators.faults.clear();
    const again = await resetByHand(handle, await lastTaskOf(handle));
    await saga.parked(again, 'cash');
    const word = saidOf({ leg: 'cash', outcome });
    expect(await refusalOf(say(again, word))).toContain('look at the leg again once it waits for you');
    await saga.parked(again, 'cash');
    expect(booked(saga.simulators, request)).toEqual({ sale: 10_000, cash: 0 });
    const { ignored } = await again.query<{ ignored: string[] }>('getBriefing');
    expect(ignored).toEqual([expect.stringMatching(`^${outcome} of cash by ana at .*by bank transfer`)]);
    await say(again, { ...word, despiteProvider: true });
    await saga.until(again, ({ people }) => people.length === 1);
    if (outcome === 'refunded') expect(await again.result()).toMatchObject({ status: 'refunded' });
    else await saga.until(again, ({ legs }) => legs.cash?.problem?.code === 'declined');
    expect(booked(saga.simulators, request)).toEqual({ sale: 10_000, cash: 0 });
    await replays(again);
  },
);

test('what is known here of the look-ups of providers is what their adapters say', () => {
  const { providers } = readConfiguration(saga.simulators.environment());
  const all = createProviders(providers);
  for (const [name, { lookUpKind }] of all)
    expect([name, DECIDES[name]]).toEqual([name, lookUpKind !== 'evidence']);
  expect([...all.keys()].sort()).toEqual(Object.keys(DECIDES).sort());
  for (const provider of all.values()) provider.close();
});

test('a word that the new run takes in again is not lost by healing, and healed is what took it in', async () => {
  const request = aRefund(saga.simulators, { cash: undefined });
  saga.simulators.faults.add({ provider: 'dsquares', operation: 'refund', kind: 'dropAfter' });
  const handle = await saga.start(request);
  await saga.parked(handle, 'loyalty');
  await workOtherwise(SLEEP_AFTER_WORDS);
  await say(handle, saidOf({ leg: 'loyalty', outcome: 'refunded' }));
  await hangsOnOurs(handle);
  expect(await refund('heal', request.refundId)).toMatchObject({ code: 0 });
  expect(await newest(handle).result()).toMatchObject({
    status: 'refunded',
    people: [{ said: 'refunded', by: 'ana' }],
    legs: { loyalty: { receipt: { confirmedBy: 'operator' } } },
  });
  expect(booked(saga.simulators, request)).toEqual({ loyalty: 500, sale: 10_000 });
});
