import type { WorkflowHandle } from '@temporalio/client';
import type { Fault, ProviderName } from '../../simulators';
import type { LegName } from '../../src/domain/plan';
import type { RefundRequest } from '../../src/domain/request';
import type { RefundState } from '../../src/domain/state';
import { aMircateLeg, aRefund, aRefundAt, booked, legAt, whole } from '../support/requests';
import { startSagaBetween, type SagaBetween } from '../support/between';

let between: SagaBetween;
beforeAll(async () => {
  between = await startSagaBetween({
    switches: { sipay: { executesDuplicates: true }, paywall: { hostileSecondRefund: true } },
  });
});
afterEach(() => {
  between.rewrite(undefined);
  between.simulators.faults.clear();
});
afterAll(() => between.close());

type Json = Record<string, unknown>;
type Rows = Json[];

/** How a provider answers a look-up that shows our movement: once oddly, and from then on with nothing of it. */
interface Oddity {
  asks: string;
  shows: (body: string) => boolean;
  odd: (body: Json) => unknown;
  gone: (body: Json) => { status?: number; body: unknown };
}

const ofSipay = (change: Json): Oddity => ({
  asks: 'SummaryRecord',
  shows: (body) => body.includes(':cash'),
  odd: (body) => {
    const { results } = body.payload as { results: Rows };
    return { ...body, payload: { results: results.map((row) => ({ ...row, ...change })) } };
  },
  gone: (body) => ({ body: { ...body, payload: { results: [] } } }),
});

const ofPaywall = (odd: (body: Json, rows: Rows) => unknown): Oddity => ({
  asks: 'external-reference',
  shows: (body) => body.includes('"Refund"'),
  odd: (body) => odd(body, body.Value as Rows),
  gone: (body) => ({
    body: { ...body, Value: (body.Value as Rows).filter((row) => row.TransactionType !== 'Refund') },
  }),
});

const ofWyre = (change: Json): Oddity => ({
  asks: '/refund ',
  shows: (body) => body.includes('walletOrderId'),
  odd: (body) => ({ ...body, ...change }),
  gone: () => ({
    status: 404,
    body: { exceptionId: 'x-1', type: 'NotFoundException', errorCode: 'refund.notFound', message: '' },
  }),
});

const withoutRows = (isGone: (row: Json) => boolean) => (body: Json) => {
  const rows = (body.transactions as Rows).filter((row) => !isGone(row));
  return { body: { ...body, transactions: rows, total: rows.length, size: rows.length } };
};

const ofMircate = (text: string): Oddity => ({
  asks: 'listTransactions/',
  shows: (body) => body.includes(text),
  odd: (body) => ({ ...body, total: (body.transactions as Rows).length + 1 }),
  gone: withoutRows(({ type }) => type === 'REFUNDED'),
});

const refundOf = (rows: Rows, change: Json) =>
  rows.map((row) => (row.TransactionType === 'Refund' ? { ...row, ...change } : row));

/** Lost answers are sent once more where absence is proven, and unlisted refusals end the leg. */
const ODDITIES: [ProviderName, string, Fault['kind'], Oddity][] = [
  ['sipay', 'a state that is not documented', 'dropAfter', ofSipay({ transaction_status_id: 30 })],
  ['sipay', 'an amount that is a text', 'unlistedAfter', ofSipay({ tx_base_amount: '25.50' })],
  ['sipay', 'a date that cannot be read', 'unlistedAfter', ofSipay({ created_date_utc: 'soon' })],
  ['paywall', 'a part of a list', 'dropAfter', ofPaywall((body) => ({ ...body, HasNextPage: true }))],
  [
    'paywall',
    'a date that cannot be read',
    'unlistedAfter',
    ofPaywall((body, rows) => ({ ...body, Value: refundOf(rows, { CreatedAt: 'soon' }) })),
  ],
  [
    'paywall',
    'a row beside it that cannot be read',
    'unlistedAfter',
    ofPaywall((body, rows) => ({ ...body, Value: [...rows, { Id: 1 }] })),
  ],
  ['wyre', 'a state that is not documented', 'dropAfter', ofWyre({ status: 'PROCESSING' })],
  ['wyre', 'complete and not ended', 'unlistedAfter', ofWyre({ finishedAt: null })],
  ['mircate', 'a page of a list that shifts', 'unlistedAfter', ofMircate('REFUNDED')],
];

