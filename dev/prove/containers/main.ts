import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { projectImages } from '../../image/references';
import { makeCertificates } from './certificates';
import { findEngine } from './engine';
import { buildImage, inspectImage, standInsFor } from './image';
import { showReport, writeReport } from './report';
import type { Proven } from '../report';
import { stackOf } from './stack';
import type { Stack } from './stack';
import { downAndUp, killWorker, mutualTls, readOnly, refund, restartServer, scale, up } from './steps';
import type { Step } from './steps';

const USAGE = `npm run prove:containers -- [--refunds COUNT] [--npmrc FILE] [--ca FILE] [--write]
Builds the image and starts the compose file under a project name of its own, breaks things, and compares the providers'
books. --write puts the report into docs/deployment.md.`;

const PROJECT = 'refund-saga-proof';
const FILES = ['docker-compose.yml', 'dev/prove/containers/compose.yaml'];

const STEPS: readonly (readonly [title: string, step: Step])[] = [
  ['up', up],
  ['refund', refund],
  ['a worker is killed', killWorker],
  ['the server is restarted', restartServer],
  ['down and up', downAndUp],
  ['read-only', readOnly],
  ['`--scale worker=3` under load', scale],
];

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      refunds: { type: 'string', default: '80' },
      npmrc: { type: 'string', default: '' },
      ca: { type: 'string', default: '' },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const engine = await findEngine();
  if ('missing' in engine) {
    process.stdout.write(`Skipped: no container engine answers here (${engine.missing}).\n`);
    return 0;
  }
  const secrets = { npmrc: values.npmrc, ca: values.ca };
  const standIns = await standInsFor(projectImages());
  const steps: Proven[] = [];
  const isBuilt = await prove(steps, 'build', async () => {
    await buildImage(secrets, standIns);
    return inspectImage(secrets);
  });
  if (isBuilt) await proveStacks(steps, standIns, Number(values.refunds));
  const report = {
    date: new Date().toISOString().slice(0, 10),
    engine: engine.versions,
    steps,
    images: standIns.map(showStandIn),
  };
  process.stdout.write(`\n${showReport(report)}\n`);
  if (values.write) writeReport(report);
  return steps.every(({ isProven }) => isProven) ? 0 : 1;
}

async function proveStacks(
  steps: Proven[],
  standIns: Awaited<ReturnType<typeof standInsFor>>,
  refunds: number,
) {
  const folder = await mkdtemp(path.join(tmpdir(), 'refund-containers-'));
  // Others cannot pass the folder above it; the containers' user can read what is mounted.
  const tls = path.join(folder, 'tls');
  await mkdir(tls, { mode: 0o755 });
  const environment = {
    ...Object.fromEntries(standIns.map(({ variable, tagged }) => [variable, tagged])),
    TLS_FOLDER: tls,
  };
  const plain = stackOf(PROJECT, FILES, environment);
  const secured = stackOf(`${PROJECT}-tls`, [...FILES, 'deploy/temporal/mtls.yaml'], environment);
  try {
    await withStack(plain, steps, async (prepared) => {
      for (const [title, step] of STEPS)
        if (!(await prove(steps, title, () => step({ stack: prepared, refunds })))) return;
    });
    await makeCertificates(tls);
    await withStack(secured, steps, async (prepared) => {
      await prove(steps, 'mTLS', () => mutualTls({ stack: prepared, refunds }));
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Leaves no container, network or volume behind, and shows what was logged where a step failed. */
async function withStack(stack: Stack, steps: Proven[], use: (stack: Stack) => Promise<void>): Promise<void> {
  const clean = () => stack.compose('down', '--volumes', '--timeout', '30');
  await clean();
  try {
    await use(stack);
    if (!steps.every(({ isProven }) => isProven))
      process.stderr.write(await stack.compose('logs', '--no-color', '--tail', '30', 'worker', 'temporal'));
  } finally {
    await clean();
  }
}

async function prove(steps: Proven[], title: string, step: () => Promise<string>): Promise<boolean> {
  const begin = Date.now();
  let proven: Proven;
  try {
    proven = { title, isProven: true, seen: await step() };
  } catch (error) {
    proven = { title, isProven: false, seen: error instanceof Error ? error.message : String(error) };
  }
  steps.push(proven);
  const took = Math.round((Date.now() - begin) / 1_000);
  process.stdout.write(`${title}: ${proven.isProven ? '' : 'NOT SO: '}${proven.seen} (${took} s)\n`);
  return proven.isProven;
}

function showStandIn({ variable, tagged }: { variable: string; tagged: string }): string {
  return `\`${variable}\`: an image of this machine named \`${tagged}\`, not the one with the digest`;
}

void main()
  .catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  })
  .then((code) => {
    process.exitCode = code;
  });
