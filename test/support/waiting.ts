import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { createOperatorClient } from '../../src/client/operator';
import type { RefundRow } from '../../src/client/operator';

/** Waits until the server lists so many refunds that wait for a person, or for this reason, and no more. */
export async function listed(client: Client, count: number, reason?: string): Promise<void> {
  const isMeant = (row: RefundRow) => reason === undefined || row.reason === reason;
  const refunds = createOperatorClient({ client });
  while ((await refunds.attention()).rows.filter(isMeant).length !== count) await pause(50);
}

/** Leaves nothing that waits for the next test, whatever became of this one. */
export async function endWaiting(client: Client): Promise<void> {
  const { rows } = await createOperatorClient({ client }).attention();
  for (const { workflowId } of rows)
    await client.workflow
      .getHandle(workflowId)
      .terminate()
      .catch(() => undefined);
  await listed(client, 0);
}
