import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';
import { temporal } from '@temporalio/proto';
import { localConnection, startTemporalServer, type TemporalServer } from '../dev/temporal-server';
import { findFreePort } from '../dev/temporal-server/ports';
import { startSimulators, type Simulators } from '../simulators';
import { createRefundClient, ConfigurationError } from '../src/client';
import type { RefundClient } from '../src/client';
import { parseKeys } from '../src/config/keys';
import { SEARCH_ATTRIBUTES } from '../src/domain/contract';
import { dataConverterFor } from '../src/encryption/codec';
import { ensureSearchAttributes } from '../src/runtime/search-attributes';
import { connectClient, connectWorker } from '../src/runtime/connection';
import { compileProject } from './support/compile';
import { aSecret, startReceiver } from './support/receiver';
import { aDsquaresLeg, aRefund, aRefundAt } from './support/requests';

const run = promisify(execFile);
const { INDEXED_VALUE_TYPE_BOOL, INDEXED_VALUE_TYPE_INT, INDEXED_VALUE_TYPE_KEYWORD } =
  temporal.api.enums.v1.IndexedValueType;

/** Stands in every secret and personal datum of this test. */
const CANARY = 'tweety';
const KEYS = `one:${Buffer.alloc(32, 7).toString('base64')}`;
const TUNING = {
  APPROVAL_LIMITS: 'TRY=1000000,points=100000',
  CALL_TIMEOUT: '3s',
  LOOKUP_DELAYS: '100ms,3s',
  ABSENCE_AFTER: '3s',
};

let folder: string;
let simulators: Simulators;
const processes = new Set<ChildProcess>();

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'refund-worker-'));
  [simulators] = await Promise.all([
    startSimulators({
      credentials: {
        dsquares: { clientId: `${CANARY}-client` },
        sipay: { clientSecret: `${CANARY}-secret` },
      },
    }),
    compileProject(folder),
  ]);
});

afterAll(async () => {
  for (const child of processes) child.kill('SIGKILL');
  await simulators.close();
  await rm(folder, { recursive: true, force: true });
});

/** A worker process, and what it wrote until now. */
interface WorkerProcess {
  output(): string;
  errors(): string;
  /** Its log, entry by entry. */
  entries(): LogLine[];
  /** Waits until it has logged this. */
  logged(message: string): Promise<void>;
  /** Sends a signal and waits for its end. */
  end(signal?: NodeJS.Signals): Promise<number | null>;
}

interface LogLine {
  time: string;
  level: string;
  message: string;
}

/** Runs the built worker with nothing but this environment. */
function startWorker(environment: Record<string, string>): WorkerProcess {
  const env = { PATH: process.env.PATH, HOME: folder, ...environment };
  const child = spawn(process.execPath, [path.join(folder, 'src', 'worker.js')], { env, cwd: folder });
  processes.add(child);
  let output = '';
  let errors = '';
  child.stdout.on('data', (data: Buffer) => (output += data.toString()));
  child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
  const ended = once(child, 'close').then(([code]) => {
    processes.delete(child);
    return code as number | null;
  });
  const entries = () =>
    errors
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as LogLine);
  return {
    output: () => output,
    errors: () => errors,
    entries,
    logged: async (wanted) => {
      while (!entries().some(({ message }) => message === wanted)) {
        if (child.exitCode !== null) throw new Error(`the worker ended: ${errors}`);
        await pause(20);
      }
    },
    end: (signal) => {
      if (signal) child.kill(signal);
      return ended;
    },
  };
}

const STARTED = 'Refund worker started';

/** The environment of a worker on the server of the test run. */
function environmentOn(taskQueue: string): Record<string, string> {
  const TEMPORAL_ADDRESS = process.env.TEMPORAL_TEST_ADDRESS ?? '';
  return { ...simulators.environment(), ...TUNING, TEMPORAL_ADDRESS, REFUND_TASK_QUEUE: taskQueue };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await pause(10);
}

