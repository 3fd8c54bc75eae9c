import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { createOperatorClient, WorkerUnavailableError } from '../src/client/operator';
import { hangOf } from '../src/client/hanging';
import { readRun } from '../src/reading/read-run';
import type { KeptHistory } from '../src/client/operator';
import { WORKFLOW_TYPE } from '../src/domain/contract';
import { buildReadingBundle } from '../src/runtime/bundle';
import { readHistories } from './histories/recorded';
import { parsed, runRefund } from './support/cli';
import type { Extra } from './support/cli';
import { ANOTHER_ACTIVITY, workOtherwise } from './support/other-code';
import { aRefund, emptyFloatFor } from './support/requests';
import { startSaga, type Saga } from './support/saga';

/** What operators are told while nobody works on their refunds. */
let saga: Saga;
let folder: string;
let readingBundle: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'refund-away-'));
  const target = path.join(folder, 'workflow-bundle-reading.js');
  [saga, readingBundle] = await Promise.all([startSaga(), buildReadingBundle(target)]);
}, 240_000);
afterEach(async () => {
  saga.simulators.faults.clear();
  await saga.restartWorkers();
});
afterAll(async () => {
  await saga.close();
  await rm(folder, { recursive: true });
});

const refund = (args: string[], extra: Extra = {}) =>
  runRefund(args, {
    readingBundle,
    ...extra,
    environment: { REFUND_TASK_QUEUE: saga.taskQueue, ...extra.environment },
  });
const refundIdOf = ({ workflowId }: WorkflowHandle) => workflowId.replace(/^refund:/, '');

/** A history as it was recorded: in JSON. */
type Recorded = Pick<KeptHistory, 'events'>;

