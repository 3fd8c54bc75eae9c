import type { RefundRequest } from '../domain/request';
import { RefundConflictError, RefundError } from './errors';
import { InvalidRefundRequestError } from './invalid-request';
import { checkRequest, start } from './start';
import type { StartedRefund } from './start';
import { isUnanswered } from './temporal-calls';
import type { Access } from './temporal-calls';
import { together } from './together';
import { beginWait } from './wait';
import type { Wait } from './wait';

/** How many refunds are started. */
export interface StartAllOptions {
  /** At most so many calls to the server at a time. Default: 20. */
  parallel?: number;
  /** Nothing more is sent after it; the calls that were sent are awaited. */
  signal?: AbortSignal;
  /** Told what became of each refund as soon as it is known, in no order. */
  onResult?: (result: StartResult, index: number) => void;
}

/**
 * What became of one of many refunds.
 * - `started`, `existing`: the same refund runs or has ended; `existing` where it was there before this call
 * - `conflict`: its id is used up by another content; nothing was started
 * - `failed`: the server refused it, or what is there cannot be read; nothing was started
 * - `unknown`: the server did not answer, so that it may have been started
 * - `notBegun`: nothing was sent, because the server stayed away or the signal came first
 */
export type StartResult =
  | { outcome: 'started' | 'existing'; refundId: string; started: StartedRefund }
  | { outcome: 'conflict' | 'failed' | 'unknown'; refundId: string; error: RefundError }
  | { outcome: 'notBegun'; refundId: string };

/** One of many requests that are still to be read, and what it is called where it is wrong. */
export interface NamedRequest {
  name: string;
  /** @throws InvalidRefundRequestError */
  read: () => unknown;
}

const PARALLEL = 20;

/**
 * Starts many refunds, or attaches to the same ones. Each may be sent again where no answer came, for that never refunds
 * twice; once the server stays away for longer than the patience, nothing more is begun.
 * @returns what became of each, in the order of the requests
 * @throws InvalidRefundRequestError naming every wrong field of all: nothing was started
 */
export async function startAll(
  access: Access,
  patienceMs: number,
  inputs: readonly RefundRequest[],
  { parallel = PARALLEL, signal, onResult }: StartAllOptions = {},
): Promise<StartResult[]> {
  if (!(Number.isSafeInteger(parallel) && parallel > 0))
    throw new TypeError('parallel must be a whole number, one or more');
  const requests = checkRequests(
    inputs.map((input, index) => ({ name: `requests[${index}]`, read: () => input })),
  );
  const wait = beginWait('', patienceMs, { signal });
  const left = requests.entries();
  const results: StartResult[] = [];
  let isOver = false;
  const takeTurns = async () => {
    for (const [index, request] of left) {
      const { refundId } = request;
      const isBegun = !isOver && signal?.aborted !== true;
      const result: StartResult = isBegun
        ? await startOne(access, wait, request)
        : { outcome: 'notBegun', refundId };
      isOver ||= result.outcome === 'unknown';
      results[index] = result;
      onResult?.(result, index);
    }
  };
  const lanes = Array.from({ length: Math.min(parallel, requests.length) }, () =>
    takeTurns().catch((error: unknown) => {
      isOver = true;
      throw error;
    }),
  );
  await together(lanes);
  return results;
}

/**
 * Checks many requests, and that no two of them have the same refund id.
 * @throws InvalidRefundRequestError naming every wrong field of all by the name of its request
 */
export function checkRequests(named: readonly NamedRequest[]): RefundRequest[] {
  const names = new Map<string, string>();
  const problems: string[] = [];
  const requests = named.flatMap(({ name, read }) => {
    try {
      const request = checkRequest(read());
      const first = names.get(request.refundId);
      if (first !== undefined) problems.push(`${name}: refundId: is also that of ${first}`);
      else names.set(request.refundId, name);
      return [request];
    } catch (error) {
      if (!(error instanceof InvalidRefundRequestError)) throw error;
      problems.push(...error.problems.map((problem) => `${name}: ${problem}`));
      return [];
    }
  });
  if (problems.length > 0) throw new InvalidRefundRequestError(problems);
  return requests;
}

async function startOne(access: Access, wait: Wait, request: RefundRequest): Promise<StartResult> {
  const { refundId } = request;
  for (;;) {
    try {
      const started = await start(access, request);
      wait.answered();
      return { outcome: started.existing ? 'existing' : 'started', refundId, started };
    } catch (error) {
      if (!(error instanceof RefundError)) throw error;
      if (error instanceof RefundConflictError) return { outcome: 'conflict', refundId, error };
      if (!isUnanswered(error)) return { outcome: 'failed', refundId, error };
      // The patience is over, or the signal came.
      const hasGivenUp = await wait.bear(error).then(
        () => false,
        () => true,
      );
      if (hasGivenUp) return { outcome: 'unknown', refundId, error };
    }
  }
}