describe('a worker process', () => {
  let connection: Connection;

  beforeAll(async () => {
    connection = await Connection.connect(localConnection(process.env.TEMPORAL_TEST_ADDRESS ?? ''));
  });
  afterAll(() => connection.close());

  function refundsOn(taskQueue: string, keys?: string): RefundClient {
    const dataConverter = dataConverterFor(parseKeys(keys ?? '') ?? []);
    return createRefundClient({
      client: new Client({ connection, dataConverter }),
      taskQueue,
    });
  }

  test('that is told to stop finishes the call in flight and ends well; the refund goes on with the next, and nothing is in doubt', async () => {
    await Promise.all([interrupted('SIGTERM'), interrupted('SIGINT')]);
  });

  async function interrupted(signal: NodeJS.Signals): Promise<void> {
    const taskQueue = `worker-${process.pid}-${signal}`;
    const first = startWorker(environmentOn(taskQueue));
    await first.logged(STARTED);
    const request = aRefund(simulators, { loyalty: undefined });
    const reference = request.sale?.externalReference ?? '-';
    simulators.faults.add({
      provider: 'paywall',
      operation: 'refund',
      kind: 'slow',
      delayMs: 800,
      match: reference,
    });
    const refunds = refundsOn(taskQueue);
    const { refundId } = await refunds.start(request);
    const sent = () =>
      simulators
        .requests({ provider: 'paywall', operation: 'refund' })
        .filter(({ body }) => body.includes(reference));
    await until(() => sent().length === 1);
    expect(sent()[0]?.status).toBeUndefined();
    expect(await first.end(signal)).toBe(0);
    expect(sent()).toMatchObject([{ status: 200, applied: true }]);
    expect((await refunds.overview(refundId)).run).toBe('RUNNING');

    const second = startWorker({ ...environmentOn(taskQueue), PAYLOAD_KEYS: KEYS });
    expect(await refundsOn(taskQueue, KEYS).result(refundId)).toMatchObject({
      status: 'refunded',
      legs: { sale: { receipt: { confirmedBy: 'answer' } }, cash: { receipt: { confirmedBy: 'answer' } } },
    });
    expect(sent()).toHaveLength(1);
    expect(second.errors()).not.toContain('PAYLOAD_KEYS');
    expect(await second.end(signal)).toBe(0);
  }

  const inFlight = async (taskQueue: string) => {
    const request = aRefund(simulators, { loyalty: undefined });
    const match = request.sale?.externalReference ?? '-';
    simulators.faults.add({ provider: 'paywall', operation: 'refund', kind: 'slow', delayMs: 1_500, match });
    const refunds = refundsOn(taskQueue);
    await refunds.start(request);
    const sent = () =>
      simulators
        .requests({ provider: 'paywall', operation: 'refund' })
        .filter(({ body }) => body.includes(match));
    await until(() => sent().length === 1);
    return { refundId: request.refundId, refunds, sent };
  };

  test('that is told to stop again and again finishes the call in flight all the same, and says what it waits for', async () => {
    const taskQueue = `worker-${process.pid}-twice`;
    const worker = startWorker(environmentOn(taskQueue));
    await worker.logged(STARTED);
    const { sent } = await inFlight(taskQueue);
    const ended = worker.end('SIGTERM');
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
      await pause(100);
      void worker.end(signal);
    }
    expect(await ended).toBe(0);
    expect(sent()).toMatchObject([{ status: 200, applied: true }]);
    const warnings = worker.entries().filter(({ message }) => message.startsWith('Already shutting down'));
    expect(warnings).toHaveLength(3);
    expect(warnings[0]).toMatchObject({ level: 'WARN', callsInFlight: 1 });
  });

  test.each([
    ['whose log nobody reads any more', 'reader'],
    ['whose disk is full', '/dev/full'],
  ])('%s loses lines of its log, and no call', async (_, log) => {
    const taskQueue = `worker-${process.pid}-${path.basename(log)}`;
    const file = log === 'reader' ? undefined : await open(log, 'w');
    const out = file?.fd ?? 'pipe';
    const env = { PATH: process.env.PATH, HOME: folder, ...environmentOn(taskQueue) };
    const child = spawn(process.execPath, [path.join(folder, 'src', 'worker.js')], {
      ...{ env, cwd: folder },
      stdio: ['ignore', out, out],
    });
    processes.add(child);
    const ended = once(child, 'exit');
    const { refundId, refunds, sent } = await inFlight(taskQueue);
    child.stdout?.destroy();
    child.stderr?.destroy();
    // Each makes the worker write: it warns of retries, and of being told to stop once more.
    for (const signal of ['SIGTERM', 'SIGTERM', 'SIGTERM'] as const) {
      child.kill(signal);
      await pause(100);
    }
    expect(await ended).toEqual([0, null]);
    processes.delete(child);
    await file?.close();
    expect(sent()).toMatchObject([{ status: 200, applied: true }]);
    const next = startWorker(environmentOn(taskQueue));
    expect(await refunds.result(refundId)).toMatchObject({
      legs: { sale: { receipt: { confirmedBy: 'answer' } } },
    });
    expect(sent()).toHaveLength(1);
    await next.end('SIGTERM');
  });

  test('that is killed while it posts a notice loses none: the next posts it again, under the same webhook-id', async () => {
    const receiver = await startReceiver();
    receiver.answer(() => new Promise<never>(() => undefined));
    const taskQueue = `killed-${Date.now()}`;
    const environment = { ...environmentOn(taskQueue), ...receiver.environment };
    const doomed = startWorker(environment);
    await doomed.logged(STARTED);
    const request = aRefundAt(simulators, 'sipay');
    const refunds = createRefundClient({ client: new Client({ connection }), taskQueue });
    await refunds.start(request);
    expect(await refunds.result(request.refundId)).toMatchObject({ status: 'refunded' });
    await receiver.until(request.refundId, 1);
    await doomed.end('SIGKILL');
    receiver.answer({ status: 204, body: '' });
    const next = startWorker({
      ...environment,
      NOTIFY_SECRETS: `${aSecret()},${receiver.environment.NOTIFY_SECRETS}`,
    });
    await next.logged(STARTED);
    const [first, second] = await receiver.until(request.refundId, 2);
    expect(second).toEqual(first);
    await next.end('SIGTERM');
    for (const secret of ['whsec_', '/hooks/']) expect(doomed.errors() + next.errors()).not.toContain(secret);
    await receiver.close();
  });

  test('logs one JSON object a line, warns once that payloads are readable, and shows nothing secret there or in its metrics', async () => {
    const taskQueue = `worker-${process.pid}-log`;
    const port = await findFreePort();
    const worker = startWorker({ ...environmentOn(taskQueue), METRICS_ADDRESS: `127.0.0.1:${port}` });
    await worker.logged(STARTED);
    const loyalty = {
      ...aDsquaresLeg(Date.now() % 1e5),
      walletCode: `${CANARY}-wallet`,
      invoiceNumber: `${CANARY} 7`,
    };
    const request = aRefund(simulators, { loyalty, reason: `${CANARY} reason` });
    simulators.faults.add({ provider: 'dsquares', operation: 'refund', kind: 'tooMany' });
    simulators.faults.add({ provider: 'sipay', operation: 'token', kind: 'unauthorized' });
    simulators.faults.add({ provider: 'sipay', operation: 'refund', kind: 'dropAfter' });
    const refunds = refundsOn(taskQueue);
    await refunds.start(request);
    expect(await refunds.result(request.refundId)).toMatchObject({ status: 'refunded' });
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    expect(await worker.end('SIGTERM')).toBe(0);

    for (const name of [
      'temporal_activity_execution_failed_total',
      'refund_ended_total',
      'refund_runs_parked',
    ]) {
      expect(metrics).toContain(name);
    }
    for (const { time, level, message } of worker.entries()) {
      expect([Date.parse(time) > 0, ['INFO', 'WARN'].includes(level), message.length > 0]).toEqual([
        true,
        true,
        true,
      ]);
    }
    const about = (text: string) => worker.entries().filter(({ message }) => message.includes(text));
    expect(about('PAYLOAD_KEYS')).toMatchObject([{ level: 'WARN' }]);
    expect(about(STARTED)).toMatchObject([
      { taskQueue, namespace: 'default', providers: 'dsquares,mircate,paywall,sipay,wyre' },
    ]);
    expect(worker.output()).toBe('');
    for (const text of [metrics, worker.errors()]) {
      for (const secret of [CANARY, '01151618768', '201020792658']) expect(text).not.toContain(secret);
    }
  });
});

