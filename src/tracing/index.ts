import type { WorkerOptions } from '@temporalio/worker';
import type { Providers } from '../activities';
import type { TracingSettings } from '../config/tracing';
import type { ProvidersSettings } from '../providers';
import { tracedProviders } from './providers';
import { startSdk } from './sdk';
import { tracedSettings, workerTracing } from './worker';

/** Everything that a traced worker does otherwise. */
export interface Tracing {
  worker: Pick<WorkerOptions, 'interceptors' | 'sinks'>;
  settings(settings: ProvidersSettings): ProvidersSettings;
  providers(providers: Providers): Providers;
  shutdown(): Promise<void>;
}

/** Starts tracing in a worker process. Import this module only when it is wanted: it loads all of OpenTelemetry. */
export function startTracing(settings: TracingSettings, warn: (message: string) => void): Tracing {
  const sdk = startSdk(settings, warn);
  return {
    worker: workerTracing(sdk),
    settings: tracedSettings,
    providers: tracedProviders,
    shutdown: () => sdk.shutdown(),
  };
}
