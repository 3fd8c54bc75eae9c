import { randomUUID } from 'node:crypto';
import { aRefundAt, booked } from './support/requests';
import { startSaga, type Saga } from './support/saga';

let saga: Saga;
beforeAll(async () => {
  saga = await startSaga({ environment: { APPROVAL_LIMITS: 'TRY=1' } });
});
afterAll(() => saga.close());

describe('a signal with a name that the SDK reserves', () => {
  test.each(['__temporal_anything', '__temporal_', 'constructor'])(
    'holds up no run, named %s',
    async (signal) => {
      const request = aRefundAt(saga.simulators, 'sipay');
      const handle = await saga.client.workflow.signalWithStart('refundOrder', {
        ...{ taskQueue: saga.taskQueue, workflowId: `refund:${request.refundId}` },
        ...{ args: [request], signal, signalArgs: [] },
      });
      await saga.until(handle, ({ waitingOn }) => waitingOn === 'approval');
      await handle.signal(signal, { by: 'ana' });
      await handle.signal('approve', { by: 'ana' });
      expect(await handle.result()).toMatchObject({ status: 'refunded' });
      expect(booked(saga.simulators, request)).toEqual({ cash: 2_550 });
    },
  );

  test('holds up no order', async () => {
    const workflowId = `order:${randomUUID()}`;
    const { taskQueue } = saga;
    const handle = await saga.client.workflow.start('orderLock', { taskQueue, workflowId, args: [] });
    await handle.signal('__temporal_anything');
    expect(await handle.query('getOrder')).toMatchObject({ refunds: [] });
    await handle.terminate('the test is over');
  });
});
