import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Saga } from './saga';

/** A place in our bundle and what stands there in another. */
export type Change = readonly [ours: RegExp, theirs: string];

/** Refunds a leg by another activity than ours: what a history holds of that does not replay. */
export const ANOTHER_ACTIVITY: Change = [/activity: ['"]refundLeg['"]/, `activity: 'moveLeg'`];

/** Sleeps once more after planning: new refunds go through, and the history of one that is planned does not replay. */
export const ONE_MORE_TIMER: Change = [
  /async function refundAsPlanned\(planned\) \{/,
  '$& await new Promise((resolve) => setTimeout(resolve, 1));',
];

/** Workflow code that differs from ours in one place. */
export interface OtherCode {
  bundlePath: string;
  remove: () => Promise<void>;
}

/** Writes a bundle that differs from ours in one place. */
export async function writeOtherCode(ours: RegExp, theirs: string): Promise<OtherCode> {
  const code = await readFile(process.env.TEST_WORKFLOW_BUNDLE ?? '', 'utf8');
  if (!ours.test(code)) throw new Error(`the bundle has no longer anything like ${ours.source}`);
  const folder = await mkdtemp(path.join(os.tmpdir(), 'refund-other-code-'));
  const bundlePath = path.join(folder, 'other-bundle.js');
  await writeFile(bundlePath, code.replace(ours, theirs));
  return { bundlePath, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Stops the workers of a saga and starts others, whose workflow code differs from ours in one place. */
export async function workOtherwise(saga: Saga, ours: RegExp, theirs: string): Promise<void> {
  const bundle = process.env.TEST_WORKFLOW_BUNDLE ?? '';
  const other = await writeOtherCode(ours, theirs);
  try {
    await saga.stopWorkers();
    process.env.TEST_WORKFLOW_BUNDLE = other.bundlePath;
    await saga.startWorkers();
  } finally {
    process.env.TEST_WORKFLOW_BUNDLE = bundle;
    await other.remove();
  }
}
