/*
 * Writes the recorded histories of what no release has recorded yet, one for each way a run can go.
 *
 *   RECORD_HISTORIES=missing npx jest test/replay.test.ts
 *
 * What a release has recorded stays as it is: its refunds may still run (docs/releasing.md).
 */
import { mkdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { approverKeys } from '../support/approvers';
import { startReceiver } from '../support/receiver';
import { startSaga } from '../support/saga';
import { BRANCHES_BESIDE_REFUNDS } from './branches-beside-refunds';
import { BRANCHES_OF_DOUBTS } from './branches-of-doubts';
import { BRANCHES_OF_REFUNDS, ENVIRONMENT } from './branches-of-refunds';
import { INCOMPATIBLE, UNRELEASED, readHistories } from './recorded';

/** How each branch is walked; its name is that of the file. */
export const BRANCHES = { ...BRANCHES_OF_REFUNDS, ...BRANCHES_BESIDE_REFUNDS, ...BRANCHES_OF_DOUBTS };

const FLOAT = 10 ** 12;
const IMPATIENT = { GIVE_UP_AFTER: '1s', FAST_RETRIES: '0', ORDER_MEMORY: '1s' };

/** Records the branches that have no history yet, and the history that must not replay. */
export async function recordMissing(): Promise<void> {
  const receiver = await startReceiver();
  const begin = (more: Record<string, string> = {}) =>
    startSaga({ environment: { ...ENVIRONMENT, ...more } });
  const saga = await begin();
  const hasty = await begin({ APPROVAL_TIMEOUT: '1s' });
  const signed = await begin({ APPROVER_KEYS: approverKeys('ana') });
  const notifying = await begin(receiver.environment);
  const impatient = await begin(IMPATIENT);
  try {
    await Promise.all([INCOMPATIBLE, UNRELEASED].map((folder) => mkdir(folder, { recursive: true })));
    const recorded = new Set((await readHistories()).map(({ name }) => name));
    for (const [name, branch] of Object.entries(BRANCHES)) {
      if (recorded.has(name)) continue;
      const handle = await branch({ saga, hasty, signed, notifying, impatient });
      saga.simulators.faults.clear();
      saga.simulators.sipay.setMerchantBalance(FLOAT);
      const text = anonymous(historyToJSON(await handle.fetchHistory()));
      await writeFile(path.join(UNRELEASED, `${name}.json`), text);
      if (name !== 'three-legs') continue;
      // As if the code had called the activity by another name when this refund ran.
      const other = text.replaceAll('"refundLeg"', '"moveMoney"');
      await writeFile(path.join(INCOMPATIBLE, 'activity-renamed.json'), other);
    }
  } finally {
    await Promise.all([saga, hasty, signed, notifying, impatient, receiver].map((part) => part.close()));
  }
}

/** One event a line, and nothing of the machine on which it was recorded. */
function anonymous(history: string): string {
  const here = `${process.pid}@${os.hostname()}`;
  const { events } = JSON.parse(history, (key, value: unknown) => {
    if (typeof value !== 'string') return value;
    if (key === 'identity') return 'worker';
    return key === 'stackTrace' ? '' : value.replaceAll(here, 'worker');
  }) as { events: unknown[] };
  return `{"events":[\n${events.map((event) => JSON.stringify(event)).join(',\n')}\n]}\n`;
}
