import type { Client } from '@temporalio/client';
import { DEFAULT_TASK_QUEUE } from '../domain/contract';
import type { Briefing } from '../domain/briefing';
import type { DecisionMessage } from '../domain/decision';
import type { RefundRequest } from '../domain/request';
import type { RefundState } from '../domain/state';
import type { Access } from './access';
import { heal } from './heal';
import type { HealedRefund } from './heal';
import { readQuestion } from './input';
import type { Question } from './input';
import { awaitResult, readState } from './outcome';
import { list, overview } from './overview';
import type { RefundFilter, RefundRow } from './overview';
import { cancel, decide, resolve, signalDecision } from './people';
import type { Decision, Resolution } from './people';
import { readBriefing, readStory } from './story';
import { start } from './start';
import type { StartedRefund } from './start';
import { createSurveyor } from './survey';
import type { Survey } from './survey';
import { watch } from './watch';
import type { RefundChange } from './watch';

/** Everything an order service or an operator's tool does with refunds. Every failure is a `RefundError` that says what to do. */
export interface RefundClient {
  /**
   * Starts a refund. Calling it again with the same content attaches to the same refund, running or ended.
   * @throws InvalidRefundRequestError, RefundConflictError: nothing was started
   */
  start(request: RefundRequest): Promise<StartedRefund>;
  /**
   * Waits for the final state, for days if need be; every business outcome is a result.
   * @throws InvalidRefundRequestError when the workers found the request invalid; RefundTerminatedError;
   * TemporalServerError when the server stays away for longer than some seconds: the refund goes on, wait again
   */
  result(refundId: string): Promise<RefundState>;
  /**
   * Where a refund stands now. While it runs this asks a worker: to watch a refund, await `result` or read `overview`.
   * @throws RefundNotFoundError, WorkerUnavailableError
   */
  state(refundId: string): Promise<RefundState>;
  /**
   * What a person needs beside the state to decide or to settle: amounts, what to look for, what each leg accepts now.
   * @throws RefundNotFoundError, WorkerUnavailableError
   */
  briefing(refundId: string): Promise<Briefing>;
  /** Where the refund stands and what to do next, as the Temporal UI shows it in the current details: Markdown. */
  story(refundId: string): Promise<string>;
  /** Each change of a refund until its run has closed; a look at the server every so many milliseconds. */
  watch(refundId: string, everyMs?: number): AsyncGenerator<RefundChange>;
  /** What the server alone knows of a refund; needs no worker. */
  overview(refundId: string): Promise<RefundRow>;
  /** What a refund was started with, for whoever is to decide on it; needs no worker. */
  question(refundId: string): Promise<Question>;
  /** Lists refunds by what the server alone knows of them, the newest first. */
  list(filter?: RefundFilter): Promise<RefundRow[]>;
  /** What needs looking at among all refunds of the namespace; asks the server alone and needs no worker. */
  survey(): Promise<Survey>;
  /**
   * Approves or rejects, and is answered. The same decision of the same person counts once, however often it is sent.
   * @throws DecisionRefusedError: nothing was changed
   */
  decide(decision: Decision): Promise<RefundState>;
  /** Approves by signal, without an answer: what does not count is listed in the run's details. */
  approve(refundId: string, message: DecisionMessage): Promise<void>;
  /** Rejects by signal, without an answer. */
  reject(refundId: string, message: DecisionMessage): Promise<void>;
  /**
   * Settles a parked leg, and is answered.
   * @throws ResolutionRefusedError naming what is accepted: nothing was changed
   */
  resolve(resolution: Resolution): Promise<RefundState>;
  /**
   * Asks to start no further leg; what is in flight is finished first.
   * @throws RefundEndedError when there is nothing left to cancel
   */
  cancel(refundId: string): Promise<void>;
  /**
   * Resets a run that hangs, or was terminated, to its last completed workflow task; the workers that run then go on.
   * @throws HealRefusedError when there is nothing to heal, or healing could cost money: nothing was changed
   */
  heal(refundId: string): Promise<HealedRefund>;
}

/** What a refund client works with. */
export interface RefundClientOptions {
  /** A client of the refunds' namespace, with their data converter. */
  client: Client;
  /** The workers' `REFUND_TASK_QUEUE`. Default: `refunds`. */
  taskQueue?: string;
  /** How long one call may take, in milliseconds; `result` waits as long as it takes. Default: 10 000. */
  timeoutMs?: number;
}

/** Makes a refund client over a Temporal client that is connected already. */
export function createRefundClient(options: RefundClientOptions): RefundClient {
  const { client, taskQueue = DEFAULT_TASK_QUEUE, timeoutMs = 10_000 } = options;
  const access: Access = { client, taskQueue, timeoutMs };
  const survey = createSurveyor(access);
  return {
    start: (request) => start(access, request),
    result: (refundId) => awaitResult(access, refundId),
    state: (refundId) => readState(access, refundId),
    briefing: (refundId) => readBriefing(access, refundId),
    story: (refundId) => readStory(access, refundId),
    watch: (refundId, everyMs = 1_000) => watch(access, refundId, everyMs),
    overview: (refundId) => overview(access, refundId),
    question: (refundId) => readQuestion(access, refundId),
    list: (filter) => list(access, filter),
    survey,
    decide: (decision) => decide(access, decision),
    approve: (refundId, message) => signalDecision(access, 'approve', refundId, message),
    reject: (refundId, message) => signalDecision(access, 'reject', refundId, message),
    resolve: (resolution) => resolve(access, resolution),
    cancel: (refundId) => cancel(access, refundId),
    heal: (refundId) => heal(access, refundId),
  };
}