test('nothing of OpenTelemetry is loaded by workers, clients and the command line unless it is asked for', async () => {
  const modules = ['client', 'cli/main', 'runtime/workers', 'runtime/gauges'].map((name) =>
    path.join(folder, 'src', name),
  );
  const script = `${JSON.stringify(modules)}.forEach((name) => require(name));
    console.log(Object.keys(require.cache).filter((file) => /opentelemetry/.test(file)).length)`;
  const { stdout } = await run(process.execPath, ['-e', script]);
  expect(stdout.trim()).toBe('0');
});

describe('a worker process that may not start ends with 1 and says why, without a value', () => {
  const broken = `[profile.default]\naddress = "127.0.0.1:1"\napi_key = "${CANARY}\nnamespace = 1\n`;

  test.each([
    ['nothing at all', {}, ['no provider is configured', 'PAYWALL_BASE_URL']],
    [
      'half a provider, no duration and no keys',
      {
        WYRE_API_KEY: CANARY,
        MIRCATE_BASE_URL: `http://${CANARY}.example`,
        CALL_TIMEOUT: '0s',
        PAYLOAD_KEYS: `${CANARY}:x`,
      },
      [
        'WYRE_API_KEY is set',
        'MIRCATE_BASE_URL must be',
        'MIRCATE_API_KEY must be',
        'CALL_TIMEOUT must be',
        'PAYLOAD_KEYS must be',
      ],
    ],
    [
      'a profile file with a mistake in it',
      { WYRE_BASE_URL: 'https://wyre.invalid', WYRE_API_KEY: CANARY, TEMPORAL_CONFIG_FILE: 'broken.toml' },
      ['TEMPORAL_CONFIG_FILE', 'cannot be read'],
    ],
  ])('%s', async (_, environment, wanted) => {
    await writeFile(path.join(folder, 'broken.toml'), broken);
    const worker = startWorker(environment);
    expect(await worker.end()).toBe(1);
    expect(worker.errors()).toMatch(/^The configuration is wrong; nothing was started\.\n- /);
    for (const text of wanted) expect(worker.errors()).toContain(text);
    expect(worker.output() + worker.errors()).not.toContain(CANARY);
  });
});

