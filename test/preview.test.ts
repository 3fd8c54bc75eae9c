import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { WorkflowNotFoundError } from '@temporalio/client';
import { createRefundClient } from '../src/client';
import type { RefundClient, RefundPreview, RefundRequest } from '../src/client';
import { parsed, runRefund } from './support/cli';
import type { Extra, Ran } from './support/cli';
import { aPaywallLeg, aRefund, aRefundAt, aSipayLeg, booked } from './support/requests';
import { startSaga } from './support/saga';
import type { Saga } from './support/saga';

/** Looking before leaping: 500.00 TRY and 1,000 points need nobody; wyre is served, and not configured here. */
let saga: Saga;
let refunds: RefundClient;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'refund-check-'));
  saga = await startSaga({
    environment: {
      APPROVAL_LIMITS: 'TRY=50000,points=1000',
      PROVIDERS: 'dsquares,paywall,sipay,wyre',
      ...{ WYRE_BASE_URL: '', WYRE_API_KEY: '' },
      ...{ MIRCATE_BASE_URL: '', MIRCATE_API_KEY: '', MIRCATE_PROJECT_ID: '', MIRCATE_ACCOUNT_ID: '' },
    },
  });
  refunds = createRefundClient({ client: saga.client, taskQueue: saga.taskQueue });
});
afterEach(() => saga.simulators.faults.clear());
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await saga.close();
});

/** A preview that went as far as the providers. */
async function met(request: RefundRequest): Promise<Extract<RefundPreview, { legs: unknown }>> {
  const preview = await refunds.preview(request);
  if (!('legs' in preview)) throw new Error(`invalid: ${preview.problems.join()}`);
  return preview;
}

/** A refund of cash alone, of a payment of 1,000.00 TRY. */
function ofCash(amountMinor: number, overrides: Partial<RefundRequest> = {}): RefundRequest {
  const cash = { ...aSipayLeg(), amountMinor };
  const alone = { loyalty: undefined, sale: undefined, cash, paid: { cash: 100_000 } };
  return aRefund(saga.simulators, { ...alone, ...overrides });
}

/** Another refund of the same order and payment. */
function beside(request: RefundRequest, amountMinor: number): RefundRequest {
  const cash = { ...aSipayLeg(), ...request.cash, amountMinor } as RefundRequest['cash'];
  return { ...request, refundId: `${request.refundId}-b`, cash };
}

const movements = () =>
  saga.simulators.requests().filter(({ operation }) => operation === 'refund' || operation === 'reverse');

