import type { FaultKind } from './fault-kinds';
import type { Operation, ProviderName } from '../options';

/** A request as it came in, and what became of it. */
export interface LoggedRequest {
  provider: ProviderName;
  operation: Operation;
  method: string;
  /** As sent, with its query, without the provider's prefix. */
  path: string;
  /** As sent. */
  body: string;
  /** When it was complete, in milliseconds of the providers' clock. */
  at: number;
  fault?: FaultKind;
  /** How long the fault asked the caller to wait, as it was answered. */
  retryAfter?: number | string;
  /** Whether it moved something in the books. */
  applied: boolean;
  /** Status of the answer; absent while there is none, and for a destroyed connection. */
  status?: number;
}

/** Which requests to list. */
export type RequestFilter = Partial<Pick<LoggedRequest, 'provider' | 'operation' | 'fault' | 'applied'>>;

/** Every request that reached a provider. */
export class RequestLog {
  readonly #requests: LoggedRequest[] = [];

  /** Copies of the requests that agree with the filter, in the order in which they came. */
  list(filter: RequestFilter = {}): LoggedRequest[] {
    const wanted = Object.entries(filter) as [keyof RequestFilter, unknown][];
    return this.#requests
      .filter((request) => wanted.every(([name, value]) => request[name] === value))
      .map((request) => ({ ...request }));
  }

  /** Writes down a request; the caller fills in what becomes of it. */
  add(request: LoggedRequest): LoggedRequest {
    this.#requests.push(request);
    return request;
  }
}
