import { setTimeout as pause } from 'node:timers/promises';
import type { RefundRequest } from '../../../src/client';
import type { RefundRow } from '../../../src/client/overview';
import type { RefundStatus } from '../../../src/domain/state';
import { wrongInBooks } from './judge';
import { recordsOf } from './orders';
import type { Stack } from './stack';

/** Whatever is longer under way than this hangs. */
const END_MS = 300_000;
/** The exit code of `refund` where the server, or a worker, did not respond. */
const NOT_ANSWERED = 4;
const ANSWER_MS = 60_000;
/** How often the list of refunds is read, each time by a process of its own. */
const EVERY_MS = 2_000;

/** Puts what was paid into the simulators' books, and starts the refunds as an order service would. */
export async function startRefunds(stack: Stack, requests: readonly RefundRequest[]): Promise<void> {
  await stack.control('seed', recordsOf(requests));
  const lines = requests.map((request) => JSON.stringify(request)).join('\n');
  await stack.inWorker(['refund', 'start', '--lines', '-', '--yes'], lines);
}

/** The statuses of refunds once all are as wanted. Visibility lags, so the list is read until it says so. */
export async function whenAll(
  stack: Stack,
  requests: readonly RefundRequest[],
  wanted: readonly RefundStatus[],
): Promise<Map<string, RefundStatus>> {
  const ids = new Set(requests.map(({ refundId }) => refundId));
  const begin = Date.now();
  for (;;) {
    const { code, output, problem } = await stack.tryInWorker([
      'refund',
      'list',
      '--json',
      '--limit',
      '1000',
    ]);
    // While the server or the worker is away there is no list.
    const rows = code === 0 ? (JSON.parse(output) as RefundRow[]).filter((row) => ids.has(row.refundId)) : [];
    const there = rows.filter(({ status }) => status !== null && wanted.includes(status));
    if (there.length === ids.size)
      return new Map(there.map((row) => [row.refundId, row.status as RefundStatus]));
    if (Date.now() - begin > END_MS) {
      const rest = rows
        .filter((row) => !there.includes(row))
        .map((row) => `${row.refundId} ${row.status} ${row.reason}`);
      throw new Error(
        `${there.length} of ${ids.size} came so far: ${[problem.trim(), ...rest].join('; ').slice(0, 600)}`,
      );
    }
    await pause(EVERY_MS);
  }
}

/** Awaits that each was refunded, and that the books show each leg once and in full. */
export async function allRefunded(stack: Stack, requests: readonly RefundRequest[]): Promise<void> {
  await requireBooks(stack, requests, await whenAll(stack, requests, ['refunded']));
}

/** Compares the providers' books with these ends. */
export async function requireBooks(
  stack: Stack,
  requests: readonly RefundRequest[],
  statuses: ReadonlyMap<string, RefundStatus>,
): Promise<void> {
  const wrong = wrongInBooks(await stack.books(), requests, statuses);
  if (wrong.length > 0) throw new Error(`The books differ:\n${wrong.slice(0, 20).join('\n')}`);
}

/**
 * Sends the approval of a person. After the server was away for a moment no worker may answer in time; the refund then
 * keeps its place, the message may still arrive, and the person is told to look and ask again.
 */
export async function approve(stack: Stack, { refundId }: RefundRequest): Promise<void> {
  const begin = Date.now();
  for (;;) {
    const { code, problem } = await stack.tryInWorker(['refund', 'approve', refundId, '--by', 'ana']);
    if (code === 0 || problem.includes('the decision was already made: approved')) return;
    if (code !== NOT_ANSWERED || Date.now() - begin > ANSWER_MS)
      throw new Error(`refund approve ended with ${code}: ${problem.trim()}`);
    await pause(EVERY_MS);
  }
}