describe('connecting', () => {
  /** Runs with these `TEMPORAL_*` variables and no others. */
  async function withVariables<Value>(
    variables: Record<string, string>,
    task: () => Promise<Value>,
  ): Promise<Value> {
    const before = { ...process.env };
    for (const name of Object.keys(before))
      if (name.startsWith('TEMPORAL_')) Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, { HOME: folder, ...variables });
    try {
      return await task();
    } finally {
      for (const name of Object.keys(process.env)) Reflect.deleteProperty(process.env, name);
      Object.assign(process.env, before);
    }
  }

  const connectors: [string, (patienceMs: number) => Promise<unknown>][] = [
    ['a worker', connectWorker],
    ['a client', connectClient],
  ];
  test.each(connectors)(
    'as %s to a server that is not there ends with what to do, and without the key',
    async (_, connect) => {
      const variables = { TEMPORAL_ADDRESS: '127.0.0.1:1', TEMPORAL_API_KEY: CANARY };
      const connecting = withVariables(variables, () => connect(1_100));
      await expect(connecting).rejects.toThrow(Error);
      const { message, stack, cause } = (await connecting.catch((problem: unknown) => problem)) as Error;
      expect(message).toMatch(
        /^No Temporal server answered at 127\.0\.0\.1:1 for 1\.1 s\. Nothing was started\./,
      );
      expect(message).toContain('set TEMPORAL_ADDRESS to one that runs');
      expect(`${message}${stack ?? ''}${String(cause)}`).not.toContain(CANARY);
    },
  );

  test('is tried again until the server is there', async () => {
    const address = process.env.TEMPORAL_TEST_ADDRESS ?? '';
    const port = await findFreePort();
    const connecting = withVariables({ TEMPORAL_ADDRESS: `127.0.0.1:${port}` }, () => connectWorker(20_000));
    await pause(300);
    const relay = net.createServer((socket) => {
      const onward = net.connect(Number(address.split(':')[1]), '127.0.0.1');
      for (const end of [socket, onward]) end.on('error', () => undefined);
      socket.pipe(onward).pipe(socket);
    });
    await new Promise<void>((resolve) => relay.listen(port, '127.0.0.1', resolve));
    const { connection, namespace } = await connecting;
    expect(namespace).toBe('default');
    await connection.close();
    await new Promise((resolve) => relay.close(resolve));
  });

  test('to an address that is none is not tried at all', async () => {
    const connecting = withVariables({ TEMPORAL_ADDRESS: '::nonsense::' }, () => connectWorker());
    await expect(connecting).rejects.toThrow(ConfigurationError);
    await expect(connecting).rejects.toThrow('TEMPORAL_ADDRESS must be host:port');
  });
});

