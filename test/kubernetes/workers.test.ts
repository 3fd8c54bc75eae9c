import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { render } from '../../dev/kubernetes/chart';
import type { Example } from '../../dev/kubernetes/chart';
import { environmentOf, podsOf } from '../../dev/kubernetes/pods';
import type { PodTemplate } from '../../dev/kubernetes/pods';
import { needTool } from '../../dev/kubernetes/tools';
import { attemptMs } from '../../src/activities/draft';
import { readConfiguration } from '../../src/config';
import type { Configuration } from '../../src/config';
import { readConnection } from '../../src/config/connection';
import { createProviders } from '../../src/providers';

const PUBLIC_KEY = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'der' });

/** What a secret looks like that is read for more than its text. */
const SECRETS: Record<string, string> = {
  PAYLOAD_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}`,
  NOTIFY_SECRETS: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
  APPROVER_KEYS: `ana:${PUBLIC_KEY.toString('base64')}`,
};

/** Variables that are Temporal's own: its client reads them, and the start of a worker. */
const TEMPORAL = /^TEMPORAL_(ADDRESS|NAMESPACE|API_KEY_FILE|TLS.*)$/;

/** What the worker controller sets in every pod that it makes. */
const FROM_CONTROLLER = {
  TEMPORAL_ADDRESS: 'refunds.a1b2c.tmprl.cloud:7233',
  TEMPORAL_NAMESPACE: 'refunds.a1b2c',
  TEMPORAL_DEPLOYMENT_NAME: 'refunds/refunds-refunds',
  TEMPORAL_WORKER_BUILD_ID: '1.0.0-7b9f',
  TEMPORAL_API_KEY: 'from-the-connection',
};

let helm: string;
let folder: string;

beforeAll(async () => {
  helm = await needTool('helm');
  folder = await mkdtemp(path.join(tmpdir(), 'refund-chart-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function workersOf(example: Example, single: string[] = []): Promise<[string, PodTemplate][]> {
  return [...podsOf(await render(helm, example, single))];
}

/** The environment as the process finds it: secrets in files of this machine, and every name that is read noted. */
async function started(environment: Record<string, string>) {
  const local: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(environment)) {
    local[name] = value;
    if (!name.endsWith('_FILE')) continue;
    const secret = path.basename(value);
    local[name] = path.join(folder, secret);
    await writeFile(path.join(folder, secret), SECRETS[secret] ?? `secret-of-${secret}`);
  }
  const read = new Set<string>();
  const watched = new Proxy(local, {
    get(target, name: string) {
      read.add(name);
      return target[name];
    },
  });
  return { configuration: readConfiguration(watched), connection: readConnection(local), read };
}

function secretsOf(pod: PodTemplate): string[] {
  return Object.keys(environmentOf(pod))
    .filter((name) => name.endsWith('_FILE'))
    .map((name) => name.replace(/_FILE$/, ''))
    .sort();
}

/** How long a worker waits for its calls when it is told to end (src/runtime/workers.ts). Milliseconds. */
function shutdownGraceOf({ providers, callTimeoutMs }: Configuration): number {
  const movements = [...createProviders(providers).values()].map(
    ({ requestsInSequence }) => requestsInSequence.movement,
  );
  return attemptMs(Math.max(1, ...movements), callTimeoutMs) + 1_000;
}

test.each<Example>(['all', 'roles', 'scaled'])(
  '%s: every worker starts with what it is told, and is told nothing that nobody reads',
  async (example) => {
    for (const [name, pod] of await workersOf(example)) {
      const environment = environmentOf(pod);
      const { configuration, connection, read } = await started(environment);
      const unread = Object.keys(environment).filter(
        (variable) => !read.has(variable) && !TEMPORAL.test(variable),
      );
      expect({ name, unread }).toEqual({ name, unread: [] });
      expect(configuration.unneededSecrets).toEqual([]);
      expect(connection.connectionOptions.address).toBe(environment.TEMPORAL_ADDRESS);
    }
  },
);

test('roles: each does what it is called, and all know the whole fleet', async () => {
  for (const [name, pod] of await workersOf('roles')) {
    const { roles, fleet } = (await started(environmentOf(pod))).configuration;
    expect({ name, ...roles }).toEqual({
      name,
      refunds: name === 'refunds',
      survey: name === 'survey',
      providers: ['refunds', 'survey'].includes(name) ? [] : [name],
    });
    expect([...fleet].sort()).toEqual(['dsquares', 'mircate', 'paywall', 'sipay', 'wyre']);
  }
});

test('roles: a secret is where it is needed and nowhere else', async () => {
  const everywhere = ['PAYLOAD_KEYS', 'TEMPORAL_API_KEY'];
  const wanted: Record<string, string[]> = {
    refunds: ['APPROVER_KEYS', 'NOTIFY_SECRETS'],
    survey: [],
    dsquares: ['DSQUARES_CLIENT_ID'],
    mircate: ['MIRCATE_API_KEY'],
    paywall: ['PAYWALL_API_CLIENT', 'PAYWALL_API_KEY'],
    sipay: ['SIPAY_CLIENT_ID', 'SIPAY_CLIENT_SECRET'],
    wyre: ['WYRE_API_KEY'],
  };
  const workers = await workersOf('roles');
  expect(Object.fromEntries(workers.map(([name, pod]) => [name, secretsOf(pod)]))).toEqual(
    Object.fromEntries(
      Object.entries(wanted).map(([name, secrets]) => [name, [...secrets, ...everywhere].sort()]),
    ),
  );
  for (const [, { spec }] of workers) {
    const mounted = spec.volumes?.flatMap(({ projected }) => projected?.sources ?? []) ?? [];
    const files = mounted.flatMap(({ secret }) => secret.items.map(({ path: file }) => file));
    expect(files.sort()).toEqual(secretsOf({ spec } as PodTemplate));
    expect(spec.containers[0].volumeMounts).toEqual([
      { name: 'secrets', mountPath: '/run/secrets/refund-saga', readOnly: true },
    ]);
    for (const { value } of spec.containers[0].env.filter(({ name }) => name.endsWith('_FILE')))
      expect(value).toMatch(/^\/run\/secrets\/refund-saga\/[A-Z_]+$/);
  }
});

test('workerDeployment: the chart leaves to the controller what the controller sets', async () => {
  for (const [name, pod] of await workersOf('workerDeployment')) {
    const environment = environmentOf(pod);
    if (name === 'survey') {
      expect(environment.TEMPORAL_ADDRESS).toBe(FROM_CONTROLLER.TEMPORAL_ADDRESS);
      continue;
    }
    expect(Object.keys(environment).filter((variable) => variable.startsWith('TEMPORAL_'))).toEqual([]);
    const { configuration } = await started({ ...environment, ...FROM_CONTROLLER });
    expect(configuration.deployment).toMatchObject({ buildId: FROM_CONTROLLER.TEMPORAL_WORKER_BUILD_ID });
  }
});

test.each([
  ['all', []],
  ['roles', []],
  ['roles', ['callTimeout=1500ms']],
  ['roles', ['callTimeout=2m']],
] as const)('%s %p: a pod may take longer to end than its worker does', async (example, single) => {
  for (const [name, pod] of await workersOf(example, [...single])) {
    const { configuration } = await started(environmentOf(pod));
    const spareMs = pod.spec.terminationGracePeriodSeconds * 1_000 - shutdownGraceOf(configuration);
    expect({ name, isLonger: spareMs >= 10_000 && spareMs <= 20_000 }).toEqual({ name, isLonger: true });
  }
});

test('mutual TLS, an authority of its own and a release reach the worker', async () => {
  const single = [
    'temporal.clientCertificate=temporal-tls,temporal.serverName=temporal.internal',
    'temporal.serverAuthority.secret=authority,temporal.serverAuthority.key=ca.pem',
    'release.deploymentName=refunds,release.buildId=1.0.0,release.versioning=pinned',
  ];
  const [[, pod] = []] = await workersOf('all', single);
  if (!pod) throw new Error('there is no worker');
  const { TEMPORAL_TLS_CLIENT_CERT_PATH: certificate, ...environment } = environmentOf(pod);
  expect(certificate).toBe('/run/secrets/temporal-certificate/tls.crt');
  expect(environment.TEMPORAL_TLS_CLIENT_KEY_PATH).toBe('/run/secrets/temporal-certificate/tls.key');
  expect(environment.TEMPORAL_TLS_SERVER_CA_CERT_PATH).toBe('/run/secrets/temporal-authority/ca.crt');
  expect(environment.TEMPORAL_TLS_SERVER_NAME).toBe('temporal.internal');
  const mounted = pod.spec.containers[0].volumeMounts?.map(({ mountPath }) => mountPath);
  expect(mounted).toEqual([
    '/run/secrets/refund-saga',
    '/run/secrets/temporal-certificate',
    '/run/secrets/temporal-authority',
  ]);
  expect(environment).toMatchObject({
    TEMPORAL_DEPLOYMENT_NAME: 'refunds',
    TEMPORAL_WORKER_BUILD_ID: '1.0.0',
    REFUND_VERSIONING: 'pinned',
  });
});
