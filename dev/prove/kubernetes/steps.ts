import path from 'node:path';
import { CHART, parseObjects, render, tryRender, valuesOf } from '../../kubernetes/chart';
import type { Example, KubernetesObject } from '../../kubernetes/chart';
import { podsOf } from '../../kubernetes/pods';
import type { PodTemplate } from '../../kubernetes/pods';
import { findTool } from '../../kubernetes/tools';
import { run, tryRun } from '../../kubernetes/run';
import { versionOf } from './cluster';
import type { Cluster, Programs } from './cluster';
import { DEFINED, installDefinitions } from './definitions';
import { admit, tamper, TAMPERED } from './pods';
import { SCHEMAS, spreadSchemas, writeSchemas } from './schemas';

/** What a step works on. */
export interface Proof {
  cluster: Cluster;
  programs: Programs;
  /** Whether the options that need definitions of others can be proven. */
  isDefined: boolean;
}

/** One step; it says what was seen. */
export type Step = (proof: Proof) => Promise<string>;

const NAMESPACE = 'refunds';
const RELEASE = ['--namespace', NAMESPACE];
const ENFORCED = ['enforce', 'warn', 'audit'].map((mode) => `pod-security.kubernetes.io/${mode}=restricted`);

/** A namespace that admits only restricted pods, and the definitions of what the options make. */
export const prepare: Step = async (proof) => {
  const { programs, cluster } = proof;
  const { environment } = cluster;
  await run(programs.kubectl, ['create', 'namespace', NAMESPACE], { environment });
  await run(programs.kubectl, ['label', 'namespace', NAMESPACE, ...ENFORCED], { environment });
  const definitions = await installDefinitions(programs.kubectl, cluster);
  proof.isDefined = 'installed' in definitions;
  const told =
    'installed' in definitions
      ? `${definitions.installed} definitions of ${DEFINED.join(', ')}`
      : `no definitions: ${definitions.missing}`;
  return `namespace with \`enforce: restricted\`; ${told}`;
};

/** Each example is valid to the last field, by the server's own strict validation. */
export const validate: Step = async (proof) => {
  const { programs, cluster } = proof;
  const { environment } = cluster;
  const seen: string[] = [];
  for (const example of examplesOf(proof)) {
    await run(programs.helm, ['lint', '--strict', CHART, ...valuesOf(example)]);
    const objects = await render(programs.helm, example);
    const input = streamOf(objects);
    const parameters = ['apply', '--server-side', '--dry-run=server', '--validate=strict', ...RELEASE];
    await run(programs.kubectl, [...parameters, '--filename=-'], { environment, input });
    seen.push(`${example} ${objects.length}`);
  }
  return `\`helm lint --strict\`, then a strict dry run on the server; objects: ${seen.join(', ')}`;
};

/** The chart is installed in one mode, goes over to others, and back. */
export const release: Step = async (proof) => {
  const { programs, cluster } = proof;
  const { environment } = cluster;
  const helm = (...parameters: string[]) => run(programs.helm, [...parameters, ...RELEASE], { environment });
  const seen: string[] = [];
  const look = async (what: string) => seen.push(`${what}: ${await workersIn(proof)}`);
  await helm('install', 'refunds', CHART, ...valuesOf('all'));
  await look('install');
  await helm('upgrade', 'refunds', CHART, ...valuesOf('all', ['image.tag=1.1.0']));
  await look('upgrade');
  await helm('rollback', 'refunds', '1');
  await look('rollback');
  for (const example of examplesOf(proof).filter((name) => name !== 'all')) {
    await helm('upgrade', 'refunds', CHART, ...valuesOf(example));
    await look(`upgrade to ${example}`);
  }
  await helm('rollback', 'refunds', '1');
  await look('rollback');
  await helm('uninstall', 'refunds');
  await look('uninstall');
  return seen.join('; ');
};

/** The pod of each worker is admitted; with one thing of it changed, refused. */
export const admission: Step = async (proof) => {
  const { programs, cluster } = proof;
  const creator = { kubectl: programs.kubectl, environment: cluster.environment, namespace: NAMESPACE };
  const account = ['create', 'serviceaccount', 'refunds', ...RELEASE];
  await run(programs.kubectl, account, { environment: cluster.environment });
  let admitted = 0;
  let first: PodTemplate | undefined;
  for (const example of examplesOf(proof)) {
    for (const [name, pod] of podsOf(await render(programs.helm, example))) {
      const { isOk, problem } = await admit(creator, pod);
      if (!isOk || problem !== '') throw new Error(`${example}, ${name}: ${problem}`);
      first ??= pod;
      admitted += 1;
    }
  }
  if (!first) throw new Error('no example has a pod');
  for (const tampered of TAMPERED) {
    const { isOk, problem } = await admit(creator, tamper(first, tampered));
    if (isOk || !problem.includes('violates PodSecurity "restricted:latest"'))
      throw new Error(`with ${tampered.title} it was not refused by restricted: ${problem}`);
  }
  const writable = await admit(creator, tamper(first, { change: makeWritable }));
  const titles = TAMPERED.map(({ title }) => title).join(', ');
  return `${admitted} pods admitted without a warning; refused as violations of \`restricted\`: ${titles}. A writable root \
file system is ${writable.isOk ? 'admitted: `restricted` does not ask for one that is read-only' : 'refused'}`;
};