describe('a preview', () => {
  test('asks each provider and the order, and neither moves, reserves nor uses up anything', async () => {
    const request = aRefund(saga.simulators);
    const before = movements().length;
    const preview = await met(request);
    expect(preview).toMatchObject({
      ...{ outlook: 'goesThrough', idInUse: 'no', approval: [], currency: 'TRY', exponent: 2 },
      legs: [
        { leg: 'loyalty', provider: 'dsquares', amount: { points: 500 }, answer: { kind: 'passed' } },
        { leg: 'sale', provider: 'paywall', answer: { kind: 'passed' } },
        { leg: 'cash', provider: 'sipay', answer: { kind: 'passed' } },
      ],
      order: {
        kind: 'known',
        payments: [
          { leg: 'loyalty', paid: null, held: 0, moved: 0, left: null },
          { leg: 'sale', paid: 10_000, held: 0, moved: 0, left: 10_000 },
          { leg: 'cash', paid: null },
        ],
      },
    });
    expect(saga.simulators.requests({ provider: 'sipay', operation: 'lookUp' }).length).toBeGreaterThan(0);
    expect(movements()).toHaveLength(before);
    expect(booked(saga.simulators, request)).toEqual({ loyalty: 0, sale: 0, cash: 0 });
    await expect(refunds.overview(request.refundId)).rejects.toMatchObject({ code: 'notFound' });
    const order = saga.client.workflow.getHandle(`order:${request.orderId}`);
    await expect(order.describe()).rejects.toBeInstanceOf(WorkflowNotFoundError);

    expect((await saga.run(request)).status).toBe('refunded');
    const after = await met(request);
    expect(after).toMatchObject({ outlook: 'declined', idInUse: 'sameRefund' });
    const other = await refunds.preview({ ...request, reason: 'something else' });
    expect(other).toMatchObject({ outlook: 'declined', idInUse: 'anotherRefund' });
  });

  test('counts what other refunds of the order hold and have moved', async () => {
    const first = ofCash(40_000);
    expect((await saga.run(first)).status).toBe('refunded');
    const second = beside(first, 30_000);
    expect(await met(second)).toMatchObject({
      outlook: 'needsApproval',
      approval: [{ kind: 'overLimit', of: 'money', asked: 30_000, others: 40_000, limit: 50_000 }],
      order: { payments: [{ leg: 'cash', paid: 100_000, held: 0, moved: 40_000, left: 60_000 }] },
    });
    expect(await met(beside(first, 40_000))).toMatchObject({
      approval: [
        { kind: 'overLimit' },
        { kind: 'repeat', refundId: first.refundId, leg: 'cash', hasMoved: true },
      ],
    });
    const over = await met(beside(first, 60_001));
    expect(over).toMatchObject({
      outlook: 'declined',
      approval: [],
      order: { refusal: { kind: 'overCap' } },
    });
    const otherwise = { ...beside(first, 100), paid: { cash: 99_999 } };
    expect(await met(otherwise)).toMatchObject({
      outlook: 'invalid',
      order: { refusal: { kind: 'invalid' } },
    });
    // It reserved nothing: what was looked at twice can still be refunded.
    const third = { ...beside(first, 60_000), refundId: `${first.refundId}-c` };
    await saga.until(await saga.start(third), ({ waitingOn }) => waitingOn === 'approval');
    expect(await met(second)).toMatchObject({
      outlook: 'declined',
      order: { payments: [{ held: 60_000, moved: 40_000, left: 0 }] },
    });
  });

  test('tells which provider says no, does not answer, or cannot be asked here', async () => {
    const refused = aRefund(saga.simulators);
    saga.simulators.paywall.refundByHand((refused.sale as { externalReference: string }).externalReference);
    expect(await met(refused)).toMatchObject({
      outlook: 'declined',
      legs: [{}, { answer: { kind: 'refused', code: 'alreadyDone' } }, {}],
    });
    const unanswered = ofCash(100);
    saga.simulators.faults.add({ provider: 'sipay', operation: 'lookUp', kind: 'down', times: 20 });
    expect(await met(unanswered)).toMatchObject({
      outlook: 'unknown',
      legs: [{ answer: { kind: 'unanswered' } }],
    });
    const elsewhere = await met(aRefundAt(saga.simulators, 'wyre'));
    expect(elsewhere).toMatchObject({
      outlook: 'unknown',
      legs: [
        {
          provider: 'wyre',
          answer: { kind: 'notAsked', message: 'The worker that looked is not configured for wyre.' },
        },
      ],
    });
    expect(await refunds.preview(aRefundAt(saga.simulators, 'mircate'))).toEqual({
      ...{ outlook: 'invalid', idInUse: 'no' },
      problems: ['loyalty.provider: this provider is not served here (PROVIDERS)'],
    });
  });

  test('what has no limit needs a person; where no worker looks that is said, and nothing is left behind', async () => {
    expect(await met(ofCash(100, { currency: 'EUR', paid: undefined }))).toMatchObject({
      outlook: 'needsApproval',
      approval: [{ kind: 'overLimit', of: 'money', asked: 100, others: 0, limit: null }],
    });
    const nobody = createRefundClient({ client: saga.client, taskQueue: 'nobody-polls' });
    const request = ofCash(100);
    await expect(nobody.preview(request, { timeoutMs: 1_000 })).rejects.toMatchObject({
      code: 'workerUnavailable',
      message: expect.stringContaining(
        'nothing was sent or reserved, and no refund id was used up',
      ) as string,
    });
    await expect(refunds.overview(request.refundId)).rejects.toMatchObject({ code: 'notFound' });
  });
});

describe('without the lock of orders', () => {
  test('a preview says that nobody counts what is left', async () => {
    const unlocked = await startSaga({ environment: { ORDER_LOCK: 'off' }, over: saga.simulators });
    const client = createRefundClient({ client: unlocked.client, taskQueue: unlocked.taskQueue });
    try {
      const preview = await client.preview(ofCash(100));
      expect(preview).toMatchObject({ outlook: 'goesThrough', order: { kind: 'off' } });
    } finally {
      await unlocked.close();
    }
  });
});

/** A screen without the line ends that keep it within its columns. */
const unwrapped = ({ out }: Ran) => out.replace(/\s+/g, ' ');

