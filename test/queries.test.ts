import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { optionalTsToMs } from '@temporalio/common/lib/time';
import { bundleWorkflowCode, NativeConnection, Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { readConfiguration } from '../src/config';
import type { RefundState } from '../src/domain/state';
import { createProviders } from '../src/providers';
import { createWorkers, runWorkers } from '../src/runtime/workers';
import type { RefundRequest } from '../src/domain/request';
import { approverKeys, aStatement } from './support/approvers';
import { aRefund, booked } from './support/requests';
import { startSaga, type Saga } from './support/saga';

/*
 * A query can make a live run differ from its own replay (docs/adr/004). Its worker dies; a query that was under way to
 * it reaches a new worker, together with a timer that fired meanwhile. The new worker takes the timer in at another
 * time than any replay will, and without what arrives later in the same task.
 */

let saga: Saga;
let folder: string;
let controlBundle: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'refund-queries-'));
  controlBundle = path.join(folder, 'control-bundle.js');
  const workflowsPath = path.join(__dirname, 'support/clock-brancher.ts');
  const [{ code }, started] = await Promise.all([bundleWorkflowCode({ workflowsPath }), startSaga()]);
  await writeFile(controlBundle, code);
  saga = started;
});
afterAll(async () => {
  await saga.close();
  await rm(folder, { recursive: true, force: true });
});

/** Workers that can be made to die: the server loses them at once and in silence. */
interface Mortal {
  die(): void;
  /** Ends what is left of them. */
  bury(): Promise<void>;
}

async function startMortal(create: (connection: NativeConnection) => Promise<Worker[]>): Promise<Mortal> {
  const sockets = new Set<net.Socket>();
  const [host = '', port = ''] = (process.env.TEMPORAL_TEST_ADDRESS ?? '').split(':');
  let isCut = false;
  const wire = net.createServer((near) => {
    if (isCut) return near.destroy();
    const far = net.connect(Number(port), host);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => other.destroy());
      socket.pipe(other);
    }
    return near;
  });
  wire.listen(0, '127.0.0.1');
  await once(wire, 'listening');
  const address = `127.0.0.1:${(wire.address() as net.AddressInfo).port}`;
  const connection = await NativeConnection.connect({ address });
  const workers = await create(connection);
  const running = runWorkers(workers);
  return {
    die: () => {
      isCut = true;
      for (const socket of sockets) socket.destroy();
    },
    bury: async () => {
      for (const worker of workers) worker.shutdown();
      isCut = false;
      await running;
      await connection.close();
      wire.close();
    },
  };
}

/** Lets the workers of these runs die, and asks each run something just before its first timer fires. */
async function askInTheWindow(
  handles: WorkflowHandle[],
  query: string,
  mortal: Mortal,
  startOthers: () => Promise<unknown>,
): Promise<void> {
  const timers = await Promise.all(handles.map(firstTimer));
  mortal.die();
  await startOthers();
  await Promise.all(
    handles.map(async (handle, index) => {
      const firesAt = timers[index] ?? 0;
      // It waits two seconds for the dead worker, so that the timer is in the history when another is asked.
      await pause(Math.max(0, firesAt - 1_000 - Date.now()));
      await handle.query(query);
      expect(Date.now()).toBeGreaterThan(firesAt);
    }),
  );
}

async function firstTimer(handle: WorkflowHandle): Promise<number> {
  for (;;) {
    const { events } = await handle.fetchHistory();
    const event = events?.find(({ timerStartedEventAttributes: timer }) => timer);
    const length = optionalTsToMs(event?.timerStartedEventAttributes?.startToFireTimeout);
    const begun = optionalTsToMs(event?.eventTime);
    if (length !== undefined && begun !== undefined) return begun + length;
    await pause(20);
  }
}

async function replay(handle: WorkflowHandle, codePath: string): Promise<void> {
  await Worker.runReplayHistory({ workflowBundle: { codePath } }, await handle.fetchHistory());
}

const TIMER_MS = 5_000;

