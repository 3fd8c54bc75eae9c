import type { RefundRequest } from '../src/client/operator';
import { parsed, runRefund } from './support/cli';
import { useOwnServer } from './support/own-server';
import { aRefundAt, aSipayLeg, aWyreLeg, emptyFloatFor, sipayPaymentOf } from './support/requests';
import { startSaga } from './support/saga';
import type { Saga } from './support/saga';
import { listed } from './support/waiting';

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;

let leaveServer: () => Promise<void>;
let saga: Saga;
beforeAll(async () => {
  leaveServer = await useOwnServer();
  saga = await startSaga({ environment: { APPROVAL_LIMITS: 'TRY=5000', APPROVAL_TIMEOUT: '200m' } });
});
afterAll(async () => {
  await saga.close();
  await leaveServer();
});

const refund = (...args: string[]) => runRefund(args, { environment: { REFUND_TASK_QUEUE: saga.taskQueue } });

async function parked(request: RefundRequest): Promise<string> {
  await saga.parked(await saga.start(request), 'cash');
  return request.refundId;
}

/** An order at Wyre, where our float is empty. */
async function parkedAtWyre(boughtBeforeMs: number): Promise<string> {
  saga.simulators.wyre.setPartnerBalance('TRY', 0);
  const purchasedAt = new Date(Date.now() - boughtBeforeMs).toISOString();
  return parked(aRefundAt(saga.simulators, 'wyre', { cash: { ...aWyreLeg(), purchasedAt } }));
}

async function inDoubtAtSipay(): Promise<string> {
  const request = aRefundAt(saga.simulators, 'sipay');
  const match = sipayPaymentOf(request);
  saga.simulators.faults.add({ provider: 'sipay', operation: 'refund', kind: 'dropBefore', times: 2, match });
  return parked(request);
}

async function asked(): Promise<string> {
  const cash = { ...aSipayLeg(), amountMinor: 5_001 };
  const request = aRefundAt(saga.simulators, 'sipay', { cash });
  await saga.until(await saga.start(request), ({ waitingOn }) => waitingOn === 'approval');
  return request.refundId;
}

test('what closes within a day comes first and is said, then the oldest', async () => {
  const oldest = aRefundAt(saga.simulators, 'sipay');
  saga.simulators.faults.add(emptyFloatFor(oldest));
  await parked(oldest);
  const later = await parkedAtWyre(20 * DAY_MS);
  const doubt = await inDoubtAtSipay();
  const question = await asked();
  const closing = await parkedAtWyre(30 * DAY_MS - 130 * MINUTE_MS);
  await listed(saga.client, 5);
  const { out } = await refund('attention');
  const ids = [...out.matchAll(/^(rf-\S+) +order-/gm)].map(([, id]) => id);
  expect(ids).toEqual([closing, question, doubt, oldest.refundId, later]);
  expect(out).toMatch(/^REFUND +ORDER +STARTED +CLOSES +AMOUNT +WAITS BECAUSE\n/);
  expect(out).toContain(
    [
      '',
      `${closing} closes in 2 h: Wyre refunds only within 30 days of the purchase.`,
      `${question} closes in 3 h: without a decision it expires.`,
      `${doubt} closes in 23 h: later Sipay's list shows what became of it only where it is given dates.`,
      '',
      `What to do: refund resolve ${closing}`,
      'It shows all that is known first, and sends nothing before you answer y.',
    ].join('\n'),
  );
  expect(out).toMatch(new RegExp(`^${later} .* in 9 d `, 'm'));
  expect(parsed(await refund('attention', '--json'))).toMatchObject([
    {
      refundId: closing,
      closes: {
        at: expect.stringMatching(/^20\d\d-.*Z$/) as string,
        why: 'Wyre refunds only within 30 days of the purchase',
      },
    },
    ...[question, doubt, oldest.refundId, later].map((refundId) => ({ refundId })),
  ]);
});
