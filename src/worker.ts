import { Runtime } from '@temporalio/worker';
import type { Logger } from '@temporalio/worker';
import { readConfiguration } from './config';
import type { TracingSettings } from './config/tracing';
import { installRuntime } from './logging';
import { createProviders } from './providers';
import { ensureSearchAttributes } from './search-attributes';
import { startSurveys } from './survey-metrics';
import { connectWorker } from './temporal';
import type { Tracing } from './tracing';
import { createWorkers, runWorkers } from './workers';

/** Runs the workers of this process until SIGINT or SIGTERM, then lets calls in flight finish. */
async function main(): Promise<void> {
  const configuration = readConfiguration(process.env);
  installRuntime(configuration.metricsAddress);
  const { logger } = Runtime.instance();
  const tracing = await startTracing(configuration.tracing, logger);
  const { connection, namespace } = await connectWorker();
  const { providers: settings } = configuration;
  const created = createProviders(tracing ? tracing.settings(settings) : settings);
  const providers = tracing ? tracing.providers(created) : created;
  let endSurveys: (() => void) | undefined;
  try {
    await ensureSearchAttributes(connection, namespace);
    const workers = await createWorkers({
      connection,
      namespace,
      configuration,
      providers,
      ...(tracing && { tracing: tracing.worker }),
    });
    if (configuration.payloadKeys.length === 0) {
      logger.warn('PAYLOAD_KEYS is not set: payloads are readable for whoever can read the namespace');
    }
    logger.info('Refund worker started', {
      namespace,
      taskQueue: configuration.taskQueue,
      providers: [...providers.keys()].join(','),
    });
    if (configuration.metricsAddress !== undefined) {
      endSurveys = startSurveys({ connection, namespace, configuration });
    }
    await runWorkers(workers);
  } finally {
    endSurveys?.();
    for (const provider of providers.values()) provider.close();
    await connection.close();
    await tracing?.shutdown();
  }
}

async function startTracing(
  settings: TracingSettings | undefined,
  logger: Logger,
): Promise<Tracing | undefined> {
  if (!settings) return undefined;
  // Loaded only when it is wanted: OpenTelemetry takes time to load, and memory.
  const tracing = await import('./tracing/index.js');
  return tracing.startTracing(settings, (message) => {
    logger.warn(message);
  });
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
