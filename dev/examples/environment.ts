import { randomBytes } from 'node:crypto';
import { NativeConnection } from '@temporalio/worker';
import { startCodecServer } from '../../src/codec-server/server';
import { readConfiguration } from '../../src/config';
import { parseKeys } from '../../src/config/keys';
import { createProviders } from '../../src/providers';
import { connectWorker } from '../../src/runtime/connection';
import { createWorkers, runWorkers } from '../../src/runtime/workers';
import { openContext, POLICY } from '../demo/context';
import type { Context } from '../demo/context';

/** What the examples run on: the demo's server, simulators and worker, and a worker that requires encryption. */
export interface ExamplesEnvironment extends Context {
  /** Variables of an example whose refunds are encrypted by itself, or by the codec server. */
  encrypted: { keys: Record<string, string>; codecServer: Record<string, string> };
}

/** Starts everything; `close` ends it. */
export async function openEnvironment(
  name: string,
  log: (line: string) => void,
): Promise<ExamplesEnvironment> {
  const context = await openContext(name, log);
  try {
    return { ...context, encrypted: await startEncrypted(context) };
  } catch (error) {
    await context.close();
    throw error;
  }
}

async function startEncrypted(context: Context): Promise<ExamplesEnvironment['encrypted']> {
  const { server, simulators, taskQueue } = context;
  const beforeClose = (step: () => unknown) => context.beforeClose(step);
  const PAYLOAD_KEYS = `example:${randomBytes(32).toString('base64')}`;
  const [key] = parseKeys(PAYLOAD_KEYS) ?? [];
  if (!key) throw new TypeError('no key');

  const { connection, namespace } =
    server.executable === undefined
      ? await connectWorker()
      : {
          connection: await NativeConnection.connect({ address: server.address }),
          namespace: server.namespace,
        };
  beforeClose(() => connection.close());
  const queue = `${taskQueue}-encrypted`;
  const configuration = readConfiguration({
    ...{ ...simulators.environment(), ...POLICY, REFUND_TASK_QUEUE: queue },
    ...{ PAYLOAD_KEYS, REQUIRE_ENCRYPTED: 'true' },
  });
  const providers = createProviders(configuration.providers);
  beforeClose(() => providers.forEach((provider) => provider.close()));
  const workers = await createWorkers({ connection, namespace, configuration, providers });
  const running = runWorkers(workers);
  beforeClose(async () => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
    await running;
  });

  const token = randomBytes(32).toString('hex');
  const codec = await startCodecServer({
    ...{ host: '127.0.0.1', port: 0, origin: 'http://localhost:8233', token, keys: [key] },
  });
  beforeClose(() => codec.close());
  return {
    keys: { REFUND_TASK_QUEUE: queue, PAYLOAD_KEYS },
    codecServer: {
      REFUND_TASK_QUEUE: queue,
      CODEC_ENDPOINT: `http://127.0.0.1:${codec.port}`,
      CODEC_SERVER_TOKEN: token,
    },
  };
}
