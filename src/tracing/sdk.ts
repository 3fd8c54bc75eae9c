import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { setGlobalErrorHandler, W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { detectResourcesSync, envDetectorSync, Resource } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { SpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { TracingSettings } from '../config/tracing';
import { onlyAllowed } from './allowed';

/** OpenTelemetry's SDK, as this process runs it. */
export interface TracingSdk {
  processor: SpanProcessor;
  resource: Resource;
  /** Sends what is left, but waits no longer than some seconds for a collector that does not answer. */
  shutdown(timeoutMs?: number): Promise<void>;
}

/** How long the end of a process may wait for the last spans to be sent. Milliseconds. */
const FLUSH_MS = 5_000;
/** How often a collector that cannot be reached is told of at most. Milliseconds. */
const TELL_EVERY_MS = 60_000;

/**
 * Starts the SDK for the whole process. It exports in batches, in the background, and drops what a collector that is
 * down does not take: no refund waits for a span.
 * @param warn told, once a minute at most, that spans are being lost
 */
export function startSdk({ protocol }: TracingSettings, warn: (message: string) => void): TracingSdk {
  let toldAt = -Infinity;
  setGlobalErrorHandler(() => {
    if (performance.now() - toldAt < TELL_EVERY_MS) return;
    toldAt = performance.now();
    warn('Traces cannot be exported and are lost; refunds go on. Check OTEL_EXPORTER_OTLP_ENDPOINT');
  });
  const exporter = protocol === 'http/json' ? new JsonExporter() : new ProtobufExporter();
  const processor = onlyAllowed(new BatchSpanProcessor(exporter));
  const { attributes } = detectResourcesSync({ detectors: [envDetectorSync] });
  const resource = new Resource({ 'service.name': 'refund-saga', ...attributes });
  const provider = new BasicTracerProvider({ resource, spanProcessors: [processor] });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  return {
    processor,
    resource,
    shutdown: async (timeoutMs = FLUSH_MS) => {
      const timeout = new Promise<void>((resolve) => setTimeout(resolve, timeoutMs).unref());
      await Promise.race([provider.shutdown().catch(() => undefined), timeout]);
      for (const part of [trace, context, propagation]) part.disable();
    },
  };
}
