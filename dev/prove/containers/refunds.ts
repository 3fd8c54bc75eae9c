import { setTimeout as pause } from 'node:timers/promises';
import type { RefundRequest } from '../../../src/client';
import type { RefundRow } from '../../../src/client/overview';
import type { RefundStatus } from '../../../src/domain/state';
import { wrongInBooks } from './judge';
import { resolveParked } from './operator';
import { recordsOf } from './orders';
import type { Stack } from './stack';

/** Whatever is longer under way than this hangs. */
const END_MS = 300_000;
/** The exit code of `refund` where the server, or a worker, did not respond, or refused the call. */
export const NOT_ANSWERED = 4;
const ANSWER_MS = 60_000;
/** How often the list of refunds is read, each time by a process of its own. */
const EVERY_MS = 2_000;

/** Puts what was paid into the simulators' books, and starts the refunds as an order service would. */
export async function startRefunds(stack: Stack, requests: readonly RefundRequest[]): Promise<void> {
  await stack.control('seed', recordsOf(requests));
  const lines = requests.map((request) => JSON.stringify(request)).join('\n');
  await stack.inWorker(['refund', 'start', '--lines', '-', '--yes'], lines);
}

/** The statuses of refunds once all are as wanted. */
export function whenAll(
  stack: Stack,
  requests: readonly RefundRequest[],
  wanted: RefundStatus,
): Promise<Map<string, RefundStatus>> {
  return until(stack, requests, wanted, () => Promise.resolve());
}

/**
 * Awaits that each was refunded, and that the books show each leg once and in full. Legs that wait for a person, because
 * a call was cut off and its provider cannot prove what became of it, are resolved as the books show.
 * @returns how many these were, as a half-sentence
 */
export async function allRefunded(stack: Stack, requests: readonly RefundRequest[]): Promise<string> {
  const resolved = new Set<string>();
  const statuses = await until(stack, requests, 'refunded', async (request, row) => {
    if (row.waitingOn !== 'operator') return;
    resolved.add(row.refundId);
    await resolveParked(stack, request, row);
  });
  await requireBooks(stack, requests, statuses);
  return resolved.size === 0 ? 'no person was asked' : `${resolved.size} after an operator's word`;
}

/** Visibility lags, so the list is read until it says so. */
async function until(
  stack: Stack,
  requests: readonly RefundRequest[],
  wanted: RefundStatus,
  meanwhile: (request: RefundRequest, row: RefundRow) => Promise<void>,
): Promise<Map<string, RefundStatus>> {
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
    const rows = code === 0 ? (JSON.parse(output) as RefundRow[]) : [];
    const found = requests.flatMap((request) => {
      const row = rows.find(({ refundId }) => refundId === request.refundId);
      return row ? [{ request, row }] : [];
    });
    const rest = found.filter(({ row }) => row.status !== wanted);
    if (found.length === requests.length && rest.length === 0)
      return new Map(requests.map(({ refundId }) => [refundId, wanted]));
    if (Date.now() - begin > END_MS) {
      const shown = rest.map(({ row }) => `${row.refundId} ${row.status} ${row.reason}`);
      throw new Error(`Not all are ${wanted}: ${[problem.trim(), ...shown].join('; ').slice(0, 600)}`);
    }
    for (const { request, row } of rest) await meanwhile(request, row);
    await pause(EVERY_MS);
  }
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
