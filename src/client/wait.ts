import { setTimeout as pause } from 'node:timers/promises';
import { WaitEndedError } from './server-errors';
import { isUnanswered } from './temporal-calls';

/** How long to wait, and who may end the wait. */
export interface WaitOptions {
  /** Ends the wait, not the refund. */
  signal?: AbortSignal | undefined;
  /** At most so long, in milliseconds. Default: as long as it takes, days if need be. */
  timeoutMs?: number | undefined;
}

/** A wait under way. */
export interface Wait {
  /** How long the next question may take, in milliseconds: at most so long, and never beyond the caller's limit. */
  leftMs(longestMs: number): number;
  /** Awaits an answer, or the caller's signal. @throws WaitEndedError */
  orAborted<Result>(ask: () => Promise<Result>): Promise<Result>;
  /** The server answered: its absence, if there was one, is over. */
  answered(): void;
  /**
   * Takes a question that was not answered: returns after a moment where the wait goes on.
   * @throws WaitEndedError; the failure once the server stayed away for longer than the patience, or where it is another
   */
  bear(failure: unknown): Promise<void>;
}

/** Between two questions to a server that is away. */
const PAUSE_MS = 500;

/** Begins a wait for a refund that bears a server which is away for as long as the patience. */
export function beginWait(
  refundId: string,
  patienceMs: number,
  { signal, timeoutMs = Infinity }: WaitOptions = {},
): Wait {
  if (!(timeoutMs >= 0)) throw new TypeError('timeoutMs must be a number of milliseconds, zero or more');
  const end = Date.now() + timeoutMs;
  let lastAnswer = Date.now();
  const aborted = () => new WaitEndedError(refundId, 'signal', { cause: signal?.reason });
  const orAborted: Wait['orAborted'] = (ask) => unlessAborted(signal, aborted, ask);
  return {
    leftMs: (longestMs) => Math.min(longestMs, end - Date.now()),
    orAborted,
    answered: () => {
      lastAnswer = Date.now();
    },
    bear: async (failure) => {
      if (!isUnanswered(failure)) throw failure;
      const now = Date.now();
      if (now >= end) throw new WaitEndedError(refundId, 'timeout', { cause: failure });
      if (now - lastAnswer >= patienceMs) throw failure;
      await orAborted(() => pause(Math.min(PAUSE_MS, end - now)));
    },
  };
}

/** Not through the SDK's own abort signal, which leaves a listener on it for each call, and is not kept by every connection. */
async function unlessAborted<Result>(
  signal: AbortSignal | undefined,
  aborted: () => Error,
  ask: () => Promise<Result>,
): Promise<Result> {
  if (!signal) return ask();
  if (signal.aborted) throw aborted();
  let abort: () => void = () => undefined;
  const onAbort = new Promise<never>((_, reject) => {
    abort = () => reject(aborted());
    signal.addEventListener('abort', abort, { once: true });
  });
  try {
    return await Promise.race([ask(), onAbort]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