/** The bundle for reading is minimized, as it is shipped. */
const ANOTHER_ACTIVITY_ANYWHERE = [/(["'])refundLeg\1/g, '"moveLeg"'] as const;

/** A refund whose cash leg waits for an operator. */
async function parkedCash(): Promise<WorkflowHandle> {
  const request = aRefund(saga.simulators, { loyalty: undefined });
  saga.simulators.faults.add(emptyFloatFor(request));
  const handle = await saga.start(request);
  await saga.parked(handle, 'cash');
  return handle;
}

/** A refund that waits for an approval. */
async function asking(): Promise<WorkflowHandle> {
  const handle = await saga.start(aRefund(saga.simulators, { currency: 'EUR' }));
  await saga.until(handle, ({ status }) => status === 'awaitingApproval');
  return handle;
}

async function hangs(handle: WorkflowHandle): Promise<void> {
  for (;;) {
    const { events } = await handle.fetchHistory();
    if (hangOf(await handle.describe(), events ?? []) !== undefined) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A screen tells how long ago each time was. */
const withoutAges = (text: string) => text.replace(/ \(\d+ [smhd]\)/g, '');

/** Why nobody answers, as a program is told. */
async function whyOf(handle: WorkflowHandle): Promise<WorkerUnavailableError> {
  const client = createOperatorClient({ client: saga.client, taskQueue: saga.taskQueue, timeoutMs: 3_000 });
  const error = await client.briefing(refundIdOf(handle)).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(WorkerUnavailableError);
  return error as WorkerUnavailableError;
}

describe('a refund whose workers are gone', () => {
  test('is shown as its last worker left it, and as it would tell it itself', async () => {
    const handle = await parkedCash();
    const refundId = refundIdOf(handle);
    const told = await refund(['show', refundId]);
    const toldJson = parsed(await refund(['show', refundId, '--json']));
    const status = parsed(await refund(['status', refundId, '--json']));
    await saga.stopWorkers();

    const { code, out, err } = await refund(['show', refundId]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain(
      `No worker answered for refund ${refundId}: none polls its task queue "${saga.taskQueue}". The refund keeps its ` +
        `place and moves nothing until one does. What else waits is shown by "refund stuck". ` +
        `Start one: REFUND_TASK_QUEUE=${saga.taskQueue} npm start`,
    );
    expect(out).toContain('What follows is read from its history, as of ');
    expect(out).not.toContain('Since then');
    const [, ...details] = withoutAges(told.out).split('\n\n');
    expect(withoutAges(out)).toContain(details.join('\n\n'));
    const past = {
      readFrom: 'history',
      asOf: expect.any(String) as string,
      since: { messages: 0, results: 0 },
    };
    expect(parsed(await refund(['show', refundId, '--json']))).toEqual({ ...(toldJson as object), ...past });
    expect(parsed(await refund(['status', refundId, '--json']))).toEqual({ ...(status as object), ...past });
    expect((await refund(['status', refundId])).out).toMatch(
      /^No worker answered .*\n\nWhat follows is read/,
    );
    await handle.terminate();
  });

  test('is told with the messages that nobody has taken in', async () => {
    const handle = await asking();
    await saga.stopWorkers();
    await handle.signal('approve', { by: 'ana' });
    const once = await refund(['show', refundIdOf(handle)]);
    expect(once.out).toContain('Since then 1 message has come, which the refund has not taken in yet.');
    await handle.cancel();
    const { out } = await refund(['status', refundIdOf(handle)]);
    expect(out).toContain('Since then 2 messages have come, which the refund has not taken in yet.');
    expect(out).toContain('awaitingApproval');
    await saga.startWorkers();
    await handle.result();
  });

  test('and whose call was in flight is not said to move nothing', async () => {
    const request = aRefund(saga.simulators, { loyalty: undefined, sale: undefined });
    saga.simulators.faults.add({ provider: 'sipay', operation: 'refund', kind: 'errorBefore', times: 50 });
    const handle = await saga.start(request);
    await saga.until(handle, ({ waitingOn }) => waitingOn === 'sipay');
    await saga.stopWorkers();
    const { pendingActivities } = (await handle.describe()).raw;
    const inFlight = (pendingActivities ?? []).some(({ activityType }) => activityType?.name === 'refundLeg');
    const { out } = await refund(['show', request.refundId]);
    expect(out.includes('may still move money')).toBe(inFlight);
    expect(out.includes('moves nothing until one does')).toBe(!inFlight);
    await handle.terminate();
  });

  test('is in the list of what waits, with what it waits for', async () => {
    const handles = [await parkedCash(), await asking()];
    await saga.stopWorkers();
    const { code, out } = await refund(['attention']);
    expect(code).toBe(0);
    expect(out).toMatch(/^No worker answered for refund /);
    expect(out).toMatch(/^What .* is read from their histories; the oldest is as of /m);
    const rows = parsed(await refund(['attention', '--json'])) as Record<string, unknown>[];
    for (const handle of handles) {
      const row = rows.find(({ refundId }) => refundId === refundIdOf(handle));
      expect(row).toMatchObject({ readFrom: 'history', amount: expect.stringMatching(/\d/) as string });
    }
    await Promise.all(handles.map((handle) => handle.terminate()));
  });

  test('is not read by a command of another version, which says so', async () => {
    const handle = await parkedCash();
    await saga.stopWorkers();
    const other = path.join(folder, 'other.js');
    const code = await readFile(readingBundle, 'utf8');
    await writeFile(other, code.replaceAll(...ANOTHER_ACTIVITY_ANYWHERE));
    const { code: exit, out, err } = await refund(['show', refundIdOf(handle)], { readingBundle: other });
    expect({ exit, out }).toEqual({ exit: 4, out: '' });
    expect(err).toContain('the version of this command differs from the code that the refund runs on.');
    await handle.terminate();
  });

  test('is read with the keys of its payloads, and with no others', async () => {
    const keys = { PAYLOAD_KEYS: `one:${Buffer.alloc(32, 1).toString('base64')}` };
    const own = await startSaga({ environment: keys });
    try {
      const request = aRefund(own.simulators, { loyalty: undefined });
      own.simulators.faults.add(emptyFloatFor(request));
      const handle = await own.start(request);
      const state = await own.parked(handle, 'cash');
      await own.stopWorkers();
      const status = await refund(['status', request.refundId, '--json'], { environment: keys });
      expect(parsed(status)).toMatchObject({ ...state, readFrom: 'history' });
      for (const environment of [{}, { PAYLOAD_KEYS: `two:${Buffer.alloc(32, 2).toString('base64')}` }]) {
        const { code, err } = await refund(['status', request.refundId], { environment });
        expect({ code, err }).toEqual({
          code: 4,
          err: expect.stringContaining(
            'was not read in its place: its keys are not in PAYLOAD_KEYS.',
          ) as string,
        });
      }
      await handle.terminate();
    } finally {
      await own.close();
    }
  });

  test('keeps its reason where its history says nothing yet', async () => {
    await (await asking()).terminate();
    await saga.stopWorkers();
    const handle = await saga.start(aRefund(saga.simulators));
    const { code, out, err } = await refund(['show', refundIdOf(handle)]);
    expect({ code, out }).toEqual({ code: 4, out: '' });
    expect(err).toMatch(
      /none polls its task queue .*\nIts history was not read in its place: no worker has taken it up yet\.\n$/,
    );
    await handle.terminate();
  });
});

test('every recorded refund is read as it ended', async () => {
  const read: Record<string, unknown> = {};
  const ended: Record<string, unknown> = {};
  for (const { name, text } of await readHistories()) {
    const { events } = JSON.parse(text) as Recorded;
    if (events[0]?.workflowExecutionStartedEventAttributes?.workflowType?.name !== WORKFLOW_TYPE) continue;
    const result = events.at(-1)?.workflowExecutionCompletedEventAttributes?.result?.payloads?.[0]?.data;
    if (result === undefined) continue;
    ended[name] = JSON.parse(Buffer.from(String(result), 'base64').toString());
    const since = { messages: 0, results: 0 };
    const kept = {
      workflowId: 'refund:recorded',
      namespace: 'default',
      events,
      asOf: '',
      since,
      wasReset: false,
      codecs: [],
    };
    read[name] = (await readRun(kept, readingBundle)).state;
  }
  expect(Object.keys(ended).length).toBeGreaterThan(25);
  expect(read).toEqual(ended);
});

describe('why nobody answers is told right', () => {
  test('of a queue that nobody ever polled', async () => {
    const taskQueue = `nobody-${randomUUID()}`;
    const client = createOperatorClient({ client: saga.client, taskQueue, timeoutMs: 3_000 });
    const request = aRefund(saga.simulators);
    await client.start(request);
    const error = await client.state(request.refundId).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'workerUnavailable', why: 'noPoller' });
    expect(error).toHaveProperty(
      'message',
      expect.stringContaining(`none polls its task queue "${taskQueue}"`),
    );
    await saga.client.workflow.getHandle(`refund:${request.refundId}`).terminate();
  });

  test('of workers of another version, whether or not a task of the refund has failed', async () => {
    const handle = await parkedCash();
    await workOtherwise(saga, ...ANOTHER_ACTIVITY);
    // Nothing is pending: the worker that is asked finds out by itself.
    const asked = await whyOf(handle);
    expect(asked).toMatchObject({ why: 'wrongVersion' });
    await handle.signal('approve', {});
    await hangs(handle);
    const hung = await whyOf(handle);
    expect(hung).toMatchObject({ why: 'wrongVersion', message: asked.message });
    expect(hung.message).toContain('their code does not fit its history');
    expect(hung.message).toContain('moves nothing until workers of the right version run');

    const { code, out } = await refund(['show', refundIdOf(handle)]);
    expect(code).toBe(0);
    expect(out).toContain(hung.message);
    expect(out).toContain('Since then 1 message has come');
    await handle.terminate();
  });

  test('of a task that fails, and of its workers having gone since', async () => {
    const handle = await asking();
    await workOtherwise(saga, /function refundOrder\(\.\.\.args\) \{/, '$& null.anything;');
    await handle.signal('reject', { by: 'ana' });
    await hangs(handle);
    const failing = await whyOf(handle);
    expect(failing).toMatchObject({ why: 'taskFails' });
    expect(failing.message).toMatch(/its workflow task fails \(.*UnhandledFailure\)/);
    await saga.stopWorkers();
    const gone = await whyOf(handle);
    expect(gone).toMatchObject({ why: 'noPoller' });
    expect(gone.message).toMatch(/When one last did, its workflow task failed \(.*UnhandledFailure\)\./);
    await saga.startWorkers();
    expect(await handle.result()).toMatchObject({ status: 'rejected' });
  });

  test('of a worker that polls and does not answer', async () => {
    const taskQueue = `busy-${randomUUID()}`;
    const client = createOperatorClient({ client: saga.client, taskQueue, timeoutMs: 3_000 });
    const request = aRefund(saga.simulators);
    await client.start(request);
    // It takes the task, and is silent.
    await saga.client.workflowService.pollWorkflowTaskQueue({
      ...{ namespace: 'default', taskQueue: { name: taskQueue }, identity: 'silent' },
    });
    const error = await client.state(request.refundId).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ why: 'noAnswer' });
    expect(error).toHaveProperty(
      'message',
      expect.stringMatching(/in time; .* One .*: it is busy, or has gone since\. .*goes on as soon as/),
    );
    await saga.client.workflow.getHandle(`refund:${request.refundId}`).terminate();
  });

  test.each(['nothing', 'a signal'])('while the server holds its start back, and %s came', async (came) => {
    const request = aRefund(saga.simulators);
    const { taskQueue } = saga;
    const handle = await saga.client.workflow.start('refundOrder', {
      ...{ taskQueue, workflowId: `refund:${request.refundId}`, args: [request], startDelay: '1h' },
    });
    if (came === 'a signal') await handle.signal('approve', { by: 'ana' });
    const client = createOperatorClient({ client: saga.client, taskQueue, timeoutMs: 2_000 });
    const error = await client.state(request.refundId).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ why: 'notBegun' });
    expect(error).toHaveProperty(
      'message',
      expect.stringMatching(/has not begun: .* moves nothing until then\./),
    );
    await handle.cancel();
    expect(await handle.result()).toMatchObject({ status: 'cancelled' });
  });

  test('to whoever sends a decision, which may still arrive', async () => {
    const handle = await asking();
    await saga.stopWorkers();
    const { code, err } = await refund(['reject', refundIdOf(handle), '--by', 'ana']);
    expect(code).toBe(4);
    expect(err).toContain('none polls its task queue');
    expect(err).toContain('A message that you sent may still arrive later');
    await handle.terminate();
  });
});
