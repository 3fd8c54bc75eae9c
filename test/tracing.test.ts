import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Worker } from '@temporalio/worker';
import { buildTracedBundle } from '../src/runtime/bundle';
import { runCli } from '../src/cli/main';
import { connectOperatorClient } from '../src/client/operator';
import type { ConnectedOperatorClient } from '../src/client/operator';
import { startTracing } from '../src/tracing';
import type { Tracing } from '../src/tracing';
import { readHistories } from './histories/recorded';
import { startCollector } from './support/collector';
import type { Collector, ExportedSpan } from './support/collector';
import { aDsquaresLeg, aRefund, booked } from './support/requests';
import { startSaga } from './support/saga';
import type { Saga } from './support/saga';

/** Stands in every secret and personal datum of these refunds. */
const CANARY = 'tweety';

const ALLOWED =
  /^(refund\.(id|leg|provider|operation|class)|http\.(request\.method|response\.status_code)|server\.address|temporal(Workflow|Activity)Id|workflow(Id|Type)|runId|run_id)$/;

let folder: string;
let bundlePath: string;
let collector: Collector;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'refund-traced-'));
  collector = await startCollector();
  bundlePath = await buildTracedBundle(path.join(folder, 'workflow-bundle-traced.js'));
});
afterAll(async () => {
  await collector.close();
  await rm(folder, { recursive: true, force: true });
});

/** Runs a task with tracing and a saga that is traced, and ends both. */
async function traced(
  variables: Record<string, string>,
  task: (saga: Saga, refunds: ConnectedOperatorClient, told: string[]) => Promise<void>,
): Promise<string[]> {
  const told: string[] = [];
  Object.assign(process.env, { OTEL_BSP_SCHEDULE_DELAY: '100', ...variables });
  const protocol = variables.OTEL_EXPORTER_OTLP_PROTOCOL === 'http/json' ? 'http/json' : 'http/protobuf';
  const tracing: Tracing = startTracing({ protocol }, (message) => told.push(message));
  const simulators = { credentials: { dsquares: { clientId: `${CANARY}-client` } } };
  const saga = await startSaga({ tracing, bundlePath, simulators });
  const environment = {
    TEMPORAL_ADDRESS: process.env.TEMPORAL_TEST_ADDRESS,
    REFUND_TASK_QUEUE: saga.taskQueue,
    ...variables,
  };
  const refunds = await connectOperatorClient({ environment });
  try {
    await task(saga, refunds, told);
  } finally {
    await refunds.close();
    await saga.close();
    await tracing.shutdown();
    for (const name of ['OTEL_BSP_SCHEDULE_DELAY', ...Object.keys(variables)])
      Reflect.deleteProperty(process.env, name);
  }
  return told;
}

function aSecretRefund(saga: Saga) {
  const loyalty = {
    ...aDsquaresLeg(Date.now() % 1e5),
    walletCode: `${CANARY}-wallet`,
    invoiceNumber: `${CANARY} 7`,
  };
  return aRefund(saga.simulators, { loyalty, reason: `${CANARY} reason` });
}

function attributesOf({ attributes }: ExportedSpan): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}

test('one trace leads from the client through the run and its activities to every call, and tells ids only', async () => {
  let refundId = '';
  const variables = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' };
  const told = await traced(variables, async (saga, refunds) => {
    const request = aSecretRefund(saga);
    refundId = request.refundId;
    saga.simulators.faults.add({ provider: 'dsquares', operation: 'refund', kind: 'tooMany' });
    saga.simulators.faults.add({ provider: 'sipay', operation: 'refund', kind: 'dropAfter' });
    await refunds.start(request);
    expect(await refunds.result(refundId)).toMatchObject({ status: 'refunded' });
    expect(booked(saga.simulators, request)).toEqual({ loyalty: 500, sale: 10_000, cash: 2_550 });
  });
  expect(told).toEqual([]);
  const spans = collector.spans();
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const pathOf = (span: ExportedSpan): string[] => {
    const parent = byId.get(span.parentSpanId ?? '');
    return [...(parent ? pathOf(parent) : []), span.name];
  };
  const paths = new Set(spans.map((span) => pathOf(span).join(' > ')));
  const run = 'StartWorkflow:refundOrder > RunWorkflow:refundOrder';
  expect([...paths]).toEqual(
    expect.arrayContaining([
      'StartWorkflow:refundOrder',
      `${run} > StartActivity:planRefund > RunActivity:planRefund > paywall check > GET`,
      `${run} > StartActivity:refundLeg > RunActivity:refundLeg > dsquares refund > POST`,
      `${run} > StartActivity:refundLeg > RunActivity:refundLeg > paywall refund > POST`,
      `${run} > StartActivity:refundLeg > RunActivity:refundLeg > sipay refund > POST`,
      `${run} > StartActivity:lookUpRefund > RunActivity:lookUpRefund > sipay lookUp > POST`,
    ]),
  );
  expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);

  const calls = spans.filter(({ name }) => name === 'dsquares refund').map(attributesOf);
  const whose = { 'refund.id': refundId, 'refund.leg': 'loyalty', 'refund.provider': 'dsquares' };
  expect(calls.map((call) => call['refund.class'])).toEqual(expect.arrayContaining(['turnedAway', 'done']));
  for (const call of calls) expect(call).toMatchObject({ ...whose, 'refund.operation': 'refund' });

  const names = new Set(spans.flatMap(({ attributes }) => attributes.map(({ key }) => key)));
  expect([...names].filter((name) => !ALLOWED.test(name))).toEqual([]);
  expect(spans.filter(({ events = [], status }) => events.length > 0 || status.message)).toEqual([]);
  const everything = collector.received.map(({ body }) => body.toString()).join('\n');
  for (const secret of [CANARY, '01151618768', '201020792658']) expect(everything).not.toContain(secret);
});