/** From now on nothing is shown where something was, but for the first time. */
function oddThenGone({ asks, shows, odd, gone }: Oddity): void {
  let shown = 0;
  between.rewrite(({ request, status, body }) => {
    if (!request.includes(asks) || !shows(body)) return undefined;
    shown += 1;
    const read = JSON.parse(body) as Json;
    if (shown === 1) return { status, body: JSON.stringify(odd(read)) };
    const answer = gone(read);
    return { status: answer.status ?? status, body: JSON.stringify(answer.body) };
  });
}

const isSettled = ({ status, waitingOn }: RefundState) =>
  waitingOn === 'operator' || !['planning', 'refunding', 'compensating'].includes(status);

/** Has a parked leg tried once more, and waits until it is parked again. */
async function retried(handle: WorkflowHandle, leg: LegName): Promise<RefundState> {
  const word = { leg, outcome: 'retry', by: 'ana', evidence: 'the panel shows nothing' };
  const before = (await between.saga.state(handle)).legs[leg]?.problem?.evidence?.at;
  await handle.executeUpdate('resolveLeg', { args: [word] });
  return between.saga.until(
    handle,
    ({ legs }) =>
      !['lookingUp', 'refunding', 'reversing'].includes(legs[leg]?.status ?? '') &&
      legs[leg]?.problem?.evidence?.at !== before,
  );
}

describe('what one look-up shows and cannot be read', () => {
  test.each(ODDITIES)(
    'is not gone because the next ones show nothing: %s, %s (%s)',
    async (provider, _, kind, oddity) => {
      const { saga, simulators } = between;
      const leg = legAt(provider);
      const request = aRefundAt(simulators, provider);
      simulators.faults.add({ provider, operation: 'refund', kind });
      oddThenGone(oddity);
      const handle = await saga.start(request);
      const { legs } = await saga.until(handle, isSettled);
      expect(legs[leg]).toMatchObject({ status: 'parked' });
      expect(legs[leg]?.problem?.evidence?.message).toContain('An earlier look-up: ');
      expect((await retried(handle, leg)).legs[leg]).toMatchObject({ status: 'parked' });
      expect(booked(simulators, request)).toEqual(whole(request));
      await handle.terminate('a test');
    },
  );

  test('of a reversal is not gone either: the points are not taken twice', async () => {
    const { saga, simulators } = between;
    const request = aRefund(simulators, { sale: undefined, loyalty: aMircateLeg() });
    simulators.faults.add({ provider: 'sipay', operation: 'refund', kind: 'refuse' });
    simulators.faults.add({ provider: 'mircate', operation: 'reverse', kind: 'dropAfter' });
    const undo = `${request.refundId}:loyalty:undo`;
    oddThenGone({ ...ofMircate(undo), gone: withoutRows(({ description }) => description === undo) });
    const handle = await saga.start(request);
    await saga.parked(handle, 'loyalty');
    const { legs } = await retried(handle, 'loyalty');
    expect(legs.loyalty).toMatchObject({ status: 'parked', problem: { side: 'reversal' } });
    expect(simulators.requests({ provider: 'mircate', operation: 'reverse' })).toHaveLength(1);
    expect(booked(simulators, request)).toEqual({ loyalty: 0, cash: 0 });
    await handle.terminate('a test');
  });
});

describe('what preflight is shown and cannot be read', () => {
  test.each<[ProviderName, string, Oddity, (request: RefundRequest) => void]>([
    [
      'paywall',
      'a part of a list',
      ofPaywall((body) => ({ ...body, HasNextPage: true })),
      ({ sale }) => between.simulators.paywall.refundByHand(sale?.externalReference ?? ''),
    ],
    [
      'wyre',
      'a state that is not documented',
      ofWyre({ status: 'PROCESSING' }),
      ({ cash }) => between.simulators.wyre.refundByHand(cash?.provider === 'wyre' ? cash.orderId : ''),
    ],
  ])(
    'is not gone because the next answer shows nothing: %s, %s',
    async (provider, _, oddity, refundByHand) => {
      const { saga, simulators } = between;
      const request = aRefundAt(simulators, provider);
      refundByHand(request);
      oddThenGone(oddity);
      const handle = await saga.start(request);
      const { status, legs } = await saga.until(handle, isSettled);
      expect(status).toBe('declined');
      expect(legs[legAt(provider)]).toMatchObject({ problem: { code: 'alreadyDone' } });
      expect(booked(simulators, request)).toEqual(whole(request));
    },
  );
});
