import { generateKeyPairSync } from 'node:crypto';
import { readConfiguration, ConfigurationError } from '../../src/config';
import { createProviders, traitsOf } from '../../src/providers';
import { warningsOf } from '../../src/config/warnings';
import { publicBase64 } from '../support/approvers';

const paywall = {
  PAYWALL_BASE_URL: 'https://pay.example/api',
  PAYWALL_API_KEY: 'k',
  PAYWALL_API_CLIENT: 'c',
};
const sipay = { SIPAY_BASE_URL: 'https://sipay.example', SIPAY_TOKEN: 't' };

const aSecret = (seed: number) => `whsec_${Buffer.alloc(32, seed).toString('base64')}`;
const SECRET = aSecret(1);
const release = (TEMPORAL_DEPLOYMENT_NAME: string, TEMPORAL_WORKER_BUILD_ID: string) => ({
  ...{ TEMPORAL_DEPLOYMENT_NAME, TEMPORAL_WORKER_BUILD_ID },
});
const notify = (NOTIFY_URL: string, NOTIFY_SECRETS: string) => ({ NOTIFY_URL, NOTIFY_SECRETS });

test('notices go to an address as it is written, also on loopback, signed with one secret or two', () => {
  for (const url of [
    'https://shop.example/hooks/?shop=7',
    'http://127.0.0.1:8080',
    'http://localhost:8080/x',
  ]) {
    const { notices } = readConfiguration({ ...paywall, ...notify(url, `${SECRET}, ${aSecret(2)}`) });
    expect(notices).toEqual({ url, secrets: [SECRET, aSecret(2)] });
  }
  expect(
    readConfiguration({ ...paywall, ...notify('https://shop.example', SECRET) }).notices?.secrets,
  ).toEqual([SECRET]);
});

test('what nobody names in REMIND_AFTER is reminded of as by default', () => {
  const REMIND_AFTER_SET = 'approval=30m, parked=off,wyre:merchantBalance=2h';
  const environment = { ...notify('https://shop.example', SECRET), REMIND_AFTER: REMIND_AFTER_SET };
  expect(readConfiguration({ ...paywall, ...environment }).remindAfter).toEqual({
    ...{ approval: 1_800_000, ambiguous: 3_600_000, parked: null, 'wyre:merchantBalance': 7_200_000 },
  });
});

test('a worker that would remind, and surveys nothing, says so by the variable that it lacks', () => {
  const told = (environment: Record<string, string>) =>
    warningsOf(readConfiguration({ ...paywall, ...environment })).map((warning) => warning.split(' ')[0]);
  const notified = notify('https://shop.example', SECRET);
  const off = { REMIND_AFTER: 'approval=off,ambiguous=off,parked=off' };
  expect(told({})).toEqual(['PAYLOAD_KEYS']);
  expect(told(notified)).toEqual(['PAYLOAD_KEYS', 'METRICS_ADDRESS']);
  expect(told({ ...notified, ...off })).toEqual(['PAYLOAD_KEYS']);
  expect(told({ ...notified, METRICS_ADDRESS: '127.0.0.1:9464' })).toEqual(['PAYLOAD_KEYS']);
});