test('spans go out as protobuf unless JSON is asked for', async () => {
  collector.received.length = 0;
  await traced({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }, async (saga, refunds) => {
    const request = aRefund(saga.simulators);
    await refunds.start(request);
    await refunds.result(request.refundId);
  });
  expect(new Set(collector.received.map(({ type }) => type))).toEqual(new Set(['application/x-protobuf']));
  const text = Buffer.concat(collector.received.map(({ body }) => body)).toString('latin1');
  expect(text).toContain('RunWorkflow:refundOrder');
  expect(text).toContain('refund-saga');
});

test('a collector that is down disturbs no refund, delays no end, and is told of once', async () => {
  const endpoint = 'http://127.0.0.1:1';
  let endedAt = 0;
  const told = await traced({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }, async (saga, refunds) => {
    const request = aRefund(saga.simulators);
    await refunds.start(request);
    expect(await refunds.result(request.refundId)).toMatchObject({ status: 'refunded' });
    endedAt = performance.now();
  });
  expect(performance.now() - endedAt).toBeLessThan(8_000);
  expect(told).toHaveLength(1);
  expect(told[0]).toContain('refunds go on');
});

test.each(['{"traceparent":', 'null', '{"traceparent":7}', '["x"]'])(
  'the trace header %s of a start holds no refund up',
  async (data) => {
    await traced({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }, async (saga) => {
      const request = aRefund(saga.simulators, { loyalty: undefined, sale: undefined });
      const json = (text: string) => ({
        metadata: { encoding: Buffer.from('json/plain') },
        data: Buffer.from(text),
      });
      const workflowId = `refund:${request.refundId}`;
      await saga.client.workflowService.startWorkflowExecution({
        ...{ namespace: 'default', workflowId, requestId: randomUUID() },
        ...{ workflowType: { name: 'refundOrder' }, taskQueue: { name: saga.taskQueue } },
        input: { payloads: [json(JSON.stringify(request))] },
        header: { fields: { '_tracer-data': json(data) } },
      });
      expect(await saga.client.workflow.getHandle(workflowId).result()).toMatchObject({ status: 'refunded' });
      expect(booked(saga.simulators, request)).toEqual({ cash: 2_550 });
    });
  },
);

test('a command of the command line is traced too', async () => {
  collector.received.length = 0;
  const variables = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' };
  const saga = await startSaga();
  const file = path.join(folder, 'refund.json');
  await writeFile(file, JSON.stringify(aRefund(saga.simulators)));
  Object.assign(process.env, variables);
  const environment = { ...process.env, TEMPORAL_ADDRESS: process.env.TEMPORAL_TEST_ADDRESS };
  const silent = { write: () => true };
  const code = await runCli(['start', file], {
    stdout: silent,
    stderr: silent,
    environment: { ...environment, REFUND_TASK_QUEUE: saga.taskQueue },
    version: '1.2.3',
  });
  for (const name of Object.keys(variables)) Reflect.deleteProperty(process.env, name);
  await saga.close();
  expect(code).toBe(0);
  expect(collector.spans().map(({ name }) => name)).toEqual(['StartWorkflow:refundOrder']);
});

describe('a run may change between workers that trace and workers that do not', () => {
  async function replayed(codePath: string, histories: { workflowId: string; history: object }[]) {
    const failed: string[] = [];
    const sinks = { exporter: { export: { fn: () => undefined, callDuringReplay: false } } };
    const options = { workflowBundle: { codePath }, sinks };
    for await (const { workflowId, error } of Worker.runReplayHistories(options, histories)) {
      if (error) failed.push(`${workflowId}: ${error.message}`);
    }
    return failed;
  }

  test('what was recorded without traces replays with them', async () => {
    const histories = await readHistories();
    const named = histories.map(({ name, text }) => ({
      workflowId: name,
      history: JSON.parse(text) as object,
    }));
    expect(named.length).toBeGreaterThan(20);
    expect(await replayed(bundlePath, named)).toEqual([]);
  });

  test('what ran with traces replays without them: retries, a lost answer, an approval, a cancel in flight', async () => {
    const histories: { workflowId: string; history: object }[] = [];
    await traced({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }, async (saga) => {
      const asked = await saga.start(aRefund(saga.simulators, { currency: 'EUR' }));
      await saga.until(asked, ({ status }) => status === 'awaitingApproval');
      await asked.executeUpdate('decide', { args: [{ decision: 'approve', by: 'ana' }] });
      await asked.result();
      saga.simulators.faults.add({ provider: 'paywall', operation: 'refund', kind: 'tooMany' });
      saga.simulators.faults.add({ provider: 'sipay', operation: 'refund', kind: 'dropAfter' });
      const lost = await saga.start(aRefund(saga.simulators));
      await lost.result();
      saga.simulators.faults.add({ provider: 'dsquares', operation: 'refund', kind: 'slow', delayMs: 400 });
      const cancelled = await saga.start(aRefund(saga.simulators));
      await saga.until(cancelled, ({ legs }) => legs.loyalty?.status === 'refunding');
      await cancelled.cancel();
      expect(await cancelled.result()).toMatchObject({ status: 'cancelled' });
      for (const handle of [asked, lost, cancelled]) {
        histories.push({ workflowId: handle.workflowId, history: await handle.fetchHistory() });
      }
    });
    expect(await replayed(process.env.TEST_WORKFLOW_BUNDLE ?? '', histories)).toEqual([]);
    expect(await replayed(bundlePath, histories)).toEqual([]);
  });
});
