import type { Briefing } from '../domain/briefing';
import type { RefundState } from '../domain/state';
import { findWaiting } from './attention';
import type { AttentionPage, PageOptions } from './attention';
import { readBriefing, readDetails } from './details';
import { fleetVersions } from './fleet';
import type { FleetVersion } from './fleet';
import { cutOffOrder } from './health/cut-off-orders';
import type { CutOffOrder } from './health/cut-off-orders';
import { heal } from './health/heal';
import type { HealedRefund, HealOptions } from './health/heal';
import { readKept } from './health/kept-history';
import type { KeptHistory } from './health/kept-history';
import { findReplayable, readReplayable } from './health/replayable';
import type { Replayable, ReplayableHistory, ReplayableRun, ReplayChoice } from './health/replayable';
import { lookAtNewest } from './health/stuck';
import type { StuckRefund } from './health/stuck';
import { createSurveyor } from './health/survey';
import type { Survey } from './health/survey';
import { resolve } from './messages';
import type { Resolution } from './messages';
import { olderRuns } from './older-runs';
import { readOrder, releaseHold, untoldEnds } from './orders';
import type { HoldRelease, UntoldEnd } from './orders';
import type { OrderState } from '../domain/order/ledger';
import type { ProviderName } from '../domain/plan';
import type { ProviderStop, ResumeMessage, StopInput } from '../domain/provider-stop';
import { listPage } from './page';
import type { ListPage, ListPageOptions } from './page';
import type { RefundRow } from './overview';
import { listProviders, resumeProvider, stopProvider } from './provider-stops';
import type { ProviderRow, StoppedProvider } from './provider-stops';
import { accessOf, createRefundClient } from './refund-client';
import type { RefundClient, RefundClientOptions } from './refund-client';
import { readQuestion } from './started-with';
import type { Question } from './started-with';

/** What an operator's tool does with refunds in addition: it looks into them, settles parked legs and heals runs. */
export interface OperatorClient extends RefundClient {
  /**
   * What a person needs in addition to the state to decide or resolve: amounts, what to look for, what each leg accepts now.
   * @throws RefundNotFoundError, WorkerUnavailableError
   */
  briefing(refundId: string): Promise<Briefing>;
  /**
   * Where the refund, or one of its older runs, stands and what to do next, as the Temporal UI shows it in the current
   * details: Markdown.
   */
  details(refundId: string, runId?: string): Promise<string>;
  /**
   * The runs under the same id before its newest one, the newest first. The money of a start that was refused as invalid
   * is theirs.
   */
  olderRuns(refundId: string): Promise<RefundRow[]>;
  /** What a refund was started with, for the person who is to decide on it; needs no worker. */
  question(refundId: string): Promise<Question>;
  /** Refunds as `list` finds them, page by page, with what each was started with. */
  listPage(page?: ListPageOptions): Promise<ListPage>;
  /** The refunds for which a person must act, the oldest first: all of them, or page by page. */
  attention(page?: PageOptions): Promise<AttentionPage>;
  /**
   * Why a refund that runs does not come to its end by itself, or what of it is in doubt; null while it goes its way, and
   * after its end. It asks the server alone and needs no worker.
   */
  stuck(refundId: string): Promise<StuckRefund | null>;
  /**
   * What the server keeps of the newest run of a refund, as far as workers have taken it in; needs no worker.
   * @throws UnreadError
   */
  kept(refundId: string): Promise<KeptHistory>;
  /** What needs looking at among all refunds of the namespace; asks the server alone and needs no worker. */
  survey(): Promise<Survey>;
  /** Which versions of workers serve the task queue, and the running refunds of each; needs no worker. */
  versions(): Promise<FleetVersion[]>;
  /** The runs of the namespace whose histories the next release must replay; needs no worker. */
  replayable(choice: ReplayChoice): Promise<Replayable>;
  /** What the server keeps of one of them. @throws UnreadError */
  readReplayable(run: ReplayableRun): Promise<ReplayableHistory>;
  /** What the refunds of an order hold and have moved. @throws OrderNotFoundError, OrderUnavailableError */
  order(orderId: string): Promise<OrderState>;
  /** How the memory of an order was cut off; undefined where it was not. */
  cutOffOrder(orderId: string): Promise<CutOffOrder | undefined>;
  /** Which of its refunds are over and hold something all the same: their order was not told. */
  untoldEnds(order: OrderState): Promise<UntoldEnd[]>;
  /**
   * Releases what a refund holds that does not run any more, on a person's word; the reply is the order.
   * @throws ReleaseRefusedError when the refund still runs, or holds nothing: nothing was changed
   */
  releaseHold(release: HoldRelease): Promise<OrderState>;
  /** Every provider: whether it is stopped, and how many processes serve it. Needs no worker. */
  providers(): Promise<ProviderRow[]>;
  /**
   * Stops a provider: no movement begins there until it is resumed; look-ups go on. Needs no worker.
   * @returns once those that had begun are over, or after `waitMs` with those that are not
   * @throws ProviderStopRefusedError: nothing was stopped
   */
  stopProvider(stop: StopInput, options: { waitMs: number }): Promise<StoppedProvider>;
  /**
   * Resumes a provider; the reply is the stop that it ends.
   * @throws ProviderStopRefusedError when it is not stopped; StopUnansweredError when no worker takes it up
   */
  resumeProvider(resume: ResumeMessage & { provider: ProviderName }): Promise<ProviderStop>;
  /**
   * Resolves a parked leg; the reply is the state.
   * @throws ResolutionRefusedError naming what is accepted: nothing was changed
   */
  resolve(resolution: Resolution): Promise<RefundState>;
  /**
   * Resets a run that hangs, or was terminated or timed out, to its last completed workflow task, or with `findReplayable`
   * to the last one from which the workers' code can go on; the workers that run then go on.
   * @throws HealRefusedError when there is nothing to heal, or healing could cost money: nothing was changed
   */
  heal(refundId: string, options?: HealOptions): Promise<HealedRefund>;
}

/** Makes an operator's client over a Temporal client that is connected already. */
export function createOperatorClient(options: RefundClientOptions): OperatorClient {
  const access = accessOf(options);
  return {
    ...createRefundClient(options),
    briefing: (refundId) => readBriefing(access, refundId),
    details: (refundId, runId) => readDetails(access, refundId, runId),
    olderRuns: (refundId) => olderRuns(access, refundId),
    question: (refundId) => readQuestion(access, refundId),
    listPage: (page) => listPage(access, page),
    attention: (page) => findWaiting(access, page),
    stuck: (refundId) => lookAtNewest(access, refundId),
    kept: (refundId) => readKept(access, refundId),
    survey: createSurveyor(access),
    versions: () => fleetVersions(access),
    replayable: (choice) => findReplayable(access, choice),
    readReplayable: (run) => readReplayable(access, run),
    order: (orderId) => readOrder(access, orderId),
    cutOffOrder: (orderId) => cutOffOrder(access, orderId),
    untoldEnds: (order) => untoldEnds(access, order),
    releaseHold: (release) => releaseHold(access, release),
    providers: () => listProviders(access),
    stopProvider: (stop, options) => stopProvider(access, stop, options),
    resumeProvider: (resume) => resumeProvider(access, resume),
    resolve: (resolution) => resolve(access, resolution),
    heal: (refundId, options) => heal(access, refundId, options),
  };
}
