import { EnvironmentReader } from './reader';
import type { Environment } from './reader';

/** How spans are exported; where to, the exporter itself reads from the standard variables. */
export interface TracingSettings {
  protocol: 'http/protobuf' | 'http/json';
}

const ENDPOINTS = ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'];
const PROTOCOLS = ['OTEL_EXPORTER_OTLP_PROTOCOL', 'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL'];

/**
 * Reads OpenTelemetry's standard variables.
 * @returns undefined while tracing is off: no `OTEL_TRACES_EXPORTER=otlp` and no endpoint, or switched off
 */
export function readTracing(reader: EnvironmentReader): TracingSettings | undefined {
  const isDisabled = reader.flag('OTEL_SDK_DISABLED');
  const exporter = reader.read('OTEL_TRACES_EXPORTER', oneOf('otlp', 'none'), 'otlp or none');
  const endpoints = ENDPOINTS.map((name) => reader.read(name, parseUrl, 'an http or https URL'));
  const protocols = PROTOCOLS.map((name) =>
    reader.read(name, oneOf('http/protobuf', 'http/json'), 'http/protobuf or http/json'),
  );
  const isWanted = exporter === 'otlp' || (exporter === undefined && endpoints.some(Boolean));
  if (isDisabled || !isWanted) return undefined;
  return { protocol: protocols[1] ?? protocols[0] ?? 'http/protobuf' };
}

/**
 * Whether an environment asks for traces.
 * @throws ConfigurationError
 */
export function tracingOf(environment: Environment): TracingSettings | undefined {
  const reader = new EnvironmentReader(environment);
  const settings = readTracing(reader);
  reader.finish();
  return settings;
}

function oneOf<Word extends string>(...words: Word[]): (text: string) => Word | undefined {
  return (text) => words.find((word) => word === text);
}

function parseUrl(text: string): string | undefined {
  return /^https?:\/\//i.test(text) && URL.canParse(text) ? text : undefined;
}
