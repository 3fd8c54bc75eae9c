import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { allCases } from './cases';
import type { Case } from './case';
import { findMistakes } from './mistakes';
import { begin, settle } from './operator';
import type { Walked } from './operator';
import { readOptions } from './options';
import type { Options } from './options';
import { openCamera } from './pictures';
import type { Camera } from './pictures';
import { captureOf, tableOf } from './report';
import { openStage } from './stage';
import type { Stage } from './stage';
import { openDesk } from './tmux';
import type { Desk } from './tmux';

/** @returns the exit code: 1 when a case was not settled as it should be */
async function main(parameters: readonly string[]): Promise<number> {
  const options = readOptions(parameters);
  const cases = allCases().filter(({ name }) => options.only.length === 0 || options.only.includes(name));
  const stage = await openStage((line) => void process.stderr.write(`${line}\n`));
  const desk = await openDesk(stage.server.executable ?? 'temporal');
  const camera =
    options.pictures === undefined ? undefined : await openCamera(options.chromium, options.pictures);
  const walked: Walked[] = [];
  const mistakes: string[] = [];
  try {
    await mkdir(options.captures, { recursive: true });
    for (const played of cases) {
      print(`${played.name} …`);
      try {
        const one = await walk({ stage, desk, camera }, played, options);
        walked.push(one);
        mistakes.push(...findMistakes(one));
        print(`  ${one.typed.length} commands, ${one.seconds.toFixed(1)} s, ${one.end.status}`);
      } catch (error) {
        mistakes.push(`${played.name}: ${error instanceof Error ? error.message : String(error)}`);
        await clearAway(stage, played);
      }
    }
  } finally {
    await camera?.close();
    await desk.close();
    await stage.close();
  }
  if (options.only.length === 0) await writeFile(path.join(options.captures, 'README.md'), tableOf(walked));
  for (const mistake of mistakes) process.stderr.write(`- ${mistake}\n`);
  return mistakes.length === 0 ? 0 : 1;
}

interface Tools {
  stage: Stage;
  desk: Desk;
  camera: Camera | undefined;
}

async function walk({ stage, desk, camera }: Tools, played: Case, { captures }: Options): Promise<Walked> {
  if (played.settings) await stage.fleet.restart(played.settings);
  const run = await begin(stage, played);
  const asOperator = { TEMPORAL_ADDRESS: stage.server.address };
  const look = await desk.open(`${played.name}-look`, asOperator);
  await look.type(`refund show ${played.request.refundId}`);
  const details = await look.settled();
  await camera?.take(stage.server, run, played.name);
  const own = await desk.open(played.name, asOperator);
  const workers = await desk.open(`${played.name}-workers`, stage.workerEnvironment);
  const walked = await settle(stage, { own, workers }, played);
  await writeFile(path.join(captures, `${played.name}.txt`), captureOf(walked, details));
  if (played.steps.some((step) => 'at' in step)) await workers.interrupt();
  if (played.settings) await stage.fleet.restart();
  stage.simulators.faults.clear();
  return walked;
}

/** What a case that went wrong leaves behind is in nobody's way. */
async function clearAway({ client, fleet, simulators }: Stage, { request }: Case): Promise<void> {
  simulators.faults.clear();
  await simulators.start();
  await client.workflow
    .getHandle(`refund:${request.refundId}`)
    .terminate()
    .catch(() => undefined);
  await fleet.restart();
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

void main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
