import { execFile } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { EXAMPLES, render } from '../../dev/kubernetes/chart';
import type { Example } from '../../dev/kubernetes/chart';
import { podsOf } from '../../dev/kubernetes/pods';
import type { PodSpec, PodTemplate } from '../../dev/kubernetes/pods';
import { needTool } from '../../dev/kubernetes/tools';

let helm: string;

beforeAll(async () => {
  helm = await needTool('helm');
});

async function everyPod(): Promise<[string, PodTemplate][]> {
  const names = Object.keys(EXAMPLES) as Example[];
  const rendered = await Promise.all(names.map((name) => render(helm, name)));
  return rendered.flatMap((objects) => [...podsOf(objects)]);
}

async function workerOf(example: Example, name: string): Promise<PodSpec> {
  const pod = podsOf(await render(helm, example)).get(name);
  if (!pod) throw new Error(`${example} has no worker ${name}`);
  return pod.spec;
}

test('every pod keeps the rules of `restricted`, and a file system that it cannot write', async () => {
  for (const [, { spec }] of await everyPod()) {
    expect(spec).toMatchObject({ automountServiceAccountToken: false, enableServiceLinks: false });
    expect(spec.securityContext).toMatchObject({
      runAsNonRoot: true,
      runAsUser: 1000,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(spec.containers).toHaveLength(1);
    expect(spec.containers[0].securityContext).toEqual({
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
    });
    for (const key of ['hostNetwork', 'hostPID', 'hostIPC', 'initContainers', 'ephemeralContainers'])
      expect(spec).not.toHaveProperty(key);
    for (const { projected, secret } of spec.volumes ?? []) expect(projected ?? secret).toBeDefined();
  }
});

test('no probe that can end a container asks more than the process', async () => {
  for (const [, { spec }] of await everyPod()) {
    const [{ startupProbe, livenessProbe }] = spec.containers;
    for (const probe of [startupProbe, livenessProbe])
      expect(probe.httpGet).toEqual({ path: '/metrics', port: 'metrics' });
    const [startSeconds, liveSeconds] = [startupProbe, livenessProbe].map(
      ({ periodSeconds, failureThreshold }) => Number(periodSeconds) * Number(failureThreshold),
    );
    // A worker that finds no server ends by itself after a minute, and says why.
    expect({ startSeconds, liveSeconds }).toEqual({ startSeconds: 180, liveSeconds: 120 });
  }
});

test('memory is limited to what was measured and more, CPU is not', async () => {
  for (const [name, { spec }] of await everyPod()) {
    const { requests, limits } = spec.containers[0].resources;
    const runsRefunds = ['all', 'refunds'].includes(name);
    expect({ name, requests, limits }).toEqual({
      name,
      requests: runsRefunds ? { cpu: '500m', memory: '768Mi' } : { cpu: '100m', memory: '256Mi' },
      limits: { memory: runsRefunds ? '1Gi' : '512Mi' },
    });
  }
});

const NOW = () => Math.round(Date.now() / 1_000);
const POLLS = (count: number) => `temporal_num_pollers{poller_type="workflow_task"} ${count}\n`;
const SURVEYED = (at: number) => `refund_survey_last_success_timestamp_seconds ${at}\n`;

test.each<[what: string, worker: string, metrics: () => string | undefined, isReady: boolean]>([
  ['polls', 'refunds', () => POLLS(5), true],
  ['polls nothing', 'refunds', () => POLLS(0), false],
  ['has not begun to poll', 'refunds', () => '', false],
  ['surveys and should poll', 'refunds', () => SURVEYED(NOW()), false],
  ['does not answer', 'refunds', () => undefined, false],
  ['has surveyed', 'survey', () => SURVEYED(NOW() - 60), true],
  ['surveyed a quarter of an hour ago', 'survey', () => SURVEYED(NOW() - 900), false],
  ['has not surveyed', 'survey', () => '', false],
])('a worker that %s: %s is ready or not', async (_what, worker, metrics, isReady) => {
  const { readinessProbe } = (await workerOf('roles', worker)).containers[0];
  const [command, ...parameters] = readinessProbe.exec.command;
  expect(command).toBe('node');
  const text = metrics();
  const server = http.createServer((_request, response) => response.end(text));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  if (text === undefined) server.close();
  const env = { METRICS_ADDRESS: `0.0.0.0:${port}`, WORKER_ROLES: worker };
  const code = await new Promise((resolve) => {
    execFile(process.execPath, parameters, { env }, (error) => resolve(error ? error.code : 0));
  });
  server.close();
  expect(code).toBe(isReady ? 0 : 1);
});

interface NetworkPolicy {
  ingress: { from: object[]; ports: { port: string }[] }[];
  egress: { to: { ipBlock?: { cidr: string } }[]; ports: { port: number; protocol: string }[] }[];
}

test('roles: a worker reaches DNS, Temporal, and the provider that it calls', async () => {
  const temporal = '192.0.2.0/24:7233';
  const objects = (await render(helm, 'roles')).filter(({ kind }) => kind === 'NetworkPolicy');
  const reached = objects.map(({ metadata, spec }) => {
    const [dns, ...rest] = (spec as unknown as NetworkPolicy).egress;
    expect(dns?.ports.map(({ port }) => port)).toEqual([53, 53]);
    const places = rest.flatMap(({ to, ports }) =>
      to.map(({ ipBlock }) => `${ipBlock?.cidr}:${ports.map(({ port }) => port).join()}`),
    );
    return [metadata.name.replace('refunds-', ''), places];
  });
  expect(Object.fromEntries(reached)).toEqual({
    refunds: [temporal, '192.0.2.128/32:443'],
    survey: [temporal],
    dsquares: [temporal, '198.51.100.0/26:443'],
    mircate: [temporal, '198.51.100.64/26:443'],
    paywall: [temporal, '198.51.100.128/26:443'],
    sipay: [temporal, '203.0.113.0/25:443'],
    wyre: [temporal, '203.0.113.128/25:443'],
  });
});

test('nobody reaches a worker but who reads its metrics', async () => {
  for (const example of ['all', 'roles'] as const) {
    for (const { kind, spec } of await render(helm, example)) {
      if (kind !== 'NetworkPolicy') continue;
      const { ingress } = spec as unknown as NetworkPolicy;
      expect(spec.policyTypes).toEqual(['Ingress', 'Egress']);
      expect(ingress.flatMap(({ ports }) => ports.map(({ port }) => port))).toEqual(
        example === 'all' ? [] : ['metrics'],
      );
    }
  }
});

test('scaled: by slots of the provider, by the backlog of the queues that the worker polls', async () => {
  const objects = await render(helm, 'scaled');
  const spec = (kind: string) => objects.find((object) => object.kind === kind)?.spec;
  expect(spec('HorizontalPodAutoscaler')).toMatchObject({
    scaleTargetRef: { kind: 'Deployment', name: 'refunds-sipay' },
    metrics: [
      {
        type: 'Pods',
        pods: { metric: { selector: { matchLabels: { worker_type: 'ActivityWorker' } } } },
      },
    ],
  });
  expect(spec('ScaledObject')).toMatchObject({
    scaleTargetRef: { name: 'refunds-refunds' },
    minReplicaCount: 2,
    triggers: [
      { metadata: { taskQueue: 'refunds', queueTypes: 'workflow,activity', enableTLS: 'true' } },
      { metadata: { taskQueue: 'refunds-orders', queueTypes: 'workflow' } },
    ],
  });
  const scaled = objects.filter(({ kind }) => kind === 'Deployment');
  const counted = scaled.filter(({ spec: { replicas } }) => replicas === undefined);
  expect(counted.map(({ metadata }) => metadata.name)).toEqual(['refunds-refunds', 'refunds-sipay']);
});
