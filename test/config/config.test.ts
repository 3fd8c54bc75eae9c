import { generateKeyPairSync } from 'node:crypto';
import { readConfiguration, ConfigurationError } from '../../src/config';
import { publicBase64 } from '../support/approvers';

const paywall = {
  PAYWALL_BASE_URL: 'https://pay.example/api',
  PAYWALL_API_KEY: 'k',
  PAYWALL_API_CLIENT: 'c',
};
const sipay = { SIPAY_BASE_URL: 'https://sipay.example', SIPAY_TOKEN: 't' };

test('defaults are those of the contract', () => {
  expect(readConfiguration(paywall)).toEqual({
    taskQueue: 'refunds',
    providers: {
      paywall: {
        baseUrl: 'https://pay.example/api',
        callTimeoutMs: 10_000,
        maxConcurrent: 50,
        apiKey: 'k',
        apiClient: 'c',
      },
    },
    policy: {
      approvalTimeoutMs: 72 * 3_600_000,
      fastRetries: 6,
      slowRetryMs: 300_000,
      giveUpAfterMs: 86_400_000,
      lookUpDelaysMs: [5_000, 30_000, 120_000, 600_000, 3_600_000],
      absenceAfterMs: 120_000,
    },
    callTimeoutMs: 10_000,
    absenceAfterMs: {},
    ratesPerSecond: {},
    approvalLimits: {},
    surveyIntervalMs: 30_000,
    payloadKeys: [],
  });
});

test('everything can be set', () => {
  const configuration = readConfiguration({
    ...paywall,
    ...sipay,
    REFUND_TASK_QUEUE: 'other',
    APPROVAL_LIMITS: 'TRY=500000, EUR=10000,points=5000',
    APPROVAL_TIMEOUT: '1d',
    CALL_TIMEOUT: '500ms',
    FAST_RETRIES: '0',
    SLOW_RETRY_INTERVAL: '1m',
    GIVE_UP_AFTER: '2h',
    LOOKUP_DELAYS: '1s,2s',
    ABSENCE_AFTER: '5s',
    SIPAY_ABSENCE_AFTER: '6s',
    SIPAY_RATE_PER_SECOND: '2.5',
    SIPAY_MAX_CONCURRENT: '7',
    METRICS_ADDRESS: '127.0.0.1:9464',
    SURVEY_INTERVAL: '1m',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318',
    PAYLOAD_KEYS: `one:${Buffer.alloc(32, 1).toString('base64')}`,
  });
  expect(configuration).toMatchObject({
    taskQueue: 'other',
    approvalLimits: { TRY: 500_000, EUR: 10_000, points: 5_000 },
    policy: {
      approvalTimeoutMs: 86_400_000,
      fastRetries: 0,
      lookUpDelaysMs: [1_000, 2_000],
      absenceAfterMs: 5_000,
    },
    absenceAfterMs: { sipay: 6_000 },
    ratesPerSecond: { sipay: 2.5 },
    providers: { sipay: { maxConcurrent: 7, credentials: { token: 't' } } },
    metricsAddress: '127.0.0.1:9464',
    surveyIntervalMs: 60_000,
    tracing: { protocol: 'http/protobuf' },
    payloadKeys: [{ id: 'one' }],
  });
});

describe('a wrong configuration is refused by name, without repeating a value', () => {
  test.each<[string, Record<string, string>]>([
    ['no provider is configured', { PAYWALL_BASE_URL: '', PAYWALL_API_KEY: '', PAYWALL_API_CLIENT: '' }],
    ['PAYWALL_BASE_URL', { PAYWALL_BASE_URL: 'CANARY' }],
    ['PAYWALL_BASE_URL', { PAYWALL_BASE_URL: 'http://pay.example' }],
    ['PAYWALL_BASE_URL', { PAYWALL_BASE_URL: 'https://user:CANARY@pay.example' }],
    ['PAYWALL_BASE_URL', { PAYWALL_BASE_URL: 'https://pay.example/?key=CANARY' }],
    ['PAYWALL_BASE_URL', { PAYWALL_BASE_URL: 'ftp://pay.example' }],
    ['PAYWALL_API_CLIENT', { PAYWALL_API_CLIENT: '' }],
    ['MIRCATE_API_KEY is set, but MIRCATE_BASE_URL is not', { MIRCATE_API_KEY: 'CANARY' }],
    ['WYRE_RATE_PER_SECOND is set, but WYRE_BASE_URL is not', { WYRE_RATE_PER_SECOND: '1' }],
    ['DSQUARES_REDEEM_UNIT', { ...dsquaresWith('CANARY') }],
    ['SIPAY_TOKEN, or all of', { SIPAY_BASE_URL: 'https://sipay.example' }],
    ['SIPAY_TOKEN, or all of', { ...sipay, SIPAY_CLIENT_ID: 'CANARY' }],
    ['SIPAY_TOKEN, or all of', { SIPAY_BASE_URL: 'https://sipay.example', SIPAY_CLIENT_SECRET: 'CANARY' }],
    ['CALL_TIMEOUT', { CALL_TIMEOUT: '0s' }],
    ['CALL_TIMEOUT', { CALL_TIMEOUT: '10' }],
    ['CALL_TIMEOUT', { CALL_TIMEOUT: '-1s' }],
    ['CALL_TIMEOUT', { CALL_TIMEOUT: '1.5s' }],
    ['APPROVAL_TIMEOUT', { APPROVAL_TIMEOUT: 'CANARY' }],
    ['FAST_RETRIES', { FAST_RETRIES: '1e3' }],
    ['SLOW_RETRY_INTERVAL', { SLOW_RETRY_INTERVAL: '5 minutes' }],
    ['GIVE_UP_AFTER', { GIVE_UP_AFTER: '0d' }],
    ['LOOKUP_DELAYS', { LOOKUP_DELAYS: '5s,CANARY' }],
    ['LOOKUP_DELAYS', { LOOKUP_DELAYS: '30s,5s' }],
    ['ABSENCE_AFTER must be at least CALL_TIMEOUT', { ABSENCE_AFTER: '9s' }],
    ['PAYWALL_ABSENCE_AFTER must be at least CALL_TIMEOUT', { PAYWALL_ABSENCE_AFTER: '9s' }],
    ['APPROVAL_LIMITS', { APPROVAL_LIMITS: 'TRY' }],
    ['APPROVAL_LIMITS', { APPROVAL_LIMITS: 'ZZZ=1' }],
    ['APPROVAL_LIMITS', { APPROVAL_LIMITS: 'TRY=1,TRY=2' }],
    ['PAYWALL_RATE_PER_SECOND', { PAYWALL_RATE_PER_SECOND: '0' }],
    ['PAYWALL_MAX_CONCURRENT', { PAYWALL_MAX_CONCURRENT: '0' }],
    ['METRICS_ADDRESS', { METRICS_ADDRESS: '9464' }],
    ['PAYLOAD_KEYS', { PAYLOAD_KEYS: 'one:CANARY' }],
    ['ALLOW_INSECURE_PROVIDERS', { ALLOW_INSECURE_PROVIDERS: 'CANARY' }],
  ])('%s', (name, variables) => {
    const read = () => readConfiguration({ ...paywall, ...variables });
    expect(read).toThrow(ConfigurationError);
    expect(read).toThrow(name);
    expect(read).not.toThrow('CANARY');
  });

  test('all problems at once', () => {
    const read = () => readConfiguration({ ...paywall, CALL_TIMEOUT: 'x', FAST_RETRIES: 'y' });
    expect(read).toThrow(/CALL_TIMEOUT[^]*FAST_RETRIES/);
  });
});

