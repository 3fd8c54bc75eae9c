import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';
import { aRefund, booked } from './support/requests';
import { startSaga, type Saga } from './support/saga';
import { untilIt } from './support/until';

type Payload = temporal.api.common.v1.IPayload;

let saga: Saga;
beforeAll(async () => {
  saga = await startSaga();
});
afterAll(() => saga.close());

/** Starts a run with these payloads as they are, which no client of an SDK would. */
async function startRaw(
  payloads: Payload[] | undefined,
  more: { refundId?: string; memo?: Record<string, Payload>; cronSchedule?: string } = {},
): Promise<WorkflowHandle> {
  const workflowId = `refund:${more.refundId ?? randomUUID()}`;
  await saga.client.workflowService.startWorkflowExecution({
    namespace: 'default',
    workflowId,
    workflowType: { name: 'refundOrder' },
    taskQueue: { name: saga.taskQueue },
    requestId: randomUUID(),
    input: payloads && { payloads },
    ...(more.memo && { memo: { fields: more.memo } }),
    ...(more.cronSchedule !== undefined && { cronSchedule: more.cronSchedule }),
  });
  return saga.client.workflow.getHandle(workflowId);
}

function payload(encoding: string | undefined, data: string | Buffer | undefined): Payload {
  return {
    ...(encoding !== undefined && { metadata: { encoding: Buffer.from(encoding) } }),
    ...(data !== undefined && { data: Buffer.from(data) }),
  };
}

const json = (text: string | Buffer) => payload('json/plain', text);
const many = (fields: number) =>
  JSON.stringify(Object.fromEntries(Array.from({ length: fields }, (_, index) => [`field-${index}`, 1])));
const nested = (levels: number) => `${'{"sale":'.repeat(levels)}1${'}'.repeat(levels)}`;

describe('a run ends as invalid at once when its start argument', () => {
  test.each<[string, Payload[] | undefined, string]>([
    ['is in protobuf JSON', [payload('json/protobuf', '{}')], 'has an encoding other than json/plain'],
    ['is of bytes', [payload('binary/plain', Buffer.alloc(100))], 'has an encoding other than json/plain'],
    ['has an unknown encoding', [payload('foo/bar', 'x')], 'has an encoding other than json/plain'],
    ['has no encoding', [payload(undefined, '{}')], 'has an encoding other than json/plain'],
    ['is broken JSON', [json('{"refundId":')], 'is not JSON'],
    ['has no data', [payload('json/plain', undefined)], 'is not JSON'],
    ['is not UTF-8', [json(Buffer.from([0x22, 0xff, 0xfe, 0x22]))], 'is not UTF-8'],
    ['is UTF-8 written too long', [json(Buffer.from([0x22, 0xc1, 0x81, 0x22]))], 'is not UTF-8'],
    ['is 100,000 levels deep', [json(nested(100_000))], 'nests deeper than 20 levels'],
    ['is 100,000 lists deep', [json('['.repeat(100_000) + ']'.repeat(100_000))], 'nests deeper than 20'],
    ['is 21 levels deep', [json(nested(21))], 'nests deeper than 20 levels'],
    ['is 20 levels deep, and no request', [json(nested(20))], 'refundId: '],
    ['is null', [json('null')], '(request): '],
    ['has 60,000 unknown fields', [json(many(60_000))], '(a field): unknown field; and '],
    ['is nothing, in the encoding for nothing', [payload('binary/null', undefined)], '(request): '],
    ['is absent', undefined, 'one argument is needed, and 0 came'],
    ['is not the only one', [json('{}'), json('{}')], 'one argument is needed, and 2 came'],
    ['is followed by another that cannot be decoded', [json('{}'), payload('foo/bar', 'x')], 'and 2 came'],
  ])('%s', async (_, payloads, problem) => {
    const handle = await startRaw(payloads);
    await expect(handle.result()).rejects.toMatchObject({
      cause: {
        type: 'InvalidRefundRequest',
        nonRetryable: true,
        message: expect.stringContaining(problem) as unknown,
      },
    });
    expect(await saga.state(handle)).toMatchObject({ status: 'invalid', legs: {} });
  });
});

test('a run with a cron schedule ends as invalid, before anything is sent', async () => {
  const request = aRefund(saga.simulators);
  const { workflowId } = await startRaw([json(JSON.stringify(request))], {
    ...request,
    cronSchedule: '@every 1s',
  });
  const { runId } = await saga.client.workflow.getHandle(workflowId).describe();
  const first = saga.client.workflow.getHandle(workflowId, runId, { firstExecutionRunId: runId });
  await untilIt(async () => (await first.describe()).status.name === 'FAILED');
  expect(await saga.state(first)).toMatchObject({ status: 'invalid', legs: {} });
  expect(booked(saga.simulators, request)).toEqual({ loyalty: 0, sale: 0, cash: 0 });
  await saga.client.workflow.getHandle(workflowId).terminate('another would follow');
});

test('a request with null for what is absent is refunded, and hashed as if it were absent', async () => {
  const request = aRefund(saga.simulators, { loyalty: undefined, sale: undefined });
  const withNulls = JSON.stringify({ ...request, loyalty: null, sale: null });
  const handle = await startRaw([json(withNulls)], request);
  expect(await handle.result()).toMatchObject({ status: 'refunded', legs: { cash: { status: 'refunded' } } });
  expect(booked(saga.simulators, request)).toEqual({ cash: 2_550 });
});

test('neither a memo nor a signal with many arguments, none of which can be decoded, holds a refund up', async () => {
  const request = aRefund(saga.simulators, { loyalty: undefined, sale: undefined, currency: 'EUR' });
  const unreadable = payload('foo/bar', 'x');
  const encrypted = payload('binary/encrypted', 'x');
  const handle = await startRaw([json(JSON.stringify(request))], {
    ...request,
    memo: { a: unreadable, b: encrypted },
  });
  await saga.until(handle, ({ status }) => status === 'awaitingApproval');
  await saga.client.workflowService.signalWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId: handle.workflowId },
    signalName: 'approve',
    input: { payloads: [encrypted, unreadable, encrypted, payload('json/plain', '{')] },
  });
  await handle.signal('approve', { by: 'ana' });
  expect(await handle.result()).toMatchObject({ status: 'refunded' });
});
