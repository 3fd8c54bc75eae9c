import type { WorkflowHandle } from '@temporalio/client';
import { createOperatorClient } from '../src/client/operator';
import type { RefundRequest } from '../src/domain/request';
import { ANOTHER_ACTIVITY, workOtherwise } from './support/other-code';
import { aRefund, aRefundAt, emptyFloatFor } from './support/requests';
import { logged, startSaga, type Saga } from './support/saga';

/** Stands in every word that a person says here. */
const CANARY = 'tweety';
const BYTES = [...Buffer.from(CANARY)];
/** The same as text, and as bytes would be printed. */
const TRACES = [
  CANARY,
  BYTES.join(', '),
  BYTES.join(','),
  Buffer.from(CANARY).toString('hex'),
  ...[0, 1, 2].map((shift) =>
    Buffer.from(' '.repeat(shift) + CANARY)
      .toString('base64')
      .slice(shift + 1, -4),
  ),
];

let saga: Saga;
beforeAll(async () => {
  saga = await startSaga({
    environment: { CALL_TIMEOUT: '4s', ABSENCE_AFTER: '5s', LOOKUP_DELAYS: '100ms' },
  });
});
afterAll(() => saga.close());

const refunds = () =>
  createOperatorClient({ client: saga.client, taskQueue: saga.taskQueue, timeoutMs: 3_000 });

const said = ({ refundId }: RefundRequest, outcome: 'retry' | 'waived' | 'declined') => ({
  ...{ refundId, leg: 'cash' as const, outcome, by: `${CANARY}@example.com` },
  evidence: `${CANARY} called from 0905557710`,
});

/** What somebody says, whatever becomes of it. */
const told = (word: Promise<unknown>) => word.catch(() => undefined);

async function parked(): Promise<[RefundRequest, WorkflowHandle]> {
  const request = aRefundAt(saga.simulators, 'sipay');
  saga.simulators.faults.add(emptyFloatFor(request));
  const handle = await saga.start(request);
  await saga.parked(handle, 'cash');
  return [request, handle];
}

test('nothing that a person says reaches a log, whether it counts, is refused, or meets code that fails', async () => {
  const question = await saga.start(aRefund(saga.simulators, { currency: 'EUR' }));
  await saga.until(question, ({ status }) => status === 'awaitingApproval');
  await question.signal('approve', { by: 1, note: CANARY });
  await question.signal(CANARY, { note: CANARY });
  await told(question.executeUpdate('decide', { args: [{ decision: CANARY, by: CANARY }] }));
  await told(question.executeUpdate(CANARY, { args: [CANARY] }));
  await question.signal('reject', { by: CANARY, note: CANARY });
  await question.result();

  const [request, handle] = await parked();
  await told(refunds().resolve(said(request, 'waived')));
  await refunds().resolve(said(request, 'retry'));
  await handle.result();

  const [cutOff, run] = await parked();
  const replies = [told(refunds().resolve(said(cutOff, 'declined'))), run.terminate(CANARY)];
  await Promise.all(replies);

  const [other, hanging] = await parked();
  await workOtherwise(saga, ...ANOTHER_ACTIVITY);
  const unheard = told(refunds().resolve(said(other, 'retry')));
  await hanging.signal('approve', { by: CANARY, note: CANARY });
  await unheard;
  await saga.restartWorkers();
  await hanging.terminate();

  expect(logged.length).toBeGreaterThan(0);
  expect(logged.filter((line) => TRACES.some((trace) => line.includes(trace)))).toEqual([]);
});
