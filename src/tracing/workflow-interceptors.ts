import {
  OpenTelemetryInboundInterceptor,
  OpenTelemetryInternalsInterceptor,
  OpenTelemetryOutboundInterceptor,
} from '@temporalio/interceptors-opentelemetry/lib/workflow';
import {
  extractContextFromHeaders,
  TRACE_HEADER,
} from '@temporalio/interceptors-opentelemetry/lib/instrumentation';
import type { Headers, WorkflowInterceptors } from '@temporalio/workflow';

/**
 * Makes spans of a run and its activities; part of the traced workflow bundle only. The other interceptors of that
 * package are left out: whether they add a step depends on a note in the history, and a run must replay alike whether
 * its first worker was traced or not.
 */
export function interceptors(): WorkflowInterceptors {
  const inbound = new OpenTelemetryInboundInterceptor();
  const outbound = new OpenTelemetryOutboundInterceptor();
  return {
    inbound: [
      { execute: (input, next) => inbound.execute({ ...input, headers: readable(input.headers) }, next) },
    ],
    outbound: [
      {
        scheduleActivity: (input, next) => outbound.scheduleActivity(input, next),
        scheduleLocalActivity: (input, next) => outbound.scheduleLocalActivity(input, next),
        getLogAttributes: (input, next) => outbound.getLogAttributes(input, next),
      },
    ],
    internals: [new OpenTelemetryInternalsInterceptor()],
  };
}

/** Whoever starts a run writes its headers: one that cannot be read begins a trace of its own, and fails no task. */
function readable(headers: Headers): Headers {
  try {
    extractContextFromHeaders(headers);
    return headers;
  } catch {
    const { [TRACE_HEADER]: _, ...others } = headers;
    return others;
  }
}
