import { randomUUID } from 'node:crypto';
import { createOperatorClient, UnknownPlaceError } from '../src/client/operator';
import { placeOf } from '../src/client/oldest';
import type { AttentionPage } from '../src/client/operator';
import { renderMarkdown } from '../src/cli/markdown';
import type { RefundRequest, RefundState } from '../src/client/operator';
import { parsed, runRefund } from './support/cli';
import type { Extra, Ran } from './support/cli';
import { aRefund } from './support/requests';
import { resetByHand } from './support/reset';
import { startSaga } from './support/saga';
import type { Saga } from './support/saga';

/** What an operator does in a terminal. Refunds of more than 200.00 TRY wait for a person. */
let saga: Saga;

beforeAll(async () => {
  saga = await startSaga({ environment: { APPROVAL_LIMITS: 'TRY=20000,points=5000' } });
});

afterAll(() => saga.close());

function refund(args: string[], extra: Extra = {}): Promise<Ran> {
  return runRefund(args, {
    ...extra,
    environment: { REFUND_TASK_QUEUE: saga.taskQueue, ...extra.environment },
  });
}

/** A refund that waits for approval. */
async function waiting(overrides: Partial<RefundRequest> = {}): Promise<RefundRequest> {
  const request = aRefund(saga.simulators, {
    ...overrides,
    sale: {
      ...{ provider: 'paywall', externalReference: `sale-desk-${Math.random()}`, amountMinor: 90_000 },
      ...{ rollbackFee: true, rollbackCashback: true },
    },
  });
  await saga.until(await saga.start(request), ({ waitingOn }) => waitingOn === 'approval');
  return request;
}

/** A refund whose cash sipay refused after the sale was refunded. */
async function parked(): Promise<RefundRequest> {
  const request = aRefund(saga.simulators);
  delete request.loyalty;
  const match = request.cash?.provider === 'sipay' ? request.cash.transactionId : '';
  saga.simulators.faults.add({ provider: 'sipay', operation: 'refund', kind: 'refuse', match });
  await saga.parked(await saga.start(request), 'cash');
  return request;
}

describe('refund attention', () => {
  test('names what waits, the oldest first, with the reason and the amount', async () => {
    const leg = await parked();
    const approval = await waiting();
    let rows: { refundId: string; reason: string; amount: string }[] = [];
    for (let round = 0; rows.length < 2 && round < 100; round += 1) {
      rows = (parsed(await refund(['attention', '--json'])) as typeof rows).filter(({ refundId }) =>
        [leg.refundId, approval.refundId].includes(refundId),
      );
    }
    expect(rows).toMatchObject([
      {
        refundId: leg.refundId,
        amount: '25.50 TRY',
        reason: 'cash at sipay: the refund was declined',
        act: 'Mend what sipay objects to, then send retry, or pay the customer in another way and say refunded with the reference of that payment.',
      },
      {
        refundId: approval.refundId,
        amount: '500 points (loyalty), 900.00 TRY (sale) and 25.50 TRY (cash)',
        reason: 'approval, requested by order-service',
      },
    ]);
    const refunds = createOperatorClient({ client: saga.client });
    const pages: string[] = [];
    for (let after: string | null = ''; after !== null;) {
      const page: AttentionPage = await refunds.attention({ limit: 2, after });
      pages.push(...page.rows.map(({ startedAt, refundId }) => `${startedAt} ${refundId}`));
      after = page.next;
    }
    expect(pages).toEqual([...new Set(pages)].toSorted());
    for (const { refundId } of rows) expect(pages.join()).toContain(refundId);
    const first = await refund(['attention', '--json', '--limit', '1']);
    expect(first.err).toMatch(/^\d+ more wait for a person: refund attention --limit 1 --after \S+\n$/);
    const last = await refund(['attention', '--after', placeAfter(Date.now() + 3_600_000)]);
    expect(last).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^Nothing more waits .* after this/) as string,
    });
    const { code, out } = await refund(['attention']);
    expect(code).toBe(0);
    expect(out).toMatch(/^REFUND +ORDER +STARTED +CLOSES +AMOUNT +WAITS BECAUSE\n/);
    expect(out).toMatch(/\nWhat they need:\n(?:.*\n)*- Mend what sipay objects to, then send retry, or pay/);
    expect(out).toMatch(/\nWhat to do: refund (?:show|resolve|approve) \S+\n/);
  });
});

