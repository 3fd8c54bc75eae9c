import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { readHistory } from './endings';
import type { Script } from './scripts';
import { persist } from './stage';
import type { Stage } from './stage';

/** Writes the histories of all runs of a refund into a folder, to be replayed. */
export async function saveHistories(stage: Stage, script: Script, folder: string): Promise<string[]> {
  const { client, deeds } = stage;
  const newest = await persist(stage, () => client.workflow.getHandle(script.workflowId).describe());
  const runIds = new Set([...(deeds.resets.get(script.refundId) ?? []), newest.runId]);
  await mkdir(folder, { recursive: true });
  const files: string[] = [];
  for (const runId of runIds) {
    const history = await readHistory(stage, script.workflowId, runId);
    const file = path.join(folder, `${script.refundId}-${runId}.json`);
    await writeFile(file, historyToJSON(history));
    files.push(file);
  }
  return files;
}
