import type { WorkflowHandle } from '@temporalio/client';
import type { FaultKind, Operation } from '../../simulators';
import type { ResolutionOutcome } from '../../src/domain/resolution';
import { another, cashOnly } from '../support/orders';
import { aMircateLeg, aRefund, emptyFloatFor } from '../support/requests';
import { lastTaskOf, resetByHand } from '../support/reset';
import { untilIt } from '../support/until';
import { refusalOf } from '../support/words';
import { orderHandle } from './branches-beside-refunds';
import { EUROS, ONLY_SALE, over, settle } from './branches-of-refunds';
import type { Branch } from './branches-of-refunds';

/** How each branch is walked on which only a doubt, the pivot, or the age of an order decides what follows. */
export const BRANCHES_OF_DOUBTS: Record<string, Branch> = {
  'declined-after-the-pivot': async ({ saga }) => {
    saga.simulators.faults.add({ provider: 'sipay', operation: 'refund', kind: 'refuse' });
    const handle = await saga.start(aRefund(saga.simulators, { loyalty: undefined }));
    await saga.parked(handle, 'cash');
    await settle(handle, 'cash', 'refunded');
    return over(handle);
  },
  'two-legs-reversed': async ({ saga }) => {
    saga.simulators.sipay.setMerchantBalance(0);
    const handle = await saga.start(aRefund(saga.simulators));
    await saga.parked(handle, 'cash');
    await settle(handle, 'cash', 'turnBack');
    await saga.parked(handle, 'sale');
    await settle(handle, 'sale', 'reversed');
    return over(handle);
  },
  'given-up': async ({ impatient }) => {
    const { simulators } = impatient;
    simulators.faults.add({ provider: 'paywall', operation: 'refund', kind: 'tooMany', times: 1_000 });
    const handle = await impatient.start(aRefund(simulators, ONLY_SALE));
    await impatient.parked(handle, 'sale');
    simulators.faults.clear();
    await settle(handle, 'sale', 'retry');
    return over(handle);
  },
  'parked-resend': async ({ saga }) => {
    saga.simulators.faults.add({ provider: 'mircate', operation: 'refund', kind: 'dropBefore' });
    const handle = await saga.start(aRefund(saga.simulators, { loyalty: aMircateLeg() }));
    await saga.parked(handle, 'loyalty');
    await settle(handle, 'loyalty', 'resend');
    return over(handle);
  },
  'said-to-be-done-already': doubted([['refund', 'alreadyDone']], 'declined'),
  'refused-after-a-doubt': doubted(
    [
      ['refund', 'dropBefore'],
      ['refund', 'refuse'],
    ],
    'declined',
  ),
  'one-empty-look-up-proves-nothing': doubted(
    [
      ['refund', 'dropBefore'],
      ['lookUp', 'errorBefore', 3],
    ],
    'declined',
  ),
  'word-put-off-and-waited-for': async ({ saga }) => {
    const { faults } = saga.simulators;
    const handle = await saga.start(aRefund(saga.simulators, { ...EUROS, ...ONLY_SALE }));
    await saga.until(handle, ({ status }) => status === 'awaitingApproval');
    faults.add({ provider: 'paywall', operation: 'refund', kind: 'dropBefore' });
    faults.add({ provider: 'paywall', operation: 'lookUp', kind: 'errorBefore', times: 1_000 });
    await handle.signal('approve', { by: 'ana' });
    await saga.parked(handle, 'sale');
    faults.clear();
    const again = await resetByHand(handle, await lastTaskOf(handle));
    await saga.parked(again, 'sale');
    await refusalOf(settle(again, 'sale', 'declined'));
    await saga.until(again, ({ legs }) => legs.sale?.problem?.evidence !== undefined);
    await saga.parked(again, 'sale');
    await settle(again, 'sale', 'declined');
    return over(again);
  },
  'order-that-outlived-its-memory': async ({ impatient }) => {
    const request = cashOnly(impatient, 2_550);
    impatient.simulators.faults.add(emptyFloatFor(request));
    const handle = await impatient.start(request);
    await impatient.parked(handle, 'cash');
    const order = orderHandle(impatient, request);
    await untilItsMemoryPassed(order);
    impatient.simulators.faults.clear();
    await settle(handle, 'cash', 'retry');
    await over(handle);
    return over(order);
  },
  'order-that-went-on-in-a-new-run': async ({ saga }) => {
    const first = cashOnly(saga, 2_550, { paid: { cash: 4_000 } });
    await saga.run(first);
    const order = orderHandle(saga, first);
    for (let sent = 0; sent < 50; sent += 1) await order.signal('noise');
    await saga.run(another(first, 'b', 100));
    await saga.run(another(first, 'c', 200));
    return order;
  },
};

/** Troubles at paywall that begin once the preflight has passed, and the word that settles the leg. */
function doubted(troubles: [Operation, FaultKind, number?][], outcome: ResolutionOutcome): Branch {
  return async ({ saga }) => {
    const handle = await saga.start(aRefund(saga.simulators, { ...EUROS, ...ONLY_SALE }));
    await saga.until(handle, ({ status }) => status === 'awaitingApproval');
    for (const [operation, kind, times = 1] of troubles) {
      saga.simulators.faults.add({ provider: 'paywall', operation, kind, times });
    }
    await handle.signal('approve', { by: 'ana' });
    await saga.parked(handle, 'sale');
    saga.simulators.faults.clear();
    await settle(handle, 'sale', outcome);
    return over(handle);
  };
}

/** Twice: it goes on, for a refund may still move something. */
function untilItsMemoryPassed(order: WorkflowHandle): Promise<void> {
  return untilIt(async () => {
    const { events } = await order.fetchHistory();
    return (events ?? []).filter(({ timerFiredEventAttributes: fired }) => fired).length > 1;
  });
}