test('code that asks the clock after a timer is broken by a query, and by nothing else', async () => {
  const taskQueue = `control-${randomUUID()}`;
  const create = (connection: NativeConnection) =>
    Worker.create({
      connection,
      taskQueue,
      workflowBundle: { codePath: controlBundle },
      stickyQueueScheduleToStartTimeout: '2s',
    });
  const mortal = await startMortal(async (connection) => [await create(connection)]);
  const start = (name: string) =>
    saga.client.workflow.start('branchOnClock', {
      taskQueue,
      workflowId: `${name}-${taskQueue}`,
      args: [TIMER_MS],
    });
  const [asked, unasked] = await Promise.all([start('asked'), start('unasked')]);
  let other: Worker | undefined;
  let running: Promise<void> | undefined;
  await Promise.all([firstTimer(asked), firstTimer(unasked)]);
  await askInTheWindow([asked], 'look', mortal, async () => {
    other = await create(saga.connection);
    running = other.run();
  });
  for (const handle of [asked, unasked]) {
    await handle.signal('finish');
    expect(await handle.result()).toBe('finished');
  }
  await expect(replay(asked, controlBundle)).rejects.toThrow(DeterminismViolationError);
  await replay(unasked, controlBundle);
  other?.shutdown();
  await Promise.all([running, mortal.bury()]);
});

test('a refund that hears of a decision or a cancel right after that query can be replayed', async () => {
  const configuration = readConfiguration({
    ...saga.simulators.environment(),
    REFUND_TASK_QUEUE: saga.taskQueue,
    APPROVAL_LIMITS: '',
    APPROVAL_TIMEOUT: `${TIMER_MS}ms`,
  });
  const providers = createProviders(configuration.providers);
  const bundlePath = process.env.TEST_WORKFLOW_BUNDLE ?? '';
  await saga.stopWorkers();
  const mortal = await startMortal((connection) =>
    createWorkers({ connection, namespace: 'default', configuration, providers, bundlePath }),
  );
  const requests = Array.from({ length: 4 }, () => aRefund(saga.simulators));
  const handles = await Promise.all(requests.map((request) => saga.start(request)));
  const [approved, rejected, cancelled] = handles;
  await askInTheWindow(handles, 'getRefund', mortal, () => saga.startWorkers());
  await Promise.all([
    approved?.signal('approve', { by: 'ana' }),
    rejected?.signal('reject', { by: 'ana' }),
    cancelled?.cancel(),
  ]);
  const results = await Promise.all(handles.map((handle) => handle.result() as Promise<RefundState>));
  expect(results.map(({ status }) => status)).toEqual(['refunded', 'rejected', 'cancelled', 'expired']);
  for (const handle of handles) await replay(handle, bundlePath);
  const nothing = { loyalty: 0, sale: 0, cash: 0 };
  expect(requests.map((request) => booked(saga.simulators, request))).toEqual([
    { loyalty: 500, sale: 10_000, cash: 2_550 },
    nothing,
    nothing,
    nothing,
  ]);
  await mortal.bury();
  for (const provider of providers.values()) provider.close();
});

test('a signed decision that a query alone makes known to a new worker is checked and counts', async () => {
  const environment = { APPROVAL_LIMITS: '', APPROVER_KEYS: approverKeys('ana') };
  await saga.stopWorkers();
  const signed = await startSaga({ environment });
  const configuration = readConfiguration({
    ...signed.simulators.environment(),
    REFUND_TASK_QUEUE: signed.taskQueue,
    ...environment,
  });
  const providers = createProviders(configuration.providers);
  const bundlePath = process.env.TEST_WORKFLOW_BUNDLE ?? '';
  await signed.stopWorkers();
  const mortal = await startMortal((connection) =>
    createWorkers({ connection, namespace: 'default', configuration, providers, bundlePath }),
  );
  const requests = Array.from({ length: 4 }, () => aRefund(signed.simulators));
  const handles = await Promise.all(requests.map((request) => signed.start(request)));
  await Promise.all(handles.map(firstTimer));
  const statements = await Promise.all(
    handles.map((handle, index) => aStatement(handle, requests[index] as RefundRequest)),
  );
  mortal.die();
  await signed.startWorkers();
  // The task of the signal waits for the dead worker; the query comes to the new one first, and with the signal.
  const answers = handles.map(async (handle, index) => {
    const asked = handle.query('getRefund');
    await pause(300);
    await handle.signal('approve', { by: 'ana', statement: statements[index] });
    return asked;
  });
  await Promise.all(answers);
  const results = await Promise.all(handles.map((handle) => handle.result() as Promise<RefundState>));
  expect(results.map(({ status }) => status)).toEqual(handles.map(() => 'refunded'));
  for (const handle of handles) await replay(handle, bundlePath);
  await mortal.bury();
  await signed.close();
  for (const provider of providers.values()) provider.close();
});
