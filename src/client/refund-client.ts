import type { Client } from '@temporalio/client';
import { DEFAULT_TASK_QUEUE } from '../domain/contract';
import type { DecisionMessage } from '../domain/decision';
import type { RefundRequest } from '../domain/request';
import type { FinalState, RefundState } from '../domain/state';
import type { Access } from './temporal-calls';
import { awaitResult, readState } from './outcome';
import { list, overview } from './overview';
import type { RefundFilter, RefundRow } from './overview';
import { cancel, decide, signalDecision } from './messages';
import type { Decision } from './messages';
import { preview } from './preview';
import type { PreviewOptions, RefundPreview } from './preview';
import { start } from './start';
import type { StartedRefund } from './start';
import { startAll } from './start-all';
import type { StartAllOptions, StartResult } from './start-all';
import type { WaitOptions } from './wait';
import { watch } from './watch';
import type { RefundChange, WatchOptions } from './watch';

/**
 * Everything an order service does with refunds. Every failure is a `RefundError` with a `code`, whose message says what
 * happened and what to do. While the server is away each method but `result`, `watch` and `startAll` ends within `timeoutMs`
 * as `serverUnanswered`.
 */
export interface RefundClient {
  /**
   * Starts a refund. Calling it again with the same content attaches to the same refund, running or ended; so do that
   * after `serverUnanswered`, when nobody knows whether it was started.
   * @throws InvalidRefundRequestError, RefundConflictError: nothing was started
   */
  start(request: RefundRequest): Promise<StartedRefund>;
  /**
   * Starts many refunds, only so many at a time, after all of them were checked. A server that is away is borne as
   * `result` does; then the rest is not begun. Calling it again with the same requests starts what is missing.
   * @returns what became of each, in the order of the requests
   * @throws InvalidRefundRequestError naming the wrong fields of all, and equal refund ids: nothing was started
   */
  startAll(requests: readonly RefundRequest[], options?: StartAllOptions): Promise<StartResult[]>;
  /**
   * What a refund would meet if it were started now: what its providers say before anything moves, what its order has left,
   * and whether a person would be asked. Nothing is sent that moves money, nothing is reserved, and no refund id is used up.
   * It needs a worker, and takes as long as the providers do.
   * @throws InvalidRefundRequestError; WorkerUnavailableError
   */
  preview(request: RefundRequest, options?: PreviewOptions): Promise<RefundPreview>;
  /**
   * Waits for the final state, for days if need be; every business outcome is a result. A server that is away is waited for
   * as long as the patience of this client; then the wait ends as `serverUnanswered`: the refund goes on, wait again.
   * @throws InvalidRefundRequestError when the workers found the request invalid (its `refusal` says whether an older run
   * may have moved money); RefundNotFoundError; RefundTerminatedError; RefundFailedError; WaitEndedError
   */
  result(refundId: string, options?: WaitOptions): Promise<FinalState>;
  /**
   * Where a refund stands now. While it runs this asks a worker: to watch a refund, await `result` or read `overview`.
   * @throws RefundNotFoundError, WorkerUnavailableError
   */
  state(refundId: string): Promise<RefundState>;
  /** Each change of a refund until its run has closed; bears a server that is away as `result` does. */
  watch(refundId: string, options?: WatchOptions): AsyncGenerator<RefundChange>;
  /** What the server alone knows of a refund; needs no worker. */
  overview(refundId: string): Promise<RefundRow>;
  /** Lists refunds by what the server alone knows of them, the newest first. */
  list(filter?: RefundFilter): Promise<RefundRow[]>;
  /**
   * Approves or rejects; the reply is the state. The same decision of the same person counts once, however often it is sent.
   * @throws DecisionRefusedError: nothing was changed
   */
  decide(decision: Decision): Promise<RefundState>;
  /** Approves by signal, without a reply: what does not count is listed in the run's details. */
  approve(refundId: string, message: DecisionMessage): Promise<void>;
  /** Rejects by signal, without a reply. */
  reject(refundId: string, message: DecisionMessage): Promise<void>;
  /**
   * Asks to start no further leg; what is in flight is finished first.
   * @throws RefundEndedError when there is nothing left to cancel
   */
  cancel(refundId: string): Promise<void>;
}

/** What a refund client works with. */
export interface RefundClientOptions {
  /** A client of the refunds' namespace, with their data converter. */
  client: Client;
  /** The workers' `REFUND_TASK_QUEUE`. Default: `refunds`. */
  taskQueue?: string;
  /** How long one call may take, in milliseconds; `result` waits as long as it takes. Default: 10 000. */
  timeoutMs?: number;
  /** How long `result` and `watch` bear a server that does not answer, in milliseconds. Default: a minute. */
  patienceMs?: number;
}

/** A minute: servers are restarted. */
export const PATIENCE_MS = 60_000;

/** Makes a refund client over a Temporal client that is connected already. */
export function createRefundClient(options: RefundClientOptions): RefundClient {
  const { patienceMs = PATIENCE_MS } = options;
  const access = accessOf(options);
  return {
    start: (request) => start(access, request),
    startAll: (requests, how) => startAll(access, patienceMs, requests, how),
    preview: (request, how) => preview(access, request, how),
    result: (refundId, wait) => awaitResult(access, refundId, patienceMs, wait),
    state: (refundId) => readState(access, refundId),
    watch: (refundId, how) => watch(access, refundId, patienceMs, how),
    overview: (refundId) => overview(access, refundId),
    list: (filter) => list(access, filter),
    decide: (decision) => decide(access, decision),
    approve: (refundId, message) => signalDecision(access, 'approve', refundId, message),
    reject: (refundId, message) => signalDecision(access, 'reject', refundId, message),
    cancel: (refundId) => cancel(access, refundId),
  };
}

/** How a client of these options reaches refunds. */
export function accessOf({
  client,
  taskQueue = DEFAULT_TASK_QUEUE,
  timeoutMs = 10_000,
}: RefundClientOptions): Access {
  return { client, taskQueue, timeoutMs };
}
