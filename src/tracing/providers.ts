import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Providers } from '../activities';
import { createHttpClient } from '../providers/http';
import type { HttpClient, HttpSettings } from '../providers/http';
import type { HttpResult } from '../providers/http-answer';
import { observed } from '../providers/observed';
import type { Provider } from '../providers/provider';

const tracer = () => trace.getTracer('refund-saga');

/** The same providers, with a span for everything that is asked of them. */
export function tracedProviders(providers: Providers): Providers {
  return new Map([...providers].map(([name, provider]) => [name, traced(provider)]));
}

function traced(provider: Provider): Provider {
  return observed(provider, (operation, { key }, ask) => {
    const [id = '', leg = ''] = key.split(':');
    const attributes = {
      'refund.id': id,
      'refund.leg': leg,
      'refund.provider': provider.name,
      'refund.operation': operation,
    };
    return tracer().startActiveSpan(`${provider.name} ${operation}`, { attributes }, async (span) => {
      try {
        const answer = await ask();
        span.setAttribute('refund.class', answer.kind);
        return answer;
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR });
        throw error;
      } finally {
        span.end();
      }
    });
  });
}

/**
 * A provider's HTTP client with a span for each exchange. Paths hold customers' ids and are not told; nor is the trace
 * passed on to the provider, which is another company.
 */
export function tracedHttpClient(settings: HttpSettings): HttpClient {
  const client = createHttpClient(settings);
  const { hostname } = new URL(settings.baseUrl);
  return {
    send: (request) => {
      const attributes = { 'http.request.method': request.method, 'server.address': hostname };
      const options = { kind: SpanKind.CLIENT, attributes };
      return tracer().startActiveSpan(request.method, options, async (span) => {
        const result = await client.send(request);
        span.setAttributes(attributesOf(result));
        if (result.kind !== 'answer') span.setStatus({ code: SpanStatusCode.ERROR });
        span.end();
        return result;
      });
    },
    close: () => client.close(),
  };
}

function attributesOf(result: HttpResult): Record<string, string | number> {
  if (result.kind === 'answer') return { 'http.response.status_code': result.status };
  return { 'refund.class': result.kind };
}