test('plain http is for loopback, or on request', () => {
  for (const host of ['127.0.0.1:4010', 'localhost:4010', '[::1]:4010']) {
    expect(readConfiguration({ ...paywall, PAYWALL_BASE_URL: `http://${host}` })).toBeDefined();
  }
  const insecure = {
    ...paywall,
    PAYWALL_BASE_URL: 'http://simulators:4010',
    ALLOW_INSECURE_PROVIDERS: 'true',
  };
  expect(readConfiguration(insecure)).toBeDefined();
});

function dsquaresWith(redeemUnit: string) {
  return {
    DSQUARES_BASE_URL: 'https://dsq.example',
    DSQUARES_API_VERSION: 'v1',
    DSQUARES_CLIENT_ID: 'c',
    DSQUARES_REDEEM_UNIT: redeemUnit,
  };
}

describe('APPROVER_KEYS', () => {
  const keys = Array.from({ length: 2 }, () => publicBase64(generateKeyPairSync('ed25519').publicKey));
  const [one = '', two = ''] = keys;
  const rsa = publicBase64(generateKeyPairSync('rsa', { modulusLength: 2_048 }).publicKey);
  const x25519 = publicBase64(generateKeyPairSync('x25519').publicKey);
  const read = (text: string) => readConfiguration({ ...paywall, APPROVER_KEYS: text }).approvers;

  test('are names, odd ones too, with a key each; none when unset', () => {
    expect(readConfiguration(paywall).approvers).toBeUndefined();
    const names = (text: string) => read(text)?.map(({ name }) => name);
    expect(names(`ana:${one}`)).toEqual(['ana']);
    expect(names(` ana:${one} , Şule Ğüneş 😀:${two} `)).toEqual(['ana', 'Şule Ğüneş 😀']);
    expect(names(`ana@example.com:${one},o'neil "x" <y>:${two}`)).toEqual([
      'ana@example.com',
      `o'neil "x" <y>`,
    ]);
  });

  test.each([
    ['no key', 'CANARY'],
    ['an empty key', 'CANARY:'],
    ['no name', `:${one}`],
    ['a blank in front of the colon', `CANARY :${one}`],
    ['a name of 65 characters', `${'x'.repeat(65)}:${one}`],
    ['a control character', `CAN\u0007ARY:${one}`],
    ['a colon in a name', `CAN:ARY:${one}`],
    ['a comma in a name', `CANARY,b:${one}`],
    ['a name twice', `CANARY:${one},canary:${two}`],
    ['a key twice', `CANARY:${one},bob:${one}`],
    ['a trailing comma', `CANARY:${one},`],
    ['a key that is no base64', 'CANARY:!!!!'],
    ['a key of 32 bare bytes', `CANARY:${Buffer.alloc(32, 7).toString('base64')}`],
    ['a key that is cut off', `CANARY:${one.slice(0, -4)}`],
    ['base64url', `CANARY:${one.slice(0, -2)}_-`],
    ['an RSA key', `CANARY:${rsa}`],
    ['a key for agreement', `CANARY:${x25519}`],
    ['a whole PEM', `CANARY:-----BEGIN PUBLIC KEY-----\n${one}\n-----END PUBLIC KEY-----`],
  ])('with %s are refused by name, without repeating any of it', (_, text) => {
    expect(() => read(text)).toThrow(ConfigurationError);
    expect(() => read(text)).toThrow('APPROVER_KEYS must be Ed25519 public keys as name:base64');
    expect(() => read(text)).not.toThrow(/CANARY|CAN:ARY/);
  });

  test('with a private key, given by mistake, are refused without showing it', () => {
    const der = generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' });
    const secret = der.toString('base64');
    expect(() => read(`ana:${secret}`)).toThrow('APPROVER_KEYS must be');
    expect(() => read(`ana:${secret}`)).not.toThrow(secret.slice(20, 40));
  });
});
