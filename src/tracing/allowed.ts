import type { Attributes } from '@opentelemetry/api';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace-base';

/** Every attribute that may leave the process: ids, names and numbers, nothing that a customer or a provider said. */
const ALLOWED: ReadonlySet<string> = new Set([
  'refund.id',
  'refund.leg',
  'refund.provider',
  'refund.operation',
  'refund.class',
  'http.request.method',
  'http.response.status_code',
  'server.address',
  'temporalWorkflowId',
  'temporalActivityId',
  'workflowId',
  'workflowType',
  'runId',
  'run_id',
]);

/**
 * Passes spans on with allowed attributes only. What the SDK's interceptors add besides (the whole workflow info, the
 * messages and stacks of errors) stays here.
 */
export function onlyAllowed(next: SpanProcessor): SpanProcessor {
  return {
    onStart: (span, context) => next.onStart(span, context),
    onEnd: (span) => next.onEnd(stripped(span)),
    forceFlush: () => next.forceFlush(),
    shutdown: () => next.shutdown(),
  };
}

function stripped(span: ReadableSpan): ReadableSpan {
  const attributes: Attributes = Object.fromEntries(
    Object.entries(span.attributes).filter(([name]) => ALLOWED.has(name)),
  );
  // Only what is replaced is its own; the rest, times and ids, is read through the span itself.
  return Object.create(span, {
    attributes: { value: attributes },
    events: { value: [] },
    links: { value: [] },
    status: { value: { code: span.status.code } },
  }) as ReadableSpan;
}