describe('refund attention after a place', () => {
  test.each(['zzz', 'a b', Buffer.from('2026-11-01').toString('base64url')])(
    'that no page named (%s) is refused, for after it nothing would seem to wait',
    async (place) => {
      const { code, out, err } = await refund(['attention', '--after', place]);
      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(err).toContain('--after takes the place that the previous page named');
      const refunds = createOperatorClient({ client: saga.client });
      await expect(refunds.attention({ after: place })).rejects.toBeInstanceOf(UnknownPlaceError);
    },
  );
});

/** The place behind all refunds that were started before a time. */
function placeAfter(milliseconds: number): string {
  const startedAt = new Date(milliseconds).toISOString();
  return Buffer.from(placeOf({ startedAt, workflowId: 'refund:z', runId: randomUUID() })).toString(
    'base64url',
  );
}

describe('refund show', () => {
  test('tells the story of the current details as plain text', async () => {
    const { refundId } = await parked();
    const { code, out, err } = await refund(['show', refundId]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('A person must resolve cash, 25.50 TRY at sipay: the refund was declined.\n');
    expect(out).toMatch(/^Leg {3}Provider {2}Amount {6}State {23}Reference$/m);
    expect(out).toMatch(/^cash {2}sipay {5}25\.50 TRY {3}parked, not refunded by us$/m);
    expect(out).toContain(`our reference ${refundId}:cash`);
    expect(out).toContain('- turnBack: give up this leg');
    expect(out).toContain(`    refund resolve ${refundId} --leg cash --outcome retry`);
    expect(out).not.toMatch(/[*`\u00a0]/);
    const { state, briefing } = parsed(await refund(['show', refundId, '--json'])) as Record<string, object>;
    expect(state).toMatchObject({ refundId, waitingOn: 'operator' });
    expect(briefing).toMatchObject({ legs: { cash: { amount: '25.50 TRY' } } });
  });

  test('what has ended is told in short when no worker is there', async () => {
    const request = aRefund(saga.simulators);
    await saga.run(request);
    await saga.stopWorkers();
    try {
      const { code, out } = await refund(['show', request.refundId]);
      expect(code).toBe(0);
      expect(out).toContain(': refunded\n');
    } finally {
      await saga.startWorkers();
    }
  });

  test('Markdown becomes plain text', () => {
    const rows = ['| A   | B   |', '| :--- | :--- |', '| **x**   |    |'];
    const markdown = ['**Bold** and `code`, 1 \\* 2', '', ...rows, '', '```', 'a * b', '```', 'end'];
    expect(renderMarkdown(markdown.join('\n'))).toBe('Bold and code, 1 * 2\n\nA  B\nx\n\n    a * b\nend');
  });
});

describe('in a terminal', () => {
  test('approve shows what it does, asks for the name and sends only after y', async () => {
    const { refundId } = await waiting();
    const no = await refund(['approve', refundId], { answers: ['ana', 'n'] });
    expect(no).toMatchObject({ code: 1, out: '' });
    expect(no.err).toMatch(/^sale {5}paywall {3}pending {2}900\.00 TRY$/m);
    expect(no.err).toContain('approve: the legs are refunded now, one after another.');
    expect(no.err).toContain('Send "approve" as ana? [y/N] Stopped; nothing was sent.');
    const gone = await refund(['approve', refundId], { answers: [] });
    expect(gone).toMatchObject({ code: 1, out: '' });
    expect(gone.err).toContain('Stopped; nothing was sent.');
    const yes = await refund(['approve', refundId, '--note', 'seen'], { answers: ['', '  ana ', 'y'] });
    expect(yes).toMatchObject({ code: 0 });
    expect(yes.out).toMatch(/^\S+ \S+ UTC \(\d+ s\) ana: approve \(seen\)$/m);
    expect(await refund(['watch', refundId])).toMatchObject({ code: 0 });
  });

  test('resolve finds the parked leg, lists what it accepts, and asks for the rest', async () => {
    const { refundId } = await parked();
    const wrong = await refund(['resolve', refundId, '--outcome', 'waived'], { answers: [] });
    expect(wrong.err).toContain('"waived" is not accepted now.\n');
    expect(wrong).toMatchObject({ code: 1, out: '' });
    const answers = ['sometimes', '2', 'ana', 'paid by bank', 'bank-1', 'y'];
    const { code, out, err } = await refund(['resolve', refundId], { answers });
    expect(code).toBe(0);
    expect(err).toContain('What to do: Mend what sipay objects to, then send retry, or pay the customer');
    expect(err).toMatch(
      /To find it at sipay:\n- a refund of payment \d+, our reference \S+:cash\n- 25\.50 TRY\n- sent once, at /,
    );
    expect(err).toContain('  1  retry: try again');
    expect(err).toContain('  2  refunded: you refunded it in another way (add a providerReference)');
    expect(err.match(/Number or word: /g)).toHaveLength(2);
    expect(err).toContain(
      'refunded: you refunded it in another way (add a providerReference): it counts as refunded.\n',
    );
    expect(out).toContain(`Accepted. Follow it with: refund watch ${refundId}`);
    expect(out).toMatch(/^cash +sipay +refunded +25\.50 TRY +bank-1 +operator$/m);
    const again = await refund(['resolve', refundId, '--leg', 'cash'], { answers: [] });
    expect(again).toMatchObject({ code: 1, out: '' });
    expect(again.err).toMatch(
      /^Refused, nothing was changed: the cash leg of refund \S+ is not parked \(refunded\)/,
    );
  });

  test('--yes with all that is needed asks nothing', async () => {
    const { refundId } = await waiting();
    const rejected = await refund(['reject', refundId, '--by', 'ana', '--yes'], { answers: [] });
    expect(rejected).toMatchObject({ code: 0, err: '' });
    expect(await refund(['wait', refundId])).toMatchObject({ code: 1 });
  });
});

describe('in a pipe', () => {
  test.each([
    [['approve', 'rf-1'], '--by'],
    [['reject', 'rf-1', '--by', ''], '--by'],
    [['resolve', 'rf-1'], '--leg, --outcome, --by, --evidence'],
    [
      ['resolve', 'rf-1', '--leg', 'cash', '--outcome', 'refunded', '--by', 'ana', '--evidence', 'seen'],
      '--reference',
    ],
  ])('%j waits for nobody', async (args, missing) => {
    const environment = { TEMPORAL_ADDRESS: '127.0.0.1:1' };
    const { code, out, err } = await refund(args, { environment });
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(`Missing: ${missing}; nothing was sent.`);
  });

  test('what is said in full is sent without a question', async () => {
    const { refundId } = await waiting();
    expect(await refund(['approve', refundId, '--by', 'ana'])).toMatchObject({ code: 0, err: '' });
    expect(await refund(['wait', refundId])).toMatchObject({ code: 0 });
  });
});

describe('refund watch', () => {
  test('prints a line for each change, notes a reset, and ends as wait does', async () => {
    // What cannot be looked up at its provider would park: nobody knows what the run before the reset did.
    const { refundId } = await waiting({ loyalty: undefined });
    const handle = saga.client.workflow.getHandle(`refund:${refundId}`);
    const watched = refund(['watch', refundId]);
    const pause = () => new Promise((resolve) => setTimeout(resolve, 1_500));
    await pause();
    await resetByHand(handle, 4);
    await saga.until(handle, ({ waitingOn }) => waitingOn === 'approval');
    await pause();
    await refund(['reject', refundId, '--by', 'ana']);
    const { code, out } = await watched;
    expect(code).toBe(1);
    expect(out).toMatch(
      /^\d\d:\d\d:\d\d {2}awaitingApproval, waiting for a person · sale pending · cash pending · do: refund show /,
    );
    expect(out).toMatch(/^\d\d:\d\d:\d\d {2}the run was reset; run \S+ continues/m);
    expect(out).toContain(`Refund ${refundId} of order`);
    expect(out).toContain(': rejected\n');
  });

  test('a terminated run ends it with 1; with --json only the end is on standard output', async () => {
    const cut = await waiting();
    const watched = refund(['watch', cut.refundId, '--json']);
    await new Promise((resolve) => setTimeout(resolve, 500));
    await saga.client.workflow.getHandle(`refund:${cut.refundId}`).terminate('wrong button');
    const { code, out, err } = await watched;
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('awaitingApproval');
    expect(err).toContain('was terminated by hand (wrong button)');
    const done = aRefund(saga.simulators);
    await saga.run(done);
    const { refundId } = parsed(await refund(['watch', done.refundId, '--json'])) as RefundState;
    expect(refundId).toBe(done.refundId);
  });
});
