import type { WorkflowHandle } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils';
import { temporal } from '@temporalio/proto';
import { createOperatorClient } from '../src/client/operator';
import type { StuckRefund } from '../src/client/operator';
import { movementsInDoubt } from '../src/client/health/in-doubt';
import type { InDoubtMovement } from '../src/client/health/in-doubt';
import type { Decode } from '../src/client/health/movement-events';
import { lookAtOpen } from '../src/client/health/stuck';
import { meaningOf, nextFor } from '../src/cli/stuck-advice';
import { readHistories } from './histories/recorded';
import { runRefund } from './support/cli';
import { aRefund, booked, whole } from './support/requests';
import { startSaga, type Saga } from './support/saga';
import { ANOTHER_ACTIVITY, workOtherwise } from './support/other-code';

const { History } = temporal.api.history.v1;
const { PENDING_ACTIVITY_STATE_STARTED: STARTED } = temporal.api.enums.v1.PendingActivityState;

const decode: Decode = (payloads) =>
  Promise.resolve(payloads?.[0] && defaultPayloadConverter.fromPayload(payloads[0]));

async function recorded(name: string) {
  const { text = '' } = (await readHistories()).find((history) => history.name === name) ?? {};
  // As the server sends it: times are long integers.
  return History.decode(History.encode(historyFromJSON(JSON.parse(text))).finish()).events;
}

describe('doubts are read from a history', () => {
  const told = ({ leg, side, provider }: InDoubtMovement) => `${side} of ${leg} at ${provider}`;

  test.each([
    ['three-legs', []],
    ['first-leg-declined', []],
    ['slow-retries', []],
    ['parked-refunded', []],
    ['lost-answer-found', ['refund of sale at paywall']],
    ['lost-answer-proven-absent', ['refund of sale at paywall']],
    ['parked-declined', ['refund of loyalty at mircate']],
    ['reset', ['refund of sale at paywall', 'refund of cash at sipay']],
  ])('%s', async (name, wanted) => {
    const events = await recorded(name);
    const seen = new Set<string>();
    for (let length = 1; length <= events.length; length += 1) {
      for (const doubt of await movementsInDoubt(events.slice(0, length), decode, 'goesOn'))
        seen.add(told(doubt));
    }
    expect([...seen]).toEqual(wanted);
    expect(await movementsInDoubt(events, decode, 'halted')).toEqual([]);
  });

  test('a call in flight is in doubt only when nobody hears its answer any more', async () => {
    const events = await recorded('three-legs');
    const sent = events.findIndex((event) => event.activityTaskScheduledEventAttributes);
    const upToThere = events.slice(0, sent + 1);
    expect(await movementsInDoubt(upToThere, decode, 'goesOn')).toEqual([]);
    expect((await movementsInDoubt(upToThere, decode, 'halted')).map(told)).toEqual([
      'refund of loyalty at dsquares',
    ]);
  });
});

/** Acts as if it were a minute later. */
function inAMinute<Result>(act: () => Promise<Result>): Promise<Result> {
  jest.useFakeTimers({
    doNotFake: ['nextTick', 'setImmediate', 'setTimeout', 'setInterval'],
    now: Date.now() + 61_000,
  });
  return act().finally(() => jest.useRealTimers());
}

