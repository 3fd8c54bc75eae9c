import type { WorkflowHandle } from '@temporalio/client';
import { Client } from '@temporalio/client';
import { createOperatorClient } from '../src/client/operator';
import type { OperatorClient, Resolution } from '../src/client/operator';
import type { RefundRequest } from '../src/domain/request';
import { aRefundAt } from './support/requests';
import { startSaga, type Saga } from './support/saga';

/** A word that a refund has taken in before it is held against what the provider shows may count, whatever becomes of its reply. */
let saga: Saga;
beforeAll(async () => {
  saga = await startSaga({
    environment: {
      ...{ LOOKUP_DELAYS: '100ms', CALL_TIMEOUT: '6s', ABSENCE_AFTER: '7s' },
      PAYLOAD_KEYS: `one:${Buffer.alloc(32, 1).toString('base64')}`,
    },
  });
});
afterAll(() => saga.close());

const SLOW_MS = 4_000;

interface Parked {
  request: RefundRequest;
  handle: WorkflowHandle;
}

async function parked(): Promise<Parked> {
  const request = aRefundAt(saga.simulators, 'wyre');
  const { faults } = saga.simulators;
  const stale = { provider: 'wyre', operation: 'lookUp', kind: 'staleLookUp' } as const;
  faults.add({ ...stale, delayMs: 600_000, times: 100 });
  faults.add({ provider: 'wyre', operation: 'refund', kind: 'dropBefore' });
  const handle = await saga.start(request);
  await saga.parked(handle, 'cash');
  faults.clear();
  return { request, handle };
}

/** Says it, does something once the refund has taken it in, and gives what the person is told. */
async function toldAfter(
  { request, handle }: Parked,
  client: OperatorClient,
  act: () => Promise<unknown>,
): Promise<unknown> {
  saga.simulators.faults.add({ provider: 'wyre', operation: 'lookUp', kind: 'slow', delayMs: SLOW_MS });
  const word: Resolution = {
    ...{ refundId: request.refundId, leg: 'cash', outcome: 'declined' as const, by: 'ana' },
    evidence: 'not in the panel',
  };
  const failure = client.resolve(word).then(
    () => 'it was replied to',
    (error: unknown) => error,
  );
  for (;;) {
    const { events } = await handle.fetchHistory();
    if (events?.some((event) => event.workflowExecutionUpdateAcceptedEventAttributes)) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await act();
  return failure;
}

const notKnown = ({ refundId }: RefundRequest) =>
  `The message was accepted; whether it counted is not known yet: look with "refund show ${refundId}" before you send it again.`;

const ofSaga = () => createOperatorClient({ client: saga.client, taskQueue: saga.taskQueue });

test('a run that ends before it has replied leaves open whether the word counted', async () => {
  const one = await parked();
  expect(await toldAfter(one, ofSaga(), () => one.handle.terminate())).toMatchObject({
    code: 'serverUnanswered',
    message: `No reply came from the refund. ${notKnown(one.request)}`,
  });
});

test('a reply that cannot be read is not taken for a word that changed nothing', async () => {
  const one = await parked();
  const { connection } = saga.client;
  const withoutKeys = createOperatorClient({ client: new Client({ connection }), taskQueue: saga.taskQueue });
  const told = await toldAfter(one, withoutKeys, () => Promise.resolve());
  expect(told).toMatchObject({ code: 'unreadable' });
  expect((told as Error).message).toContain('what was sent may have counted');
  expect(await one.handle.result()).toMatchObject({ status: 'declined', people: [{ said: 'declined' }] });
});