describe('refund check', () => {
  function refund(args: string[], extra: Extra = {}): Promise<Ran> {
    return runRefund(args, {
      ...extra,
      environment: { REFUND_TASK_QUEUE: saga.taskQueue, ...extra.environment },
    });
  }

  async function fileOf(...requests: readonly unknown[]): Promise<string> {
    const file = path.join(folder, `${Math.random()}.json`);
    await writeFile(file, requests.map((request) => JSON.stringify(request)).join('\n'));
    return file;
  }

  const NOWHERE = { environment: { TEMPORAL_ADDRESS: '127.0.0.1:1' } };

  test('checks one request or many without a server', async () => {
    const [one, other] = [aRefund(saga.simulators), ofCash(100)];
    const first = await refund(['check', await fileOf(one)], NOWHERE);
    expect(first).toMatchObject({
      code: 0,
      err: '',
      out: expect.stringContaining('Valid: 1 refund of 1 order:') as string,
    });
    const json = parsed(await refund(['check', '-', '--json'], { ...NOWHERE, stdin: JSON.stringify(one) }));
    expect(json).toMatchObject({
      refundId: one.refundId,
      requestHash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
    const many = await refund(['check', '--lines', await fileOf(one, other)], NOWHERE);
    expect(many).toMatchObject({
      code: 0,
      out: expect.stringContaining('All are valid: 2 refunds of 2 orders:') as string,
    });
    const bad = await refund(
      ['check', '--lines', await fileOf(one, { ...other, currency: 'hunter2' })],
      NOWHERE,
    );
    expect(bad).toMatchObject({ code: 1, out: '' });
    expect(bad.err).toContain('line 2: currency: must be an ISO 4217 currency');
    const wrong = await refund(['check', await fileOf({ ...other, currency: 'hunter2' })], NOWHERE);
    expect(wrong).toMatchObject({ code: 1, out: '' });
    for (const args of [['check'], ['check', '--lines', '-', '--ask'], ['check', 'a', '--lines', 'b']])
      expect(await refund(args)).toMatchObject({ code: 2, out: '' });
  });

  test('--ask shows what a refund would meet on 80 columns, and its exit code tells whether it would go through', async () => {
    const first = ofCash(40_000, { sale: aPaywallLeg() });
    const check = async (request: RefundRequest) =>
      refund(['check', await fileOf(request), '--ask'], { columns: 80 });
    const fine = await check(first);
    expect(fine).toMatchObject({ code: 0, err: '' });
    expect(unwrapped(fine)).toContain('would go through, and nobody would be asked.');
    expect(unwrapped(fine)).toContain('- cash: 1000.00 TRY of 1000.00 TRY left; other refunds hold 0.00 TRY');
    expect((await saga.run(first)).status).toBe('refunded');

    const again = { ...beside(first, 40_000), sale: undefined };
    const asked = await check(again);
    expect(asked.code).toBe(0);
    expect(unwrapped(asked)).toContain('would wait for a person to approve it.');
    expect(unwrapped(asked)).toContain(
      "- money: 400.00 TRY, with 500.00 TRY of the order's other refunds, exceeds the",
    );
    expect(unwrapped(asked)).toContain(
      `- cash: refund ${first.refundId} of the same order has refunded 400.00 TRY`,
    );
    expect(unwrapped(asked)).toContain('nothing was sent or reserved, and no refund id was used up.');

    const over = await check(beside(first, 70_000));
    expect(over.code).toBe(1);
    expect(unwrapped(over)).toContain('would be declined; nothing would move.');
    expect(over.out).toMatch(/paywall +100\.00 TRY +says no/);

    const made = await check(first);
    expect(made.code).toBe(1);
    expect(unwrapped(made)).toMatch(
      new RegExp(
        `^Refund ${first.refundId} was already started: a start would attach to it and refund nothing again`,
      ),
    );
    expect(unwrapped(made)).toContain('The same under a free refund id would be declined');
    const other = await check({ ...first, reason: 'something else' });
    expect(unwrapped(other)).toMatch(
      /^Refund id \S+ is used for a different refund, and a start would be refused/,
    );
    for (const { out } of [fine, asked, over, made, other]) {
      expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    }
    const json = parsed(await refund(['check', await fileOf(first), '--ask', '--json']));
    expect(json).toMatchObject({ outlook: 'declined', idInUse: 'sameRefund' });
  });
});