describe('refund stuck', () => {
  let saga: Saga;

  beforeAll(async () => {
    saga = await startSaga();
  });
  afterEach(async () => {
    saga.simulators.faults.clear();
    await saga.restartWorkers();
  });
  afterAll(() => saga.close());

  const refundIdOf = ({ workflowId }: WorkflowHandle) => workflowId.replace(/^refund:/, '');

  const refund = (...args: string[]) => runRefund(args);

  /** Waits until `refund stuck` tells of a refund, and gives what it tells. */
  async function found(
    handle: WorkflowHandle,
    kind: StuckRefund['kind'],
  ): Promise<StuckRefund & { meaning: string; next: string[] }> {
    for (let tries = 0; ; tries += 1) {
      const { code, out } = await refund('stuck', '--longer-than', '1ms', '--json');
      expect(code).toBe(0);
      const all = JSON.parse(out) as (StuckRefund & { meaning: string; next: string[] })[];
      const one = all.find((told) => told.refundId === refundIdOf(handle) && told.kind === kind);
      if (one) return one;
      if (tries > 300) throw new Error('it is not told of');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  const isToldOf = async (handle: WorkflowHandle) =>
    (await refund('stuck', '--longer-than', '1ms')).out.includes(refundIdOf(handle));

  /** Lists are a moment behind. */
  async function untilNotToldOf(handle: WorkflowHandle): Promise<void> {
    while (await isToldOf(handle)) await new Promise((resolve) => setTimeout(resolve, 100));
  }

  test('tells of a leg in doubt for long, and no more once a person has settled it', async () => {
    saga.simulators.faults.add({ provider: 'dsquares', operation: 'refund', kind: 'dropAfter' });
    const handle = await saga.start(aRefund(saga.simulators));
    await saga.parked(handle, 'loyalty');
    const stuck = await found(handle, 'ambiguous');
    expect(stuck).toMatchObject({
      status: 'refunding',
      waitingOn: 'operator',
      doubts: [{ leg: 'loyalty', side: 'refund', provider: 'dsquares' }],
      meaning: expect.stringContaining('Check at dsquares whether this refund was made') as string,
    });
    expect(Date.now() - Date.parse(stuck.since)).toBeLessThan(60_000);
    expect(stuck.next).toEqual([
      `refund show ${refundIdOf(handle)}`,
      `refund resolve ${refundIdOf(handle)} --leg loyalty`,
    ]);
    expect((await refund('stuck')).out).not.toContain(refundIdOf(handle));

    const evidence = ['--evidence', 'seen', '--reference', 'REF-1'];
    await refund(
      'resolve',
      refundIdOf(handle),
      '--leg',
      'loyalty',
      '--outcome',
      'refunded',
      '--by',
      'ana',
      ...evidence,
    );
    expect(await handle.result()).toMatchObject({ status: 'refunded' });
    await untilNotToldOf(handle);
  });

  test('tells of a run whose workflow task fails, and what was sent before; heals as it says', async () => {
    const request = aRefund(saga.simulators, { loyalty: undefined });
    // Its answer comes too late, when the right workers stop; on a busy machine they may still look it up, after preflight
    // did: then they must not find it.
    saga.simulators.faults.add({ provider: 'paywall', operation: 'refund', kind: 'slow', delayMs: 1_500 });
    const blind = { provider: 'paywall', operation: 'lookUp', kind: 'errorBefore' } as const;
    saga.simulators.faults.add({ ...blind, skip: 1, times: 20 });
    const handle = await saga.start(request);
    await saga.until(handle, ({ legs }) => legs.sale?.status === 'refunding');
    await workOtherwise(saga, ...ANOTHER_ACTIVITY);
    const stuck = await found(handle, 'frozen').finally(() => saga.stopWorkers());
    expect(stuck).toMatchObject({
      why: expect.stringContaining('WorkflowTaskFailed') as string,
      hasSent: true,
      doubts: [{ leg: 'sale', side: 'refund', provider: 'paywall' }],
      next: [
        'start the workers that should continue it: it goes on by itself within minutes',
        expect.stringMatching(/^refund heal /),
      ],
    });
    const { out } = await refund('stuck');
    expect(out).toContain(`Refund ${request.refundId} has been frozen since `);
    expect(out).toContain('looked up before anything is sent');
    expect((await refund('heal', request.refundId)).code).toBe(0);
    saga.simulators.faults.clear();
    await saga.startWorkers();
    expect(await saga.client.workflow.getHandle(handle.workflowId).result()).toMatchObject({
      status: 'refunded',
    });
    await untilNotToldOf(handle);
  });

  test('tells of a run that was terminated with a call in flight, until it goes on', async () => {
    const request = aRefund(saga.simulators, { loyalty: undefined });
    saga.simulators.faults.add({ provider: 'paywall', operation: 'refund', kind: 'slow', delayMs: 700 });
    const handle = await saga.start(request);
    await saga.until(handle, ({ legs }) => legs.sale?.status === 'refunding');
    await handle.terminate('by mistake');
    const stuck = await found(handle, 'cutOff');
    expect(stuck).toMatchObject({
      why: 'TERMINATED',
      doubts: [{ leg: 'sale', side: 'refund', provider: 'paywall' }],
      meaning: expect.stringContaining('nothing continues it') as string,
    });
    expect(stuck.next[1]).toContain(`refund heal ${request.refundId}`);
    const healed = await refund('heal', request.refundId);
    expect(healed).toMatchObject({
      code: 0,
      out: expect.stringContaining('was terminated. It was reset') as string,
    });
    expect(await saga.client.workflow.getHandle(handle.workflowId).result()).toMatchObject({
      status: 'refunded',
    });
    await untilNotToldOf(handle);
  });

  test('says of a run that was terminated before anything was sent that it has sent nothing', async () => {
    await saga.stopWorkers();
    const refunds = createOperatorClient({ client: saga.client });
    const { workflowId } = await refunds.start(aRefund(saga.simulators));
    const handle = saga.client.workflow.getHandle(workflowId);
    await handle.terminate('by mistake');
    expect(await found(handle, 'cutOff').finally(() => saga.startWorkers())).toMatchObject({
      status: 'refunding',
      hasSent: false,
      doubts: [],
      meaning: expect.stringContaining('This run has sent nothing') as string,
    });
  });

  test('tells of others although one cannot be read, and says so', async () => {
    const environment = { PAYLOAD_KEYS: `lost:${Buffer.alloc(32, 7).toString('base64')}` };
    const encrypted = await startSaga({ environment });
    try {
      encrypted.simulators.faults.add({
        provider: 'dsquares',
        operation: 'refund',
        kind: 'dropAfter',
        times: 2,
      });
      const cutOff = await encrypted.start(aRefund(encrypted.simulators));
      const parked = await encrypted.start(aRefund(encrypted.simulators));
      for (const handle of [cutOff, parked]) await encrypted.parked(handle, 'loyalty');
      await cutOff.terminate('by mistake');
      expect(await found(cutOff, 'cutOff')).toMatchObject({ why: 'TERMINATED', hasSent: true, doubts: [] });
      const { code, out, err } = await refund('stuck', '--longer-than', '1ms');
      expect({ code, told: out.includes(refundIdOf(parked)) }).toEqual({ code: 0, told: false });
      expect(err).toMatch(new RegExp(`${refundIdOf(parked)} \\(run .*\\): its keys are not in PAYLOAD_KEYS`));
      await parked.terminate();
    } finally {
      await encrypted.close();
    }
  });

  test('tells of a paused refund with its doubt, and lists it as waiting; the command it gives lets it go on', async () => {
    saga.simulators.faults.add({ provider: 'dsquares', operation: 'refund', kind: 'dropAfter' });
    const handle = await saga.start(aRefund(saga.simulators));
    await saga.parked(handle, 'loyalty');
    const refundId = refundIdOf(handle);
    const { workflowService } = saga.client;
    const run = { namespace: 'default', workflowId: handle.workflowId, reason: 'holiday' };
    await workflowService.pauseWorkflowExecution({ ...run, requestId: 'pause' });
    expect(await found(handle, 'paused')).toMatchObject({
      hasSent: true,
      doubts: [{ leg: 'loyalty', side: 'refund', provider: 'dsquares' }],
      next: [`refund show ${refundId}`, `temporal workflow unpause --workflow-id ${handle.workflowId}`],
    });
    await untilListed(refundId);
    const [attention, list, status] = [
      await refund('attention', '--json'),
      await refund('list', '--attention', '--json', '--limit', '1000'),
      await refund('status', refundId),
    ];
    for (const { out } of [attention, list]) expect(out).toContain(`"refundId": "${refundId}"`);
    expect(status).toMatchObject({
      code: 4,
      err: expect.stringContaining(`temporal workflow unpause --workflow-id ${handle.workflowId}`) as string,
    });
    expect(await refund('heal', refundId)).toMatchObject({
      code: 1,
      err: expect.stringContaining('is paused') as string,
    });
    await workflowService.unpauseWorkflowExecution({ ...run, requestId: 'unpause' });
    await saga.parked(handle, 'loyalty');
    await handle.terminate();
  });

  test('a refund that was paused while a call is under way is not said to move nothing', async () => {
    const patient = await startSaga({ environment: { CALL_TIMEOUT: '6s', ABSENCE_AFTER: '6s' } });
    try {
      const request = aRefund(patient.simulators, { loyalty: undefined, sale: undefined });
      patient.simulators.faults.add({ provider: 'sipay', operation: 'refund', kind: 'slow', delayMs: 5_000 });
      const handle = await patient.start(request);
      await callOf(handle, ({ state }) => state === STARTED);
      const { workflowService } = saga.client;
      const run = { namespace: 'default', workflowId: handle.workflowId, reason: 'holiday' };
      await workflowService.pauseWorkflowExecution({ ...run, requestId: 'pause' });
      const until = 'A call that it has begun (refundLeg) may still move money; nothing else moves until';
      const [stuck, status] = [await found(handle, 'paused'), await refund('status', request.refundId)];
      expect(stuck).toMatchObject({ callsInFlight: ['refundLeg'] });
      expect(stuck.meaning).toContain(`${until} it is resumed.`);
      expect(status).toMatchObject({ code: 4, err: expect.stringContaining(`${until} then.`) as string });
      await workflowService.unpauseWorkflowExecution({ ...run, requestId: 'unpause' });
      expect(await handle.result()).toMatchObject({ status: 'refunded' });
      expect(booked(patient.simulators, request)).toEqual(whole(request));
    } finally {
      await patient.close();
    }
  });

  test('a paused refund whose call waits for its next attempt is not said to have one under way', async () => {
    saga.simulators.faults.add({ provider: 'sipay', operation: 'refund', kind: 'tooMany', times: 3 });
    const request = aRefund(saga.simulators, { loyalty: undefined, sale: undefined });
    const handle = await saga.start(request);
    await betweenAttempts(handle);
    const run = { namespace: 'default', workflowId: handle.workflowId, reason: 'holiday' };
    await saga.client.workflowService.pauseWorkflowExecution({ ...run, requestId: 'pause' });
    await callOf(handle, ({ state }) => state !== STARTED);
    expect((await found(handle, 'paused')).meaning).toContain('Nothing more moves until it is resumed.');
    await saga.client.workflowService.unpauseWorkflowExecution({ ...run, requestId: 'unpause' });
    expect(await handle.result()).toMatchObject({ status: 'refunded' });
  });

  const untilListed = async (refundId: string) => {
    while (!(await refund('attention', '--json')).out.includes(refundId))
      await new Promise((resolve) => setTimeout(resolve, 100));
  };

  test('tells for each run what was left in doubt, though the same id was started again, until the new run asks', async () => {
    const request = aRefund(saga.simulators, { loyalty: undefined });
    const start = () =>
      saga.client.workflow.start('refundOrder', {
        ...{ taskQueue: saga.taskQueue, workflowId: `refund:${request.refundId}`, args: [request] },
      });
    saga.simulators.faults.add({ provider: 'paywall', operation: 'refund', kind: 'slow', delayMs: 700 });
    const first = await start();
    await saga.until(first, ({ legs }) => legs.sale?.status === 'refunding');
    await first.terminate('by mistake');
    await saga.stopWorkers();
    const again = await start();
    const stuck = await found(first, 'cutOff');
    expect(stuck).toMatchObject({
      runId: first.firstExecutionRunId,
      newerRunId: again.firstExecutionRunId,
      doubts: [{ leg: 'sale', side: 'refund', provider: 'paywall' }],
      meaning: expect.stringContaining('Another run') as string,
    });
    expect(stuck.next[0]).toContain(`--run-id ${stuck.runId}`);
    await saga.startWorkers();
    await again.result();
    await untilNotToldOf(first);
  });

  test('tells of a refund that no worker takes, with the name of its queue made harmless', async () => {
    const taskQueue = "no'body $(touch x)";
    const handle = await saga.client.workflow.start('refundOrder', {
      taskQueue,
      workflowId: 'refund:$(touch x)',
      args: [aRefund(saga.simulators)],
    });
    const access = { client: saga.client, taskQueue, timeoutMs: 10_000 };
    const run = { workflowId: handle.workflowId, runId: handle.firstExecutionRunId };
    expect(await lookAtOpen(access, run)).toEqual({});
    const { stuck } = await inAMinute(() => lookAtOpen(access, run));
    expect(stuck).toMatchObject({ kind: 'notTaken', taskQueue, hasSent: false, doubts: [] });
    expect(stuck && meaningOf(stuck)).toContain('This run has sent nothing');
    expect(stuck && nextFor(stuck)[0]).toBe(`start a worker with REFUND_TASK_QUEUE='no'\\''body $(touch x)'`);
    await handle.terminate();
    const cutOff = await found(handle, 'cutOff');
    expect(cutOff.next).toEqual(['refund show REFUND_ID', expect.stringMatching(/^refund heal REFUND_ID /)]);
  });

  type Pending = temporal.api.workflow.v1.IPendingActivityInfo;

  /** Waits until a run has a call like this, and gives its id. */
  async function callOf(handle: WorkflowHandle, isMeant: (call: Pending) => boolean): Promise<string> {
    for (let tries = 0; tries < 100; tries += 1) {
      const pending = ((await handle.describe()).raw.pendingActivities ?? []).find(isMeant);
      if (pending?.activityId) return pending.activityId;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error('it has no such call');
  }

  /** Waits until a call of this run waits for its next attempt, and gives its id. */
  const betweenAttempts = (handle: WorkflowHandle) => callOf(handle, ({ attempt }) => (attempt ?? 0) > 1);

  test('tells of a call that somebody paused between two attempts; the command it gives lets it go on', async () => {
    saga.simulators.faults.add({ provider: 'sipay', operation: 'refund', kind: 'tooMany', times: 2 });
    const handle = await saga.start(aRefund(saga.simulators, { loyalty: undefined, sale: undefined }));
    const { workflowService } = saga.client;
    const execution = { workflowId: handle.workflowId };
    const call = { namespace: 'default', execution, id: await betweenAttempts(handle) };
    await workflowService.pauseActivity({ ...call, identity: 'somebody', reason: 'holiday' });
    expect(await found(handle, 'paused')).toMatchObject({
      pausedActivity: call.id,
      next: [
        `refund show ${refundIdOf(handle)}`,
        `temporal activity unpause --workflow-id ${handle.workflowId} --activity-id ${call.id}`,
      ],
    });
    await workflowService.unpauseActivity({ ...call, identity: 'somebody' });
    expect(await handle.result()).toMatchObject({ status: 'refunded' });
  });

  test('tells of a call that nobody takes, and which provider a worker must be configured for', async () => {
    const none = { PAYWALL_BASE_URL: '', PAYWALL_API_KEY: '', PAYWALL_API_CLIENT: '' };
    const environment = { PROVIDERS: 'dsquares,mircate,paywall,sipay,wyre', ...none };
    const without = await startSaga({ environment });
    const handle = await without.start(aRefund(without.simulators));
    await without.until(handle, ({ legs }) => legs.sale !== undefined);
    const { runId } = await handle.describe();
    const run = { workflowId: handle.workflowId, runId };
    const access = { client: saga.client, taskQueue: without.taskQueue, timeoutMs: 10_000 };
    expect(await lookAtOpen(access, run)).not.toHaveProperty('stuck');
    const { stuck } = await inAMinute(() => lookAtOpen(access, run));
    await saga.client.workflow.getHandle(handle.workflowId).terminate();
    await without.close();
    expect(stuck).toMatchObject({
      ...{ kind: 'notTaken', taskQueue: `${without.taskQueue}-paywall`, hasSent: false },
    });
    expect(stuck && nextFor(stuck)[0]).toBe(
      `start a worker with REFUND_TASK_QUEUE=${without.taskQueue} that is configured for paywall`,
    );
  });

  test('counts a history that is too large as unread, names it, and still tells of the others', async () => {
    const huge = await saga.start(aRefund(saga.simulators, { currency: 'EUR' }));
    await saga.until(huge, ({ status }) => status === 'awaitingApproval');
    for (let sent = 0; sent < 4; sent += 1) await huge.signal('approve', { by: 'x'.repeat(1_500_000) });
    saga.simulators.faults.add({ provider: 'dsquares', operation: 'refund', kind: 'dropAfter' });
    const other = await saga.start(aRefund(saga.simulators));
    await saga.parked(other, 'loyalty');
    await huge.terminate('too much');
    expect(await found(huge, 'cutOff')).toMatchObject({ hasSent: true, doubts: [] });
    await found(other, 'ambiguous');
    const { code, err } = await refund('stuck', '--longer-than', '1ms');
    expect(code).toBe(0);
    expect(err).toMatch(
      new RegExp(`${refundIdOf(huge)} \\(run .*\\): its history is too large to read: \\d+ MB`),
    );
    const status = await refund('status', refundIdOf(huge));
    expect(status.err).toContain('"refund stuck" does not look into this run');
    await other.terminate();
  });

  test('tells nothing of refunds that go their way, and refuses a duration that is none', async () => {
    const waiting = await saga.start(aRefund(saga.simulators, { currency: 'EUR' }));
    await saga.until(waiting, ({ status }) => status === 'awaitingApproval');
    saga.simulators.faults.add({ provider: 'sipay', operation: 'refund', kind: 'tooMany' });
    saga.simulators.sipay.setMerchantBalance(0);
    const parked = await saga.start(aRefund(saga.simulators));
    await saga.parked(parked, 'cash');
    saga.simulators.sipay.setMerchantBalance(10 ** 12);
    for (const handle of [waiting, parked]) await expect(isToldOf(handle)).resolves.toBe(false);
    const survey = await createOperatorClient({ client: saga.client }).survey();
    expect(survey.awaitingApproval).toBeGreaterThanOrEqual(1);
    expect(survey.parked).toBeGreaterThanOrEqual(1);
    await waiting.signal('reject', { by: 'ana' });
    await parked.terminate();
    const wrong = await refund('stuck', '--longer-than', 'soon');
    expect(wrong).toMatchObject({ code: 2, err: expect.stringContaining('such as 30m') as string });
  });
});
