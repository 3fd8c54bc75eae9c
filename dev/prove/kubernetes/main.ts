import { parseArgs } from 'node:util';
import { run } from '../../kubernetes/run';
import { findTool, variableOf } from '../../kubernetes/tools';
import type { Tool } from '../../kubernetes/tools';
import { startCluster, versionOf } from './cluster';
import type { Programs } from './cluster';
import { showReport, writeReport } from './report';
import type { Proven } from '../report';
import { admission, definitions, prepare, refusals, release, schemas, validate } from './steps';
import type { Proof, Step } from './steps';

const USAGE = `npm run prove:kubernetes -- [--write]
Starts etcd and a Kubernetes API server on the loopback address, and installs the chart there in each of its modes.
--write puts the report into docs/kubernetes.md.`;

const NEEDED = ['helm', 'kubectl', 'kube-apiserver', 'etcd'] as const satisfies readonly Tool[];

const STEPS: readonly (readonly [title: string, step: Step])[] = [
  ['namespace', prepare],
  ['valid', validate],
  ['install, upgrade, rollback', release],
  ['admission', admission],
  ['the definitions judge', definitions],
  ['refused by the chart', refusals],
  ['schemas', schemas],
];

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { write: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
  });
  if (values.help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const found = await Promise.all(NEEDED.map(async (tool) => [tool, await findTool(tool)] as const));
  const missing = found.filter(([, file]) => file === undefined).map(([tool]) => tool);
  if (missing.length > 0) {
    const variables = missing.map(variableOf).join(', ');
    process.stdout.write(
      `Skipped: ${missing.join(', ')} not found on the PATH nor named by ${variables}; nothing was proven.\n`,
    );
    return 0;
  }
  const programs = Object.fromEntries(found) as unknown as Programs;
  const cluster = await startCluster(programs);
  try {
    const steps = await prove({ cluster, programs, isDefined: false });
    const versions = await told(programs, await versionOf(programs.kubectl, cluster));
    const report = { date: new Date().toISOString().slice(0, 10), versions, steps };
    process.stdout.write(`\n${showReport(report)}\n`);
    if (values.write) writeReport(report);
    const isProven = steps.every((step) => step.isProven);
    if (!isProven) process.stderr.write(await cluster.log());
    return isProven ? 0 : 1;
  } finally {
    await cluster.stop();
  }
}

async function prove(proof: Proof): Promise<Proven[]> {
  const steps: Proven[] = [];
  for (const [title, step] of STEPS) {
    const begin = Date.now();
    const proven = await step(proof).then(
      (seen) => ({ title, isProven: true, seen }),
      (error: unknown) => ({
        title,
        isProven: false,
        seen: error instanceof Error ? error.message : String(error),
      }),
    );
    steps.push(proven);
    const took = Math.round((Date.now() - begin) / 1_000);
    process.stdout.write(`${title}: ${proven.isProven ? '' : 'NOT SO: '}${proven.seen} (${took} s)\n`);
  }
  return steps;
}

async function told({ helm, etcd }: Programs, server: string): Promise<string> {
  const helmVersion = (await run(helm, ['version', '--short'])).trim().replace(/\+.*/, '');
  const etcdVersion = /etcd Version: (\S+)/.exec(await run(etcd, ['--version']))?.[1] ?? 'of unknown version';
  return `kube-apiserver ${server} without kubelet and controllers, etcd ${etcdVersion}, Helm ${helmVersion}`;
}

void main()
  .catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return 1;
  })
  .then((code) => {
    process.exitCode = code;
  });
