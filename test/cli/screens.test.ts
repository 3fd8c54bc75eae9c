import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fitted } from '../../src/cli/layout';
import { findingOf, showFinding } from '../../src/cli/stuck';
import { noticeFinding, showNotice } from '../../src/cli/overdue-notices';
import type { RefundRequest, StuckRefund } from '../../src/client/operator';
import { privatePem } from '../support/approvers';
import { parsed, runRefund } from '../support/cli';
import type { Extra, Ran } from '../support/cli';
import { seed } from '../support/requests';
import { startSaga } from '../support/saga';
import type { Saga } from '../support/saga';
import { longest, tooLong, wordsOf } from '../support/screens';

/** What every command shows on 80 columns, of refunds whose values are all as long as they may be. */
let saga: Saga;
let folder: string;
let parked: RefundRequest;
let waiting: RefundRequest;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'refund-screens-'));
  saga = await startSaga({ environment: { APPROVAL_LIMITS: '' } });
  parked = longest(1);
  waiting = longest(2);
  for (const request of [parked, waiting]) {
    seed(saga.simulators, request);
    await saga.until(await saga.start(request), ({ waitingOn }) => waitingOn === 'approval');
  }
  const match = parked.cash?.provider === 'sipay' ? parked.cash.transactionId : '';
  saga.simulators.faults.add({ provider: 'sipay', operation: 'refund', kind: 'refuse', match });
  const approved = await refund([
    'approve',
    parked.refundId,
    '--by',
    'ana',
    '--note',
    `seen ${LONG}`,
    '--yes',
  ]);
  expect(approved.code).toBe(0);
  await saga.parked(saga.client.workflow.getHandle(`refund:${parked.refundId}`), 'cash');
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await saga.close();
});

const LONG = `it is in the list of the panel of the provider, ${'y'.repeat(100)}, and nobody else was there`;

function refund(args: string[], extra: Extra = {}): Promise<Ran> {
  return runRefund(args, { ...extra, environment: { REFUND_TASK_QUEUE: saga.taskQueue } });
}

async function fileOf(text: string): Promise<string> {
  const file = path.join(folder, `${Math.random()}`);
  await writeFile(file, text);
  return file;
}

/** What stands on the screen: whoever answers a question there ends its line. */
function shown({ out, err }: Ran): string {
  return (out + err).replace(/(login: |provider: |of it: |word: |\[y\/N\] )/g, '$1\n');
}

/** Runs a command that only looks, on a wide terminal and on one of 80 columns, and compares them. */
async function looked(args: string[], extra: Extra = {}): Promise<Ran> {
  const wide = await refund(args, extra);
  const narrow = await refund(args, { ...extra, columns: 80 });
  expect(narrow.code).toBe(wide.code);
  expect(tooLong(shown(narrow))).toEqual([]);
  const [words, known] = [wordsOf(shown(narrow)), wordsOf(shown(wide))];
  // No word is broken, and none is left out but the title of a column in which nothing stands.
  expect([...words].filter((word) => !known.has(word))).toEqual([]);
  expect([...known].filter((word) => !words.has(word) && !/^[A-Z]+$/.test(word))).toEqual([]);
  return narrow;
}

