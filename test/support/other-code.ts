import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Saga } from './saga';

/** Refunds a leg by another activity than ours: what a history holds of that does not replay. */
export const ANOTHER_ACTIVITY = [/activity: ['"]refundLeg['"]/, `activity: 'moveLeg'`] as const;

/** Stops the workers of a saga and starts others, whose workflow code differs from ours in one place. */
export async function workOtherwise(saga: Saga, ours: RegExp, theirs: string): Promise<void> {
  const bundle = process.env.TEST_WORKFLOW_BUNDLE ?? '';
  const folder = await mkdtemp(path.join(os.tmpdir(), 'refund-other-code-'));
  try {
    const code = await readFile(bundle, 'utf8');
    if (!ours.test(code)) throw new Error(`the bundle has no longer anything like ${ours.source}`);
    const other = path.join(folder, 'other-bundle.js');
    await writeFile(other, code.replace(ours, theirs));
    await saga.stopWorkers();
    process.env.TEST_WORKFLOW_BUNDLE = other;
    await saga.startWorkers();
  } finally {
    process.env.TEST_WORKFLOW_BUNDLE = bundle;
    await rm(folder, { recursive: true, force: true });
  }
}
