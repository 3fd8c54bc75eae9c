import { Runtime } from '@temporalio/worker';
import { readConfiguration } from './config';
import { installRuntime } from './logging';
import { createProviders } from './providers';
import { ensureSearchAttributes } from './search-attributes';
import { connectWorker } from './temporal';
import { createWorkers, runWorkers } from './workers';

/** Runs the workers of this process until SIGINT or SIGTERM, then lets calls in flight finish. */
async function main(): Promise<void> {
  const configuration = readConfiguration(process.env);
  installRuntime(configuration.metricsAddress);
  const { logger } = Runtime.instance();
  const { connection, namespace } = await connectWorker();
  const providers = createProviders(configuration.providers);
  try {
    await ensureSearchAttributes(connection, namespace);
    const workers = await createWorkers({ connection, namespace, configuration, providers });
    if (configuration.payloadKeys.length === 0) {
      logger.warn('PAYLOAD_KEYS is not set: payloads are readable for whoever can read the namespace');
    }
    logger.info('Refund worker started', {
      namespace,
      taskQueue: configuration.taskQueue,
      providers: [...providers.keys()].join(','),
    });
    await runWorkers(workers);
  } finally {
    for (const provider of providers.values()) provider.close();
    await connection.close();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
