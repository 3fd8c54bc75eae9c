import { WorkflowNotFoundError } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import { tell } from '../src/client/ask-worker';
import type { Access } from '../src/client/temporal-calls';

/** A server that describes a run as open, and does not find it for so many messages. */
function contradicting(times: number) {
  const said: number[] = [];
  const describe = () => Promise.resolve({ status: { name: 'RUNNING' } });
  const client = {
    withDeadline: (_: number, ask: () => unknown) => ask(),
    workflow: { getHandle: () => ({ describe }) },
  } as unknown as Client;
  const access: Access = { client, taskQueue: 'refunds', timeoutMs: 1_000 };
  const say = () => {
    said.push(said.length);
    const isMissing = said.length <= times;
    return isMissing
      ? Promise.reject(new WorkflowNotFoundError('gone', 'refund:rf-1', undefined))
      : Promise.resolve('taken');
  };
  return { tell: () => tell(access, 'rf-1', say), said };
}

test('a run that begins between two questions takes the message', async () => {
  expect(await contradicting(1).tell()).toBe('taken');
});

test('a server that goes on contradicting itself is not asked for ever', async () => {
  const { tell: telling, said } = contradicting(1_000);
  await expect(telling()).rejects.toMatchObject({
    code: 'serverRefused',
    message: expect.stringContaining('Nothing was changed') as string,
  });
  expect(said.length).toBeLessThan(10);
});
