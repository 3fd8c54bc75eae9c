import { setTimeout as pause } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { createOperatorClient } from '../../src/client/operator';
import { parsed, runRefund } from '../support/cli';
import { postInNoTime } from '../support/notices';
import { useOwnServer } from '../support/own-server';
import { startReceiver, type Receiver } from '../support/receiver';
import { startSaga, type Saga } from '../support/saga';

const TAKEN = { status: 204, body: '' };
const FAILED = { status: 503, body: '' };
const DAY_MS = 86_400_000;

let backToShared: () => Promise<void>;
let receiver: Receiver;
let saga: Saga;
beforeAll(async () => {
  // A survey looks at all runs of a server, and other tests leave many.
  backToShared = await useOwnServer({ timeSkipping: true });
  receiver = await startReceiver();
  saga = await startSaga({ environment: receiver.environment });
});
afterAll(async () => {
  await saga.close();
  await receiver.close();
  await backToShared();
});

let count = 0;

async function post(): Promise<{ refundId: string; notice: WorkflowHandle }> {
  const refundId = `rf-days-${process.pid}-${(count += 1)}`;
  return { refundId, notice: await postInNoTime(saga, refundId) };
}

test('a receiver that is away for a day hears it when it is back, under the same webhook-id', async () => {
  // 1 s, 2 s … 2048 s are 68 minutes; 23 hours follow.
  const failures = 12 + 23;
  let left = failures;
  receiver.answer(() => ((left -= 1) < 0 ? TAKEN : FAILED));
  const { refundId, notice } = await post();
  await notice.result();
  const heard = receiver.heard(refundId);
  expect(heard).toHaveLength(failures + 1);
  expect(new Set(heard.map((one) => JSON.stringify(one))).size).toBe(1);
  const { startTime, closeTime } = await notice.describe();
  const tookMs = (closeTime?.getTime() ?? 0) - startTime.getTime();
  expect(tookMs).toBeGreaterThan(DAY_MS);
  expect(tookMs).toBeLessThan(1.1 * DAY_MS);
});

test('what is not taken within three days is told by refund stuck, posted on, and told no more once it is taken', async () => {
  receiver.answer(FAILED);
  const { refundId, notice } = await post();
  const refunds = createOperatorClient({ client: saga.client, taskQueue: saga.taskQueue });
  const overdue = async () =>
    (await refunds.survey()).overdueNotices.oldest.filter((found) => found.refundId === refundId);
  while ((await overdue()).length === 0) await pause(200);
  const { workflowId } = notice;
  expect(await overdue()).toEqual([
    { refundId, workflowId, runId: expect.any(String) as string, startedAt: expect.any(String) as string },
  ]);
  const told = await runRefund(['stuck']);
  expect(told.out).toContain(`A notice of refund ${refundId} has not been taken by its receiver since 20`);
  expect(told.out).toContain(`temporal workflow describe --workflow-id ${workflowId} `);
  const found = parsed(await runRefund(['stuck', '--json']));
  expect(found).toContainEqual(expect.objectContaining({ kind: 'notTold', refundId, workflowId }));
  const before = receiver.heard(refundId).length;
  expect(before).toBeGreaterThan(12 + 70);
  receiver.answer(TAKEN);
  await notice.result();
  const ids = receiver.heard(refundId).map(({ id }) => id);
  expect(new Set(ids)).toEqual(new Set([workflowId]));
  while ((await overdue()).length > 0) await pause(100);
});
