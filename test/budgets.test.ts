import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { WorkflowHandle } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import {
  APPROVAL_EVENTS,
  BUDGET,
  BUNDLE_BYTES,
  CLIENT_BYTES,
  EVENTS_SAVED_BY_CLIENT,
  HEAP_PER_PARKED_RUN,
  overBudget,
} from '../dev/bench/budgets';
import { costOf } from '../dev/bench/cost';
import { advance } from '../dev/temporal-server';
import { createRefundClient } from '../src/client';
import { compileProject } from './support/compile';
import { aRefund, aWyreLeg, emptyFloatFor } from './support/requests';
import { startSaga, type Saga } from './support/saga';

const run = promisify(execFile);
const { EventType } = temporal.api.enums.v1;

/** Within it, in minor units, no person is asked. */
const LIMIT = 50_000;

/** What the test server's own clock writes into a history when it is moved. */
const OF_THE_CLOCK: unknown[] = [
  EventType.EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED,
  EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TIME_SKIPPING_TRANSITIONED,
];

interface HeapFigures {
  parked: number;
  bytesPerRun: number;
}

describe('what a refund costs the server', () => {
  let saga: Saga;
  beforeAll(async () => {
    saga = await startSaga({ environment: { APPROVAL_LIMITS: `TRY=${LIMIT},points=1000` } });
  });
  afterAll(() => saga.close());

  async function finished(handle: WorkflowHandle) {
    await handle.result();
    return costOf(handle);
  }

  /** The fewest events of three refunds: a busy machine can lose a workflow task, which is then made again. */
  async function least(cost: () => Promise<{ events: number }>): Promise<number> {
    const events = [];
    for (let time = 0; time < 3; time += 1) events.push((await cost()).events);
    return Math.min(...events);
  }

  test('a happy refund of three legs stays within its budget', async () => {
    const handle = await saga.start(aRefund(saga.simulators));
    const cost = await finished(handle);
    process.stdout.write(`happy refund: ${JSON.stringify(cost)}\n`);
    expect(overBudget(cost, BUDGET)).toEqual([]);
    const history = await handle.fetchHistory();
    const encoded = temporal.api.history.v1.History.encode(history).finish().length;
    expect(encoded).toBeLessThanOrEqual(BUDGET.historyBytes);
  });

  test('started by our client it costs some bytes more, and an event less', async () => {
    const plain = await finished(await saga.start(aRefund(saga.simulators)));
    const refunds = createRefundClient({ client: saga.client, taskQueue: saga.taskQueue });
    const { workflowId } = await refunds.start(aRefund(saga.simulators));
    const cost = await finished(saga.client.workflow.getHandle(workflowId));
    process.stdout.write(`our client adds ${cost.historyBytes - plain.historyBytes} bytes\n`);
    const events = plain.events - EVENTS_SAVED_BY_CLIENT;
    expect(cost).toEqual({ ...plain, events, historyBytes: expect.any(Number) as number });
    expect(cost.historyBytes - plain.historyBytes).toBeLessThanOrEqual(CLIENT_BYTES);
  });

  test('a retry that the engine makes adds no event', async () => {
    const counts = [];
    for (const times of [2, 3]) {
      const request = aRefund(saga.simulators, { loyalty: undefined, sale: undefined });
      saga.simulators.faults.add({ provider: 'sipay', operation: 'refund', kind: 'tooMany', times });
      counts.push((await finished(await saga.start(request))).events);
    }
    expect(counts[0]).toBe(counts[1]);
  });

  test('a run that is parked for days writes nothing, however often it is asked', async () => {
    const request = aRefund(saga.simulators);
    saga.simulators.faults.add(emptyFloatFor(request));
    const handle = await saga.start(request);
    await saga.parked(handle, 'cash');
    const { events } = await costOf(handle);
    const clock = { namespace: 'default', workflowId: handle.workflowId };
    await advance(saga.connection, clock, 2 * 86_400);
    for (let asked = 0; asked < 5; asked += 1) await saga.state(handle);
    const history = await handle.fetchHistory();
    const added = (history.events ?? []).slice(events).map(({ eventType }) => eventType);
    expect(added.filter((type) => !OF_THE_CLOCK.includes(type))).toEqual([]);
    await handle.terminate();
  });

  test('an approval adds a few events', async () => {
    const cost = async (amountMinor: number) => {
      const cash = { ...aWyreLeg(), amountMinor };
      const handle = await saga.start(
        aRefund(saga.simulators, { loyalty: undefined, sale: undefined, cash }),
      );
      if (amountMinor > LIMIT) {
        await saga.until(handle, ({ waitingOn }) => waitingOn === 'approval');
        await handle.signal('approve', { by: 'ana' });
      }
      return finished(handle);
    };
    const added = (await least(() => cost(LIMIT + 1))) - (await least(() => cost(LIMIT)));
    process.stdout.write(`an approval adds ${added} events\n`);
    expect(added).toBeLessThanOrEqual(APPROVAL_EVENTS);
  });
});

describe('what a refund costs the worker', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'refund-budgets-'));
    await compileProject(folder);
  }, 240_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('the workflow bundle, as it is built and shipped, stays small', async () => {
    const text = await readFile(path.join(folder, 'workflow-bundle.js'), 'utf8');
    const bytes = Buffer.byteLength(text.replace(/\/\/# sourceMappingURL=.*$/m, ''));
    process.stdout.write(`workflow bundle: ${bytes} bytes without its source map\n`);
    expect(bytes).toBeLessThanOrEqual(BUNDLE_BYTES);
  });

  test('a parked run retains little heap in the cache of its worker', async () => {
    const report = path.join(folder, 'heap');
    const benchmark = path.join(folder, 'dev', 'bench', 'main.js');
    const { stdout } = await run(process.execPath, [benchmark, '--heap', '--report', report]);
    process.stdout.write(stdout);
    const { parked, bytesPerRun } = JSON.parse(await readFile(`${report}.json`, 'utf8')) as HeapFigures;
    expect(parked).toBe(400);
    expect(bytesPerRun).toBeGreaterThan(10_000);
    expect(bytesPerRun).toBeLessThanOrEqual(HEAP_PER_PARKED_RUN);
  }, 240_000);
});
