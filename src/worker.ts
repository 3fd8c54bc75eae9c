import { Runtime } from '@temporalio/worker';
import type { Logger } from '@temporalio/worker';
import { readConfiguration } from './config';
import type { TracingSettings } from './config/tracing';
import { warningsOf } from './config/warnings';
import { installRuntime, survivePipes, writeLogLine } from './runtime/logging';
import { createProviders } from './providers';
import { ensureSearchAttributes } from './runtime/search-attributes';
import { startSurveys } from './runtime/gauges';
import { connectWorker, renewApiKey } from './runtime/connection';
import type { Tracing } from './tracing';
import { heedSignals, nextSignal } from './runtime/signals';
import { createWorkers, runWorkers } from './runtime/workers';

/** Runs the workers of this process until SIGINT or SIGTERM, then lets calls in flight finish, whatever else is sent. */
async function main(): Promise<void> {
  survivePipes();
  const configuration = readConfiguration(process.env);
  installRuntime(configuration.metricsAddress);
  const { logger } = Runtime.instance();
  const tracing = await startTracing(configuration.tracing, logger);
  const { connection, namespace, currentApiKey } = await connectWorker();
  const { providers: settings } = configuration;
  const created = createProviders(tracing ? tracing.settings(settings) : settings);
  const providers = tracing ? tracing.providers(created) : created;
  let endSurveys: (() => void) | undefined;
  let stopHeeding: (() => void) | undefined;
  const endRenewal =
    currentApiKey &&
    renewApiKey(connection, currentApiKey, {
      onRenewed: () => {
        logger.info('The API key of Temporal was read anew');
      },
    });
  try {
    await ensureSearchAttributes(connection, namespace);
    const workers = await createWorkers({
      connection,
      namespace,
      configuration,
      providers,
      ...(tracing && { tracing: tracing.worker }),
    });
    for (const warning of warningsOf(configuration)) logger.warn(warning);
    const { roles, taskQueue } = configuration;
    const surveys = roles.survey && configuration.metricsAddress !== undefined;
    const started = { refunds: roles.refunds, surveys, providers: [...providers.keys()].join(',') };
    logger.info('Refund worker started', { namespace, taskQueue, ...started });
    if (surveys) endSurveys = startSurveys({ connection, namespace, configuration });
    const signalled = nextSignal();
    stopHeeding = heedSignals(workers, logger);
    await (workers.length > 0 ? runWorkers(workers) : signalled);
  } finally {
    endSurveys?.();
    endRenewal?.();
    for (const provider of providers.values()) provider.close();
    await connection.close();
    await tracing?.shutdown();
    stopHeeding?.();
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
  writeLogLine(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
