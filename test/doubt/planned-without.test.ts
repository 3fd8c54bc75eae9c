import { aRefund, booked } from '../support/requests';
import { resetByHand } from '../support/reset';
import { startSaga } from '../support/saga';

test.each(['cancelled', 'left alone'])(
  'a refund that was planned without its provider, and sent, is reset into the asking of that provider, and %s: what it sent is found',
  async (what) => {
    const PROVIDERS = 'dsquares,mircate,paywall,sipay,wyre';
    const rich = await startSaga({ environment: { PROVIDERS } });
    const { simulators, taskQueue } = rich;
    await rich.stopWorkers();
    const none = Object.keys(simulators.environment()).filter((name) => name.startsWith('PAYWALL'));
    const environment = { ...Object.fromEntries(none.map((name) => [name, ''])), PROVIDERS };
    const poor = await startSaga({ over: simulators, taskQueue, environment });
    const request = aRefund(simulators, { loyalty: undefined });
    const handle = await poor.start(request);
    await poor.until(handle, ({ legs }) => legs.sale !== undefined);
    // A task after the one that planned: a reset to it does not plan anew.
    await handle.signal('unknown');
    await new Promise((resolve) => setTimeout(resolve, 500));
    const { events } = await handle.fetchHistory();
    const waiting = events?.findLast((event) => event.workflowTaskCompletedEventAttributes)?.eventId;
    await rich.startWorkers();
    expect(await handle.result()).toMatchObject({ status: 'refunded' });
    await rich.stopWorkers();
    const again = await resetByHand(handle, waiting);
    if (what === 'cancelled') await again.cancel();
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect((await again.describe()).status.name).toBe('RUNNING');
    await rich.startWorkers();
    const state = (await again.result()) as unknown;
    expect(state).toMatchObject({
      status: 'refunded',
      legs: { cash: { receipt: { confirmedBy: 'lookUp' } } },
    });
    expect(booked(simulators, request)).toEqual({ sale: 10_000, cash: 2_550 });
    await poor.close();
    await rich.close();
  },
);