/** What values are refused before anything reaches a cluster. */
export const refusals: Step = async ({ programs }) => {
  const wrong = [
    ['all', 'workers.all.terminationGracePeriodSeconds=10,workers.all.replicas=1,workers.all.roles={all}'],
    ['all', 'workers.one.replicas=1,workers.one.roles={sipay}'],
    ['all', 'environment.WYRE_API_KEY=clear'],
    ['all', 'notify.url=https://orders.example.com,notify.secrets.secret=a,notify.secrets.key=b'],
  ] as const;
  for (const [example, single] of wrong) {
    const { isOk } = await tryRender(programs.helm, example, [single]);
    if (isOk) throw new Error(`${single} was taken`);
  }
  return 'a grace period shorter than a call, the role of a provider that is not configured, a secret as a plain variable, a network that leads nowhere';
};

/** That the definitions judge: a rollout without its steps is refused by the server. */
export const definitions: Step = async (proof) => {
  if (!proof.isDefined) return 'not tried: there are no definitions';
  const { programs, cluster } = proof;
  const values = ['kind=WorkerDeployment', 'workerDeployment.rollout.strategy=Progressive'];
  const input = streamOf(await render(programs.helm, 'all', values));
  const parameters = ['apply', '--server-side', '--dry-run=server', ...RELEASE, '--filename=-'];
  const { isOk, problem } = await tryRun(programs.kubectl, parameters, {
    environment: cluster.environment,
    input,
  });
  if (isOk || !problem.includes('steps are required')) throw new Error(`it was not refused: ${problem}`);
  return 'a WorkerDeployment that is to go over step by step and names no step is refused by the server';
};

/** The schemas for tests, and what kubeconform says by them, where it is here. */
export const schemas: Step = async (proof) => {
  if (!proof.isDefined) return 'not written: there are no definitions';
  const { programs, cluster } = proof;
  const version = await versionOf(programs.kubectl, cluster);
  const count = await writeSchemas(programs.kubectl, cluster, version);
  const written = `${count} definitions in \`${SCHEMAS}\``;
  const kubeconform = await findTool('kubeconform');
  if (kubeconform === undefined) return `${written}; kubeconform is not here`;
  const rendered = await Promise.all(examplesOf(proof).map((example) => render(programs.helm, example)));
  const location = path.join(await spreadSchemas(cluster.folder), '{{ .ResourceKind }}.json');
  const parameters = ['-strict', '-summary', '-schema-location', location];
  const said = await run(kubeconform, parameters, { input: streamOf(rendered.flat()) });
  return `${written}; kubeconform by them: ${said.trim()}`;
};

function makeWritable({ spec }: PodTemplate): void {
  spec.containers[0].securityContext.readOnlyRootFilesystem = false;
}

function examplesOf({ isDefined }: Proof): Example[] {
  return isDefined ? ['all', 'roles', 'scaled', 'workerDeployment'] : ['all', 'roles'];
}

function streamOf(objects: readonly KubernetesObject[]): string {
  return objects.map((object) => JSON.stringify(object)).join('\n---\n');
}

async function workersIn({ programs, cluster, isDefined }: Proof): Promise<string> {
  const kinds = isDefined ? 'deployments,workerdeployments.temporal.io' : 'deployments';
  const parameters = ['get', kinds, ...RELEASE, '--output=yaml'];
  const text = await run(programs.kubectl, parameters, { environment: cluster.environment });
  const [list] = parseObjects(text) as unknown as [{ items: KubernetesObject[] }];
  const tags = [...podsOf(list.items).values()].map(({ spec }) => spec.containers[0].image.split(':').at(-1));
  const counted = list.items.reduce<Record<string, number>>(
    (counts, { kind }) => ({ ...counts, [kind]: (counts[kind] ?? 0) + 1 }),
    {},
  );
  const shown = Object.entries(counted).map(([kind, count]) => `${count} ${kind}`);
  return shown.length === 0 ? 'nothing' : `${shown.join(' and ')} of ${[...new Set(tags)].join(', ')}`;
}
