import type { WorkflowClientInterceptor } from '@temporalio/client';
import { OpenTelemetryWorkflowClientInterceptor } from '@temporalio/interceptors-opentelemetry/lib/client';

/**
 * Makes spans of what a client says to a refund, and passes the trace on with it. Questions make none: who awaits a
 * result asks over and over.
 */
export function clientInterceptor(): WorkflowClientInterceptor {
  const all = new OpenTelemetryWorkflowClientInterceptor();
  return {
    startWithDetails: (input, next) => all.startWithDetails(input, next),
    signal: (input, next) => all.signal(input, next),
    startUpdate: (input, next) => all.startUpdate(input, next),
    cancel: (input, next) => all.cancel(input, next),
  };
}
