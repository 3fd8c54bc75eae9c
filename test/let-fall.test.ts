import type { WorkflowHandle } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { createOperatorClient } from '../src/client/operator-client';
import { WORKFLOW_TYPE } from '../src/domain/contract';
import { startSaga, type Saga } from './support/saga';

let saga: Saga;
beforeAll(async () => {
  saga = await startSaga();
});
afterAll(() => saga.close());

type Message = temporal.api.protocol.v1.IMessage;
const { Rejection, Request } = temporal.api.update.v1;

const WHY = 'the cash leg is not parked';

/** As a worker refuses an update. */
function refusalOf({ id, protocolInstanceId, eventId, body }: Message): Message {
  const rejection = {
    rejectedRequestMessageId: id,
    rejectedRequestSequencingEventId: eventId,
    rejectedRequest: Request.decode(body?.value ?? new Uint8Array()),
    failure: { message: WHY, applicationFailureInfo: { type: 'ResolutionRefused' } },
  };
  return {
    id: `${id}/reply`,
    protocolInstanceId,
    body: {
      type_url: 'type.googleapis.com/temporal.api.update.v1.Rejection',
      value: Rejection.encode(rejection).finish(),
    },
  };
}

/** Serves workflow tasks in the place of a worker, lets fall as many updates, and refuses the next; gives how many came. */
async function serve(taskQueue: string, letsFall: number): Promise<number> {
  const { workflowService } = saga.client;
  for (let updates = 0; ;) {
    const poll = { namespace: 'default', taskQueue: { name: taskQueue }, identity: 'test' };
    const { taskToken, messages } = await saga.client.withDeadline(Date.now() + 30_000, () =>
      workflowService.pollWorkflowTaskQueue(poll),
    );
    updates += messages.length;
    const replies = updates > letsFall ? messages.map(refusalOf) : [];
    await workflowService.respondWorkflowTaskCompleted({
      namespace: 'default',
      taskToken,
      messages: replies,
    });
    if (updates > letsFall || updates === MOST) return updates;
  }
}

const MOST = 10;

async function started(refundId: string): Promise<WorkflowHandle> {
  const taskQueue = `let-fall-${refundId}`;
  return saga.client.workflow.start(WORKFLOW_TYPE, { taskQueue, workflowId: `refund:${refundId}`, args: [] });
}

test.each([
  [1, 2, WHY],
  [MOST, MOST, 'no worker took the message in, however often it was sent'],
])('a word that workers let fall %i times is sent %i times: %s', async (letsFall, sent, why) => {
  const refundId = `rf-let-fall-${letsFall}`;
  const operator = createOperatorClient({ client: saga.client, taskQueue: saga.taskQueue });
  const handle = await started(refundId);
  const served = serve(`let-fall-${refundId}`, letsFall);
  const word = { leg: 'cash', outcome: 'retry', by: 'ana', evidence: 'the panel' } as const;
  await expect(operator.resolve({ refundId, ...word })).rejects.toMatchObject({
    code: 'resolutionRefused',
    message: expect.stringContaining(why) as unknown,
  });
  expect(await served).toBe(sent);
  await handle.terminate();
});