describe('80 columns', () => {
  test.each([
    ['list', () => ['list', '--order', parked.orderId]],
    ['show, of a parked leg', () => ['show', parked.refundId]],
    ['show, of one that waits', () => ['show', waiting.refundId]],
    ['status', () => ['status', parked.refundId]],
    ['order', () => ['order', parked.orderId]],
    ['status, of no refund', () => ['status', 'z'.repeat(64)]],
    ['order, of no order', () => ['order', 'z'.repeat(64)]],
    ['heal, of one that does not hang', () => ['heal', waiting.refundId]],
    ['resolve, without what it needs', () => ['resolve', parked.refundId]],
    ['a wrong command', () => ['frobnicate', 'z'.repeat(64)]],
  ])('%s', async (_, args) => {
    await looked(args());
  });

  test.each(['attention', 'list', 'stuck'])('%s, of all that the server has', async (command) => {
    const { out, err } = await refund([command], { columns: 80 });
    expect(tooLong(out + err)).toEqual([]);
  });

  test('the dialogs', async () => {
    const approve = await looked(['approve', waiting.refundId], { answers: ['ana', 'n'] });
    expect(approve.err).toContain('Send "approve" as ana? [y/N] ');
    const answers = ['refunded', 'ana', LONG, 'bank-1', 'n'];
    const resolve = await looked(['resolve', parked.refundId], { answers });
    expect(resolve.err).toContain('Then choose:');
    const release = ['order', 'release', parked.orderId, '--refund', parked.refundId, '--by', 'ana'];
    await looked([...release, '--evidence', LONG], { answers: ['n'] });
  });

  test('what is checked, asked and signed before anything is sent', async () => {
    const file = await fileOf(JSON.stringify(parked));
    await looked(['check', file]);
    await looked(['check', file, '--ask']);
    const lines = await fileOf([longest(3), longest(4)].map((request) => JSON.stringify(request)).join('\n'));
    await looked(['check', '--lines', lines]);
    await looked(['start', '--lines', lines], { answers: ['n'] });
    const wrong = await fileOf('{"cash":{"provider":"wyre"},"loyalty":{"provider":"mircate"}}');
    await looked(['check', wrong]);
    const key = await fileOf(privatePem('ana'));
    // The requester cannot decide: what is signed is shown, and refused.
    const signing = await looked(['approve', waiting.refundId, '--by', waiting.requestedBy, '--key', key]);
    expect(signing.out).toContain('Signing as');
  });

  test('what changes, and what came of it', async () => {
    const watched = refund(['watch', waiting.refundId], { columns: 80 });
    await refund(['reject', waiting.refundId, '--by', 'ana', '--note', LONG, '--yes'], { columns: 80 });
    const { out, err } = await watched;
    expect(tooLong(out + err)).toEqual([]);
    await looked(['wait', waiting.refundId]);
    await looked(['cancel', waiting.refundId]);
  });

  test.each(['frozen', 'paused', 'notTaken', 'failing', 'cutOff', 'ambiguous'] as const)(
    'a refund that is stuck: %s',
    (kind) => {
      const { refundId } = parked;
      const since = '2026-11-01T10:00:00.123Z';
      const doubt = { leg: 'loyalty', side: 'reversal', provider: 'dsquares', since, runId: 'r'.repeat(36) };
      const stuck = {
        ...{ refundId, kind, since, workflowId: `refund:${refundId}`, runId: 'r'.repeat(36) },
        ...{ newerRunId: null, taskQueue: `queue-${'q'.repeat(190)}-dsquares`, hasSent: true },
        ...{
          waitingOn: 'operator',
          why: 'timed out',
          doubts: [doubt],
          callsInFlight: ['refundLeg'],
          pausedActivity: 'refund-1',
        },
        failing: { activity: 'planRefund', lastFailure: `${LONG}.`, unreadableRuns: ['r'.repeat(36)] },
      } as unknown as StuckRefund;
      process.stdout.columns = 80;
      for (const newerRunId of [null, 'n'.repeat(36)])
        expect(tooLong(fitted(showFinding(findingOf({ ...stuck, newerRunId }))))).toEqual([]);
    },
  );

  test('a notice that nobody takes', () => {
    const { refundId } = parked;
    const workflowId = `notice:${refundId}:waits:1234567890`;
    const notice = { refundId, workflowId, runId: 'r'.repeat(36), startedAt: '2026-11-01T10:00:00Z' };
    process.stdout.columns = 80;
    expect(tooLong(fitted(showNotice(noticeFinding(notice as never))))).toEqual([]);
  });
});

test('JSON is the same on every terminal', async () => {
  for (const args of [
    ['status', parked.refundId],
    ['show', parked.refundId],
    ['order', parked.orderId],
    ['list', '--order', parked.orderId],
  ]) {
    const wide = await refund([...args, '--json']);
    const narrow = await refund([...args, '--json'], { columns: 80 });
    expect(parsed(narrow)).toEqual(parsed(wide));
    expect({ code: narrow.code, out: narrow.out, err: narrow.err }).toEqual(wide);
  }
});
