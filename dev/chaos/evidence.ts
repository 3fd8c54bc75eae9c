import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { readHistory } from './endings';
import type { Script } from './scripts';
import { persist } from './context';
import type { Context } from './context';

/** Writes the histories of all runs of a refund into a folder, to be replayed. */
export async function saveHistories(context: Context, script: Script, folder: string): Promise<string[]> {
  const { client, actions } = context;
  const newest = await persist(context, () => client.workflow.getHandle(script.workflowId).describe());
  const runIds = new Set([...(actions.resets.get(script.refundId) ?? []), newest.runId]);
  await mkdir(folder, { recursive: true });
  const files: string[] = [];
  for (const runId of runIds) {
    const history = await readHistory(context, script.workflowId, runId);
    const file = path.join(folder, `${script.refundId}-${runId}.json`);
    await writeFile(file, historyToJSON(history));
    files.push(file);
  }
  return files;
}
