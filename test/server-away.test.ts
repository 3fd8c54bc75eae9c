import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { startTemporalServer } from '../dev/temporal-server';
import type { TemporalServer } from '../dev/temporal-server';
import { connectRefundClient, RefundError } from '../src/client';
import type { ConnectedRefundClient, FinalState, RefundRequest } from '../src/client';
import { findStop, stopProvider } from '../src/client/provider-stops';
import { ensureSearchAttributes } from '../src/runtime/search-attributes';
import { aSipayLeg } from './support/requests';
import { endRun } from './support/end-run';
import { untilIt } from './support/until';

/** What the client of order services promises while the server is away, on a server that is killed, stopped and started. */
let server: TemporalServer;
let folder: string;
let refunds: ConnectedRefundClient;
const PATIENCE_MS = 2_500;
const TIMEOUT_MS = 1_000;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'refund-away-'));
  server = await startTemporalServer({ useConfigured: false, dbFilename: path.join(folder, 'temporal.db') });
  const connection = await NativeConnection.connect({ address: server.address });
  await ensureSearchAttributes(connection, 'default');
  await connection.close();
  refunds = await connect();
});

afterAll(async () => {
  await refunds.close();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

function connect(patienceMs = PATIENCE_MS): Promise<ConnectedRefundClient> {
  return connectRefundClient({
    environment: { TEMPORAL_ADDRESS: server.address },
    patienceMs,
    timeoutMs: TIMEOUT_MS,
  });
}

let count = 0;

function aRequest(): RefundRequest {
  count += 1;
  const refundId = `away-${count}`;
  const who = { requestedBy: 'order-service', reason: 'goods returned' };
  return { refundId, orderId: refundId, currency: 'TRY', ...who, cash: aSipayLeg() };
}

/** What a call fails with, and after how long. */
async function failureOf(promise: Promise<unknown>): Promise<{ error: RefundError; ms: number }> {
  const began = Date.now();
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(RefundError);
  return { error: error as RefundError, ms: Date.now() - began };
}

const REFUNDED = { status: 'refunded' } as FinalState;

test('a wait outlasts a server that is killed and started again, and hears of the end', async () => {
  const { refundId } = await refunds.start(aRequest());
  const result = refunds.result(refundId);
  await server.killHard();
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  await server.restart();
  await endRun(server.address, refundId, REFUNDED);
  expect(await result).toMatchObject(REFUNDED);
});

test('a wait ends at its own limit and at its signal, and says that nothing was changed', async () => {
  const { refundId } = await refunds.start(aRequest());
  const timedOut = await failureOf(refunds.result(refundId, { timeoutMs: 700 }));
  expect(timedOut.error.code).toBe('waitTimedOut');
  expect(timedOut.error.message).toContain('nothing was changed');
  expect(timedOut.ms).toBeLessThan(1_500);
  const abort = new AbortController();
  const waiting = failureOf(refunds.result(refundId, { signal: abort.signal }));
  setTimeout(() => abort.abort('shutting down'), 300);
  const aborted = await waiting;
  expect(aborted.error).toMatchObject({ code: 'waitAborted', cause: 'shutting down' });
  expect(aborted.ms).toBeLessThan(1_000);
  const late = await failureOf(refunds.result(refundId, { signal: abort.signal }));
  expect(late.error.code).toBe('waitAborted');
  await endRun(server.address, refundId, REFUNDED);
  expect(await refunds.result(refundId, { timeoutMs: 5_000 })).toMatchObject(REFUNDED);
  await expect(refunds.result(refundId, { timeoutMs: NaN })).rejects.toThrow('timeoutMs');
});

test('while it is away every call ends in time, and says what is known', async () => {
  const { refundId } = await refunds.start(aRequest());
  const unborn = aRequest();
  await server.killHard();
  const questions = [refunds.state(refundId), refunds.overview(refundId), refunds.list()];
  for (const { error, ms } of await Promise.all(questions.map(failureOf))) {
    expect(error).toMatchObject({ code: 'serverUnanswered' });
    expect(error.message).toContain('It was only asked, and nothing was changed');
    expect(ms).toBeLessThan(TIMEOUT_MS * 2);
  }
  const decision = { refundId, decision: 'approve', by: 'ana' } as const;
  for (const { error } of await Promise.all(
    [refunds.decide(decision), refunds.approve(refundId, { by: 'ana' })].map(failureOf),
  )) {
    expect(error).toMatchObject({ code: 'serverUnanswered' });
    expect(error.message).toContain('it is not known whether the message arrived');
  }
  const start = await failureOf(refunds.start(unborn));
  expect(start.error.code).toBe('serverUnanswered');
  expect(start.error.message).toContain('may have been started. Start it again');
  const changes = refunds.watch(refundId);
  const [result, watch] = await Promise.all([refunds.result(refundId), changes.next()].map(failureOf));
  for (const ended of [result, watch]) {
    expect(ended?.error.code).toBe('serverUnanswered');
    expect(ended?.ms).toBeGreaterThan(PATIENCE_MS - 500);
    expect(ended?.ms).toBeLessThan(PATIENCE_MS * 2 + TIMEOUT_MS * 2);
  }
  const limited = await failureOf(refunds.result(refundId, { timeoutMs: 1_200 }));
  expect(limited.error.code).toBe('waitTimedOut');
  expect(limited.ms).toBeLessThan(2_000);
  const connecting = await failureOf(connect(500));
  expect(connecting.error.code).toBe('serverUnanswered');

  await server.restart();
  const again = await refunds.start(unborn);
  expect(await refunds.start(unborn)).toMatchObject({ existing: true, runId: again.runId });
});

test('a server that takes calls and answers none is told as well', async () => {
  const { refundId } = await refunds.start(aRequest());
  const waiting = failureOf(refunds.result(refundId));
  process.kill(server.pid ?? 0, 'SIGSTOP');
  try {
    const { error, ms } = await waiting;
    expect(error.code).toBe('serverUnanswered');
    expect(ms).toBeLessThan(PATIENCE_MS * 2 + TIMEOUT_MS * 2);
  } finally {
    process.kill(server.pid ?? 0, 'SIGCONT');
  }
  await endRun(server.address, refundId, REFUNDED);
  expect(await refunds.result(refundId)).toMatchObject(REFUNDED);
});

test('a client that was closed says so in the same way', async () => {
  const closed = await connect();
  await closed.close();
  const { error } = await failureOf(closed.state('rf-1'));
  expect(error.code).toBe('serverUnanswered');
});

test('a stop of a provider whose server goes away says that it holds, or that nobody knows', async () => {
  const connection = await Connection.connect({ address: server.address });
  const access = { client: new Client({ connection }), taskQueue: 'refunds', timeoutMs: TIMEOUT_MS };
  const input = { provider: 'wyre', by: 'ana', reason: 'a leak' } as const;
  const stopping = failureOf(stopProvider(access, input, { waitMs: 0 }));
  while (!(await findStop(access, 'wyre'))) await new Promise((resolve) => setTimeout(resolve, 50));
  await server.killHard();
  const { error } = await stopping;
  expect(error).toMatchObject({ code: 'serverUnanswered' });
  expect(error.message).toContain('it is stopped, and calls that had begun before may still move money');
  const again = await failureOf(stopProvider(access, input, { waitMs: 0 }));
  expect(again.error).toMatchObject({ code: 'serverUnanswered' });
  expect(again.error.message).toContain('it is not known whether it is stopped now');
  await server.restart();
  await untilIt(async () => (await findStop(access, 'wyre'))?.by === 'ana');
  await connection.close();
});
