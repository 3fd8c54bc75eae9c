import {
  makeWorkflowExporter,
  OpenTelemetryActivityInboundInterceptor,
  OpenTelemetryActivityOutboundInterceptor,
} from '@temporalio/interceptors-opentelemetry/lib/worker';
import type { WorkerOptions } from '@temporalio/worker';
import type { ProvidersSettings } from '../providers';
import { tracedHttpClient } from './providers';
import type { TracingSdk } from './sdk';

/** What workers are given so that their activities and their runs are traced. */
export function workerTracing({
  processor,
  resource,
}: TracingSdk): Pick<WorkerOptions, 'interceptors' | 'sinks'> {
  return {
    interceptors: {
      activity: [
        (context) => ({
          inbound: new OpenTelemetryActivityInboundInterceptor(context),
          outbound: new OpenTelemetryActivityOutboundInterceptor(context),
        }),
      ],
    },
    sinks: { exporter: makeWorkflowExporter(processor, resource) },
  };
}

/** The same settings, with a span for each HTTP exchange. */
export function tracedSettings(settings: ProvidersSettings): ProvidersSettings {
  return Object.fromEntries(
    Object.entries(settings).map(([name, ofOne]) => [name, { ...ofOne, connect: tracedHttpClient }]),
  );
}
