import { Client, Connection, defaultPayloadConverter } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { localConnection } from '../../dev/temporal-server';
import { DEFAULT_TASK_QUEUE } from '../../src/domain/contract';
import type { FinalState } from '../../src/domain/state';

const { CommandType } = temporal.api.enums.v1;

/** Ends the run of a refund with this result, in the place of a worker; other refunds of the queue lose their turn. */
export async function endRun(address: string, refundId: string, result: FinalState): Promise<void> {
  const connection = await Connection.connect(localConnection(address));
  const { workflowService } = new Client({ connection });
  const taskQueue = { name: DEFAULT_TASK_QUEUE };
  const payloads = [defaultPayloadConverter.toPayload(result)];
  const commands = [
    {
      commandType: CommandType.COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION,
      completeWorkflowExecutionCommandAttributes: { result: { payloads } },
    },
  ];
  try {
    for (;;) {
      const { taskToken, workflowExecution } = await connection.withDeadline(Date.now() + 30_000, () =>
        workflowService.pollWorkflowTaskQueue({ namespace: 'default', taskQueue, identity: 'test' }),
      );
      if (workflowExecution?.workflowId !== `refund:${refundId}`) continue;
      await workflowService.respondWorkflowTaskCompleted({ namespace: 'default', taskToken, commands });
      return;
    }
  } finally {
    await connection.close();
  }
}