test('a release is told by its deployment and its build id, and its refunds go over to the next unless they are pinned', () => {
  const environment = { ...paywall, ...release('shop/refunds', '1.0.0-rc.1') };
  const { deployment } = readConfiguration(environment);
  expect(deployment).toEqual({ name: 'shop/refunds', buildId: '1.0.0-rc.1', versioning: 'autoUpgrade' });
  for (const [REFUND_VERSIONING, versioning] of [
    ['auto-upgrade', 'autoUpgrade'],
    ['pinned', 'pinned'],
  ]) {
    const read = readConfiguration({ ...environment, REFUND_VERSIONING });
    expect(read.deployment?.versioning).toBe(versioning);
  }
});

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
    fleet: ['paywall'],
    orderMemoryMs: 7_776_000_000,
    approvalTimeoutMs: 72 * 3_600_000,
    policy: {
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
    requireEncrypted: false,
    roles: { refunds: true, survey: true, providers: 'configured' },
    traits: traitsOf({ fetchesTokens: false }),
    unneededSecrets: [],
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
    REQUIRE_ENCRYPTED: 'true',
    PROVIDERS: 'wyre, sipay,paywall',
  });
  expect(configuration).toMatchObject({
    taskQueue: 'other',
    fleet: ['paywall', 'sipay', 'wyre'],
    approvalLimits: { TRY: 500_000, EUR: 10_000, points: 5_000 },
    approvalTimeoutMs: 86_400_000,
    policy: {
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
    requireEncrypted: true,
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
    ['SIPAY_INTEGER_IDS must be true or false', { ...sipay, SIPAY_INTEGER_IDS: 'CANARY' }],
    ['SIPAY_SCOPE is set, but SIPAY_BASE_URL is not', { SIPAY_SCOPE: 'CANARY' }],
    ['SIPAY_X_CLIENT_ID is set, but SIPAY_BASE_URL is not', { SIPAY_X_CLIENT_ID: 'CANARY' }],
    ['SIPAY_INTEGER_IDS is set, but SIPAY_BASE_URL is not', { SIPAY_INTEGER_IDS: 'true' }],
    ['PROVIDERS must be names of dsquares', { PROVIDERS: 'paywall,CANARY' }],
    ['PROVIDERS must be names of dsquares', { PROVIDERS: 'PAYWALL' }],
    ['PROVIDERS must be names of dsquares', { PROVIDERS: ',' }],
    ['PROVIDERS must be names of dsquares', { PROVIDERS: 'paywall,paywall' }],
    ['PROVIDERS must be names of dsquares', { PROVIDERS: 'paywall;constructor' }],
    ['PROVIDERS must name sipay, because SIPAY_BASE_URL is set', { ...sipay, PROVIDERS: 'paywall,wyre' }],
    [
      'no provider is configured',
      { PAYWALL_BASE_URL: '', PAYWALL_API_KEY: '', PAYWALL_API_CLIENT: '', PROVIDERS: 'wyre' },
    ],
    ['CALL_TIMEOUT', { CALL_TIMEOUT: '0s' }],
    ['CALL_TIMEOUT', { CALL_TIMEOUT: '10' }],
    ['CALL_TIMEOUT', { CALL_TIMEOUT: '-1s' }],
    ['CALL_TIMEOUT', { CALL_TIMEOUT: '1.5s' }],
    ['APPROVAL_TIMEOUT', { APPROVAL_TIMEOUT: 'CANARY' }],
    ['ORDER_LOCK', { ORDER_LOCK: 'CANARY' }],
    ['ORDER_MEMORY', { ORDER_MEMORY: '0d' }],
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
    ...['CANARY-sipay', 'CANARY-dsquares', 'CANARY-orders', 'CANARY-notices', '-wyre'].map(
      (REFUND_TASK_QUEUE): [string, Record<string, string>] => [
        'REFUND_TASK_QUEUE must be a name of 1 to 200 characters that does not end in -orders',
        { REFUND_TASK_QUEUE },
      ],
    ),
    ['PAYLOAD_KEYS', { PAYLOAD_KEYS: 'one:CANARY' }],
    ['REQUIRE_ENCRYPTED', { REQUIRE_ENCRYPTED: 'CANARY' }],
    ['REQUIRE_ENCRYPTED needs PAYLOAD_KEYS', { REQUIRE_ENCRYPTED: 'true' }],
    ...[
      'CANARY',
      'parked',
      'parked=0s',
      'parked=on',
      'parked=1h,parked=2h',
      'parked=1h,',
      'wyre=1h',
      'bank:ambiguous=1h',
    ].map((REMIND_AFTER): [string, Record<string, string>] => [
      'REMIND_AFTER must be durations',
      { ...notify('https://shop.example/', SECRET), REMIND_AFTER },
    ]),
    ['REMIND_AFTER is set, but NOTIFY_URL is not', { REMIND_AFTER: 'parked=1h' }],
    ['NOTIFY_SECRETS must be set, because NOTIFY_URL is', { NOTIFY_URL: 'https://CANARY.example/' }],
    ['NOTIFY_SECRETS is set, but NOTIFY_URL is not', { NOTIFY_SECRETS: SECRET }],
    ['NOTIFY_URL must be an https URL', notify('http://CANARY.example/', SECRET)],
    ['NOTIFY_URL must be an https URL', notify('https://user:CANARY@shop.example/', SECRET)],
    ['NOTIFY_URL must be an https URL', notify('https://shop.example/#CANARY', SECRET)],
    ['NOTIFY_URL must be an https URL', notify('ftp://CANARY.example/', SECRET)],
    ['NOTIFY_URL must be an https URL', notify('CANARY', SECRET)],
    ['NOTIFY_SECRETS must be one secret', notify('https://shop.example/', 'CANARY')],
    ['NOTIFY_SECRETS must be one secret', notify('https://shop.example/', 'whsec_CANARY==')],
    ['NOTIFY_SECRETS must be one secret', notify('https://shop.example/', SECRET.replace('whsec_', 'whpk_'))],
    ['NOTIFY_SECRETS must be one secret', notify('https://shop.example/', `${SECRET},${SECRET}`)],
    ['NOTIFY_SECRETS must be one secret', notify('https://shop.example/', `${SECRET},`)],
    ['NOTIFY_SECRETS must be one secret', notify('https://shop.example/', [1, 2, 3].map(aSecret).join(','))],
    ['ALLOW_INSECURE_PROVIDERS', { ALLOW_INSECURE_PROVIDERS: 'CANARY' }],
    ['TEMPORAL_WORKER_BUILD_ID must be set, because', { TEMPORAL_DEPLOYMENT_NAME: 'CANARY' }],
    ['TEMPORAL_DEPLOYMENT_NAME must be set, because', { TEMPORAL_WORKER_BUILD_ID: 'CANARY' }],
    ['REFUND_VERSIONING is set, but TEMPORAL_DEPLOYMENT_NAME is not', { REFUND_VERSIONING: 'pinned' }],
    ['REFUND_VERSIONING must be', { ...release('refunds', '1'), REFUND_VERSIONING: 'CANARY' }],
    ['TEMPORAL_DEPLOYMENT_NAME must be', release("refunds'CANARY", '1')],
    ['TEMPORAL_DEPLOYMENT_NAME must be', release('refunds:CANARY', '1')],
    ['TEMPORAL_WORKER_BUILD_ID must be', release('refunds', 'CANARY 1')],
    ['TEMPORAL_WORKER_BUILD_ID must be', release('refunds', 'CANARY'.repeat(11))],
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

describe('the roles of a process', () => {
  const FLEET = { PROVIDERS: 'paywall,sipay' };

  test('decide which providers are read, and of whom nothing is demanded', () => {
    const nothing = { PAYWALL_API_KEY: '', PAYWALL_API_CLIENT: '' };
    const refunds = readConfiguration({ ...paywall, ...nothing, ...FLEET, WORKER_ROLES: 'refunds' });
    expect(refunds).toMatchObject({
      ...{ providers: {}, fleet: ['paywall', 'sipay'], unneededSecrets: [] },
      roles: { refunds: true, survey: false, providers: [] },
    });
    const one = readConfiguration({ ...paywall, ...sipay, ...FLEET, WORKER_ROLES: ' sipay' });
    expect(Object.keys(one.providers)).toEqual(['sipay']);
    expect(one.roles.refunds).toBe(false);
    expect(one.unneededSecrets).toEqual(['PAYWALL_API_CLIENT', 'PAYWALL_API_KEY']);
    expect(warningsOf(one).filter((warning) => warning.includes('PAYWALL_API_KEY is set'))).toHaveLength(1);
  });

  test('decide who needs what of notices, and plan by what is no secret', () => {
    const env = { ...paywall, ...FLEET, METRICS_ADDRESS: '127.0.0.1:1', NOTIFY_URL: 'https://shop.example' };
    const survey = readConfiguration({ ...env, WORKER_ROLES: 'survey', REMIND_AFTER: 'parked=off' });
    expect(survey.notices).toBeUndefined();
    expect(survey.remindAfter).toMatchObject({ parked: null });
    expect(() => readConfiguration({ ...env, WORKER_ROLES: 'refunds' })).toThrow(
      'NOTIFY_SECRETS must be set',
    );
    const planning = { SIPAY_IDENTITY_URL: 'https://id.example', DSQUARES_REDEEM_UNIT: 'money' };
    const { traits } = readConfiguration({ ...paywall, ...FLEET, ...planning, WORKER_ROLES: 'refunds' });
    expect(traits).toEqual(traitsOf({ fetchesTokens: true, redeemUnit: 'money' }));
  });

  test.each<[string, Record<string, string>]>([
    ['WORKER_ROLES must be all, or some of refunds, survey, dsquares', { WORKER_ROLES: 'CANARY' }],
    ['WORKER_ROLES must be', { WORKER_ROLES: 'all,sipay' }],
    ['WORKER_ROLES must be', { WORKER_ROLES: 'sipay,sipay' }],
    ['SIPAY_BASE_URL must be set, because WORKER_ROLES names sipay', { WORKER_ROLES: 'sipay' }],
    ['SIPAY_TOKEN, or all of', { WORKER_ROLES: 'sipay', SIPAY_BASE_URL: 'https://sipay.example' }],
    [
      'PROVIDERS must name sipay, because WORKER_ROLES does',
      { ...sipay, PROVIDERS: 'wyre', WORKER_ROLES: 'sipay' },
    ],
    ['PROVIDERS must be set, because WORKER_ROLES is', { PROVIDERS: '', WORKER_ROLES: 'refunds' }],
    ['METRICS_ADDRESS must be set, because WORKER_ROLES names survey', { WORKER_ROLES: 'survey' }],
  ])('%s', (problem, variables) => {
    const read = () => readConfiguration({ ...FLEET, ...variables });
    expect(read).toThrow(problem);
    expect(read).not.toThrow('CANARY');
  });
});

test('what a plan knows of a provider is what its adapter can do', () => {
  const environment = { ...paywall, ...sipay, ...dsquaresWith('money'), ...MIRCATE, ...WYRE };
  const { providers, traits } = readConfiguration(environment);
  for (const [name, provider] of createProviders(providers)) {
    const reversal = provider.reverse && (provider.lookUpReversal ? 'lookUp' : 'blind');
    const { lookUpKind, requestsInSequence } = provider;
    expect(traits[name]).toEqual({ lookUpKind, requestsInSequence, ...(reversal && { reversal }) });
    provider.close();
  }
});

const MIRCATE = {
  ...{ MIRCATE_BASE_URL: 'https://mircate.example', MIRCATE_API_KEY: 'k' },
  ...{ MIRCATE_PROJECT_ID: 'p', MIRCATE_ACCOUNT_ID: 'a' },
};
const WYRE = { WYRE_BASE_URL: 'https://wyre.example', WYRE_API_KEY: 'k' };

test('the fleet is what is configured here, in whatever order it is told, or what PROVIDERS names', () => {
  const fleet = (variables: Record<string, string>) => readConfiguration({ ...paywall, ...variables }).fleet;
  expect(fleet({})).toEqual(['paywall']);
  expect(fleet({ ...sipay, PROVIDERS: ' ' })).toEqual(['paywall', 'sipay']);
  expect(fleet({ PROVIDERS: 'wyre,paywall,dsquares' })).toEqual(['dsquares', 'paywall', 'wyre']);
});

describe('sipay', () => {
  const BASE = { SIPAY_BASE_URL: 'https://sipay.example' };
  const byClient = {
    ...BASE,
    SIPAY_IDENTITY_URL: 'https://id.example',
    SIPAY_CLIENT_ID: 'c',
    SIPAY_CLIENT_SECRET: 's',
  };
  const read = (variables: Record<string, string>) => readConfiguration(variables).providers.sipay;

  test('asks for the scope of the Business API, unless told another', () => {
    const credentials = { identityUrl: 'https://id.example', clientId: 'c', clientSecret: 's' };
    expect(read(byClient)?.credentials).toEqual({ ...credentials, scope: 'sts_business_api' });
    expect(read({ ...byClient, SIPAY_SCOPE: 'wallet' })?.credentials).toEqual({
      ...credentials,
      scope: 'wallet',
    });
  });

  test('sends no x-client-id and ids as text, unless told to', () => {
    expect(read(sipay)).not.toHaveProperty('xClientId');
    expect(read(sipay)).toMatchObject({ integerIds: false });
    const told = { ...sipay, SIPAY_X_CLIENT_ID: 'key-77', SIPAY_INTEGER_IDS: 'true' };
    expect(read(told)).toMatchObject({ xClientId: 'key-77', integerIds: true });
  });
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
  const keys = Array.from({ length: 3 }, () => publicBase64(generateKeyPairSync('ed25519').publicKey));
  const [one = '', two = '', three = ''] = keys;
  const rsa = publicBase64(generateKeyPairSync('rsa', { modulusLength: 2_048 }).publicKey);
  const x25519 = publicBase64(generateKeyPairSync('x25519').publicKey);
  const read = (text: string) => readConfiguration({ ...paywall, APPROVER_KEYS: text }).approvers;

  test('are ids with a key each, or two while one is exchanged for the other; none when unset', () => {
    expect(readConfiguration(paywall).approvers).toBeUndefined();
    const names = (text: string) => read(text)?.map(({ name }) => name);
    expect(names(`ana:${one}`)).toEqual(['ana']);
    expect(names(` ana@example.com:${one} , 0042:${two} `)).toEqual(['ana@example.com', '0042']);
    expect(names(`ana:${one},ANA:${two}`)).toEqual(['ana', 'ANA']);
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
    ['three keys for one id', `CANARY:${one},canary:${two},Canary:${three}`],
    ['a key twice for one id', `CANARY:${one},CANARY:${one}`],
    ['a name with a blank', `CANARY b:${one}`],
    ['a letter beyond A to Z', `CANARYé:${one}`],
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
    expect(() => read(text)).toThrow('APPROVER_KEYS must be Ed25519 public keys as id:base64');
    expect(() => read(text)).not.toThrow(/CANARY|CAN:ARY/);
  });

  test('with a private key, given by mistake, are refused without showing it', () => {
    const der = generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' });
    const secret = der.toString('base64');
    expect(() => read(`ana:${secret}`)).toThrow('APPROVER_KEYS must be');
    expect(() => read(`ana:${secret}`)).not.toThrow(secret.slice(20, 40));
  });
});
