import { ConfigurationError } from '../../src/config';
import { tracingOf } from '../../src/config/tracing';

const collector = 'http://collector:4318';

test.each<[string, Record<string, string>, string | undefined]>([
  ['nothing', {}, undefined],
  ['a name alone', { OTEL_SERVICE_NAME: 'refunds' }, undefined],
  ['an endpoint', { OTEL_EXPORTER_OTLP_ENDPOINT: collector }, 'http/protobuf'],
  [
    'an endpoint of traces',
    { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collector}/v1/traces` },
    'http/protobuf',
  ],
  ['the exporter', { OTEL_TRACES_EXPORTER: 'otlp' }, 'http/protobuf'],
  ['no exporter', { OTEL_TRACES_EXPORTER: 'none', OTEL_EXPORTER_OTLP_ENDPOINT: collector }, undefined],
  ['a disabled SDK', { OTEL_SDK_DISABLED: 'true', OTEL_TRACES_EXPORTER: 'otlp' }, undefined],
  ['JSON', { OTEL_TRACES_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' }, 'http/json'],
  [
    'JSON for traces only',
    {
      OTEL_TRACES_EXPORTER: 'otlp',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
      OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json',
    },
    'http/json',
  ],
])('%s', (_, environment, protocol) => {
  expect(tracingOf(environment)).toEqual(protocol && { protocol });
});

test.each<[string, string, string]>([
  ['OTEL_SDK_DISABLED', 'tweety', 'true or false'],
  ['OTEL_TRACES_EXPORTER', 'tweety', 'otlp or none'],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'tweety:4318', 'an http or https URL'],
  ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'http://', 'an http or https URL'],
  ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc', 'http/protobuf or http/json'],
])('%s=%s is refused by name', (name, value, shouldBe) => {
  expect(() => tracingOf({ [name]: value })).toThrow(ConfigurationError);
  expect(() => tracingOf({ [name]: value })).toThrow(`${name} must be ${shouldBe}`);
  expect(() => tracingOf({ [name]: value })).not.toThrow('tweety');
});
