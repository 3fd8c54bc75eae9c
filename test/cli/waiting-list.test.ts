import { createWaitingReader } from '../../src/cli/inbox/waiting-list';
import type { ReadRun } from '../../src/cli/away';
import { WorkerUnavailableError } from '../../src/client/operator';
import type { OperatorClient, RefundRow, RefundState } from '../../src/client/operator';

const HOUR_MS = 3_600_000;
const AT = Date.parse('2026-11-01T10:00:00Z');

/** Questions, the first of them the oldest; each expires far away but those named. */
function aDesk(count: number, expiresInMs: Record<string, number> = {}) {
  const asked: string[] = [];
  const rows = Array.from({ length: count }, (_, index) => {
    const refundId = `rf-${index}`;
    return {
      ...{ refundId, workflowId: `refund:${refundId}`, runId: `run-${index}`, orderId: `order-${index}` },
      ...{ status: 'awaitingApproval', waitingOn: 'approval', needsAttention: true, reason: 'approval' },
      ...{ taskQueue: 'refunds', startedAt: new Date(AT + index).toISOString(), run: 'RUNNING' },
      ...{ hangs: false, historyBytes: 1 },
    } satisfies RefundRow;
  });
  const state = (refundId: string) =>
    ({
      refundId,
      orderId: 'o',
      status: 'awaitingApproval',
      waitingOn: 'approval',
      legs: {},
      people: [],
    }) as RefundState;
  const briefing = (refundId: string) => ({
    ...{ requestedBy: 'shop', reason: 'returned', currency: 'TRY', legs: {} },
    decideBefore: new Date(Date.now() + (expiresInMs[refundId] ?? 100 * HOUR_MS)).toISOString(),
  });
  const client = {
    attention: ({ limit = 0 }) =>
      Promise.resolve({ rows: rows.slice(0, limit), more: Math.max(rows.length - limit, 0), next: null }),
    overview: (refundId: string) => Promise.resolve(rows.find((row) => row.refundId === refundId)),
    state: (refundId: string) => {
      asked.push(refundId);
      return Promise.resolve(state(refundId));
    },
    briefing: (refundId: string) => Promise.resolve(briefing(refundId)),
    kept: () => Promise.resolve({ asOf: '2026-11-01T09:00:00Z', since: { messages: 0, results: 0 } }),
  } as unknown as OperatorClient;
  const readRun = (() =>
    Promise.resolve({ state: state('rf-0'), briefing: briefing('rf-0'), details: '' })) as unknown as ReadRun;
  return { client, readRun, asked, rows };
}

const idsIn = ({ waiting }: { waiting: readonly { refundId: string }[] }) =>
  waiting.map(({ refundId }) => refundId);

test('what closes within a day comes first, however young it is, the soonest of it first', async () => {
  const { client, readRun } = aDesk(260, { 'rf-240': 3 * HOUR_MS, 'rf-259': 2 * HOUR_MS });
  const list = await createWaitingReader(client, readRun)();
  expect(idsIn(list).slice(0, 4)).toEqual(['rf-259', 'rf-240', 'rf-0', 'rf-1']);
  expect(list).toMatchObject({ more: 60, note: '' });
  expect(list.waiting).toHaveLength(200);
});

test('of more than can be looked into it says so', async () => {
  const { client, readRun } = aDesk(1_020);
  const list = await createWaitingReader(client, readRun)();
  expect(list).toMatchObject({
    more: 820,
    note: 'The 20 youngest were not looked into: one of them may close sooner.',
  });
});

test('after a case only that one and what waits for something new is looked into; all of it is when asked', async () => {
  const { client, readRun, asked, rows } = aDesk(4, { 'rf-3': HOUR_MS });
  const read = createWaitingReader(client, readRun);
  const first = idsIn(await read());
  asked.splice(0);
  Object.assign(rows[2] ?? {}, { reason: 'wyre:ambiguous' });
  expect(idsIn(await read('rf-1'))).toEqual(first);
  expect(asked.toSorted()).toEqual(['rf-1', 'rf-2']);
  asked.splice(0);
  expect(idsIn(await read())).toEqual(['rf-3', 'rf-0', 'rf-1', 'rf-2']);
  expect(asked).toHaveLength(4);
});

test('that it was read from histories is said, and is no reason not to ask the worker again', async () => {
  const { client, readRun, asked } = aDesk(2);
  const { client: awake } = aDesk(2);
  const away = new WorkerUnavailableError('rf-0', 'noPoller', 'nobody');
  client.state = () => Promise.reject(away);
  const read = createWaitingReader(client, readRun);
  expect((await read()).note).toMatch(
    /^No worker answers\. What they wait for is read from their histories; the oldest is as of 2026-11-01 09:00:00 UTC/,
  );
  client.state = (refundId) => {
    asked.push(refundId);
    return awake.state(refundId);
  };
  expect((await read('rf-9')).note).toBe('');
  expect(asked).toEqual(['rf-0', 'rf-1']);
});
