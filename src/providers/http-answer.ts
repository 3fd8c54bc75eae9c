import type { AxiosResponse } from 'axios';
import { parseJson } from './json';
import { retryAfterMs } from './retry-after';

/**
 * How a call ended, told by whether its bytes may have left this machine.
 * - `notSent`: nothing left; it may be tried again no sooner than `retryAfterMs`
 * - `lost`: it may have reached the provider and no whole answer came back
 * - `answer`: a whole answer; `body` is undefined when it is no strict JSON, and `isEmpty` when it has no byte
 */
export type HttpResult =
  | { kind: 'notSent'; message: string; retryAfterMs?: number }
  | { kind: 'lost'; message: string }
  | { kind: 'answer'; status: number; body: unknown; isEmpty: boolean; retryAfterMs?: number };

/** A whole answer, whatever it says. */
export function answerOf(response: AxiosResponse<ArrayBuffer>): HttpResult {
  const wait = retryAfterMs(response.headers['retry-after'], Date.now());
  return {
    kind: 'answer',
    status: response.status,
    body: bodyFrom(response.data),
    isEmpty: response.data.byteLength === 0,
    ...(wait !== undefined && { retryAfterMs: wait }),
  };
}

/** Text that is not wholly UTF-8, or begins with a byte order mark, is no strict JSON either. */
function bodyFrom(bytes: ArrayBuffer): unknown {
  try {
    return parseJson(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return undefined;
  }
}
