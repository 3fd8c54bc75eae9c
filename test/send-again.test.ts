import type { WorkflowHandle } from '@temporalio/client';
import { createOperatorClient } from '../src/client/operator';
import type { OperatorClient } from '../src/client/operator';
import { runRefund } from './support/cli';
import { workOtherwise } from './support/other-code';
import { aRefund, booked, whole } from './support/requests';
import { startSaga, type Saga } from './support/saga';

/*
 * An update that comes within the task that parked a leg, or asked a person, is refused as too early (docs/adr/004). That
 * takes an accident; workers that wait for more events than one task makes make it certain, and signals that do not count end it.
 */
let saga: Saga;
let refunds: OperatorClient;

beforeAll(async () => {
  saga = await startSaga();
  await workOtherwise(saga, /EVENTS_BETWEEN_TASKS = 3/, 'EVENTS_BETWEEN_TASKS = 8');
  refunds = createOperatorClient({ client: saga.client, taskQueue: saga.taskQueue });
});
afterAll(() => saga.close());

const EVIDENCE = 'filled the float';

interface Way {
  raw: (handle: WorkflowHandle) => Promise<unknown>;
  send: (refundId: string) => Promise<unknown>;
}

const resolution = { leg: 'cash', outcome: 'retry', by: 'ana', evidence: EVIDENCE } as const;
const rawResolution: Way['raw'] = (handle) => handle.executeUpdate('resolveLeg', { args: [resolution] });
const inATerminal = async (args: string[]) =>
  expect(await runRefund(args, { environment: { REFUND_TASK_QUEUE: saga.taskQueue } })).toMatchObject({
    code: 0,
  });

const RESOLVING: [string, Way][] = [
  ['the client', { raw: rawResolution, send: (refundId) => refunds.resolve({ refundId, ...resolution }) }],
  [
    'the command line',
    {
      raw: rawResolution,
      send: (refundId) =>
        inATerminal([
          ...['resolve', refundId, '--leg', 'cash', '--outcome', 'retry'],
          ...['--by', 'ana', '--evidence', EVIDENCE, '--yes'],
        ]),
    },
  ],
];

const rawDecision: Way['raw'] = (handle) =>
  handle.executeUpdate('decide', { args: [{ decision: 'approve', by: 'ana' }] });

const DECIDING: [string, Way][] = [
  [
    'the client',
    { raw: rawDecision, send: (refundId) => refunds.decide({ refundId, decision: 'approve', by: 'ana' }) },
  ],
  [
    'the command line',
    { raw: rawDecision, send: (refundId) => inATerminal(['approve', refundId, '--by', 'ana', '--yes']) },
  ],
];

/** Sends it while it comes too early, and lets its time come only when it was refused at least once. */
async function sendTooEarly(handle: WorkflowHandle, { raw, send }: Way): Promise<void> {
  await expect(raw(handle)).rejects.toMatchObject({ cause: { details: ['sendAgain'] } });
  const over = { is: false };
  const sent = send(handle.workflowId.replace('refund:', '')).finally(() => (over.is = true));
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(over.is).toBe(false);
  while (!over.is) {
    await handle.signal('reject', { by: 'this is no id' });
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  await sent;
}

test.each(RESOLVING)('%s gets through to a leg that was just parked', async (_, way) => {
  saga.simulators.sipay.setMerchantBalance(0);
  const request = aRefund(saga.simulators, { loyalty: undefined });
  const handle = await saga.start(request);
  await saga.parked(handle, 'cash');
  saga.simulators.sipay.setMerchantBalance(10 ** 12);
  await sendTooEarly(handle, way);
  expect(await handle.result()).toMatchObject({ status: 'refunded' });
  expect(booked(saga.simulators, request)).toEqual(whole(request));
});

test.each(DECIDING)('%s gets through to a refund that just began to wait for approval', async (_, way) => {
  const request = aRefund(saga.simulators, { currency: 'EUR' });
  const handle = await saga.start(request);
  await saga.until(handle, ({ status }) => status === 'awaitingApproval');
  await sendTooEarly(handle, way);
  expect(await handle.result()).toMatchObject({ status: 'refunded', approval: { by: 'ana' } });
  expect(booked(saga.simulators, request)).toEqual(whole(request));
});