describe('search attributes', () => {
  let server: TemporalServer;
  let connection: Connection;

  beforeAll(async () => {
    server = await startTemporalServer({ useConfigured: false });
    connection = await Connection.connect(localConnection(server.address));
  });
  afterAll(async () => {
    await connection.close();
    await server.stop();
  });

  const registered = async (namespace: string) =>
    (await connection.operatorService.listSearchAttributes({ namespace })).customAttributes;
  const KEYWORD = INDEXED_VALUE_TYPE_KEYWORD;
  const wanted = {
    RefundStatus: KEYWORD,
    RefundOrderId: KEYWORD,
    RefundWaitingOn: KEYWORD,
    RefundNeedsAttention: INDEXED_VALUE_TYPE_BOOL,
    RefundReason: KEYWORD,
  };

  async function aNamespace(namespace: string, searchAttributes: Record<string, number>): Promise<string> {
    await connection.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: msToTs('1 day'),
    });
    for (;;) {
      try {
        await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
        return namespace;
      } catch {
        await pause(50);
      }
    }
  }

  const commandFor = (namespace: string, name: string, type: string) =>
    `  temporal operator search-attribute create --namespace ${namespace} --name ${name} --type ${type}`;

  test('that are missing are registered by a worker when it starts', async () => {
    expect(await registered('default')).not.toHaveProperty('RefundStatus');
    const worker = startWorker({ ...environmentOn('refunds'), TEMPORAL_ADDRESS: server.address });
    await worker.logged(STARTED);
    expect(await registered('default')).toMatchObject(wanted);
    expect(await worker.end('SIGTERM')).toBe(0);
  });

  test('of another type stop the start; the commands it prints, run as it says, mend that', async () => {
    const namespace = await aNamespace('another-type', { RefundStatus: INDEXED_VALUE_TYPE_INT });
    const worker = startWorker({
      ...environmentOn('refunds'),
      TEMPORAL_ADDRESS: server.address,
      TEMPORAL_NAMESPACE: namespace,
    });
    expect(await worker.end()).toBe(1);
    expect(worker.errors()).toContain(
      'RefundStatus. Nothing was started. Remove those of another type, then run:\n',
    );
    const commands = worker
      .errors()
      .split('\n')
      .filter((line) => line.startsWith('  temporal '));
    expect(commands).toEqual([commandFor(namespace, 'RefundStatus', 'Keyword')]);

    const temporalCli = (parameters: string) =>
      run(server.executable ?? '', [...parameters.split(' '), '--address', server.address]);
    await temporalCli(`operator search-attribute remove --namespace ${namespace} --name RefundStatus --yes`);
    for (const command of commands) await temporalCli(command.trim().replace(/^temporal /, ''));
    await ensureSearchAttributes(connection, namespace);
    expect(await registered(namespace)).toMatchObject(wanted);
  });

  test('that may not be registered stop the start with the commands', async () => {
    const taken = Array.from({ length: 9 }, (_, index) => [`Taken${index}`, KEYWORD]);
    const namespace = await aNamespace('full', Object.fromEntries(taken) as Record<string, number>);
    const types = { KEYWORD: 'Keyword', BOOL: 'Bool' };
    const commands = Object.entries(SEARCH_ATTRIBUTES).map(([name, type]) =>
      commandFor(namespace, name, types[type]),
    );
    await expect(ensureSearchAttributes(connection, namespace)).rejects.toThrow(
      `then run:\n${commands.join('\n')}`,
    );
    await expect(ensureSearchAttributes(connection, namespace)).rejects.toThrow(
      /^The namespace full lacks search attributes.*The server refused to add them: .*(maximum|allocate|cannot have|exceed).*/s,
    );
  });

  test('that the server does not let anybody add or see say why, though a native connection leaves the details empty', async () => {
    const refused = Object.assign(new Error('Request unauthorized.'), { code: 7, details: '', metadata: {} });
    const denied = () => Promise.reject(refused);
    const asking = { operatorService: { listSearchAttributes: denied } } as unknown as Connection;
    await expect(ensureSearchAttributes(asking, 'refunds')).rejects.toThrow(
      'or they may not work in the namespace refunds: Request unauthorized. Nothing was started.',
    );
    const listSearchAttributes = () => Promise.resolve({ customAttributes: {} });
    const adding = { operatorService: { listSearchAttributes, addSearchAttributes: denied } };
    await expect(ensureSearchAttributes(adding as unknown as Connection, 'refunds')).rejects.toThrow(
      'The server refused to add them: Request unauthorized. Nothing was started.',
    );
  });

  test('of a namespace that does not exist stop the start, which names it', async () => {
    await expect(ensureSearchAttributes(connection, 'nowhere')).rejects.toThrow('nowhere');
  });
});
