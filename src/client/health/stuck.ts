import { temporal } from '@temporalio/proto';
import type { RefundStatus } from '../../domain/state';
import { callsInFlight } from '../calls-in-flight';
import { describeRun } from '../temporal-calls';
import type { Access } from '../temporal-calls';
import type { InDoubtMovement, Stand } from './in-doubt';
import { askedIn, factsOf } from './facts';
import type { Facts } from './facts';
import { describe } from './history';
import type { Description, RunKey } from './history';
import type { FailingCall } from './failing';
import { stallOf } from './stalled';
import type { State } from './stalled';
import { nameOf } from './movement-events';
import { rowOf } from '../overview';
import type { ListedRun } from '../visibility';
import type { RefundRow } from '../overview';

/** A refund that does not come to its end by itself, or of which part is in doubt. */
export interface StuckRefund {
  /**
   * - `frozen`: its workflow task fails or times out over and over; nothing goes on
   * - `paused`: somebody paused it, or a call of it, on the server; nothing goes on
   * - `notTaken`: no worker takes its workflow task or its call; nothing goes on
   * - `failing`: a call without which it does not go on fails attempt after attempt, above all its planning
   * - `cutOff`: its run was terminated, failed or timed out; nobody goes on with it
   * - `ambiguous`: a leg is looked up, or waits for a person, and nobody knows whether money moved
   */
  kind: 'frozen' | 'paused' | 'notTaken' | 'failing' | 'cutOff' | 'ambiguous';
  refundId: string;
  workflowId: string;
  runId: string;
  /** The newest run of this id, where this one was cut off and another was begun after it. */
  newerRunId: string | null;
  /** The queue of the task that nobody takes, or of the call that fails; otherwise that of the run. */
  taskQueue: string;
  /** The version whose workers would take that task; those without one when left out. */
  version?: string;
  /** The call that somebody paused, where it is not the whole run. */
  pausedActivity?: string;
  /** The call that fails, where one does. */
  failing?: FailingCall;
  status: RefundStatus | null;
  waitingOn: RefundRow['waitingOn'];
  /** Since when, ISO 8601. */
  since: string;
  /** What the server says of a frozen run, or how a run was cut off. */
  why?: string;
  /** Whether this run has begun to send anything; true also where nobody could look. An earlier run may have sent more. */
  hasSent: boolean;
  /** The calls of it that go on all the same and can still move money. */
  callsInFlight: string[];
  /** The movements in doubt, the oldest first. */
  doubts: InDoubtMovement[];
}

/** What a look at one run found; `unread` counts it among the runs that nobody could look into. */
export interface Look {
  facts?: Facts;
  stuck?: StuckRefund;
  unread?: string;
}

const { WORKFLOW_EXECUTION_STATUS_COMPLETED: COMPLETED } = temporal.api.enums.v1.WorkflowExecutionStatus;

/**
 * Looks into the newest run of one refund; null where it has ended, or nothing is wrong.
 * @throws UnreadError
 */
export async function lookAtNewest(access: Access, refundId: string): Promise<StuckRefund | null> {
  const { workflowId, runId } = await describeRun(access, refundId);
  return (await lookAtOpen(access, { workflowId, runId })).stuck ?? null;
}

/** Looks into a run that has not ended. */
export async function lookAtOpen(access: Access, run: RunKey, known?: Facts): Promise<Look> {
  const described = await describe(access, run);
  if (described.workflowExecutionInfo?.closeTime) return {};
  const state = await stallOf(access, run, described);
  if (state.kind === 'ambiguous' && state.goesItsWay) return {};
  const facts = await factsOf(access, run, described, { stand: standOf(described, state), known });
  if (state.kind !== 'ambiguous') return withFacts(facts, stuck(described, facts, state));
  const [oldest] = facts.doubts;
  return oldest
    ? withFacts(facts, stuck(described, facts, { ...state, since: oldest.since }))
    : withFacts(facts);
}

/**
 * Looks into a run that was cut off. What it left in doubt is told until a newer run of the same id asks the provider
 * about it, or has completed: a run completes only when it knows of every leg.
 */
export async function lookAtCutOff(access: Access, run: RunKey, known?: Facts): Promise<Look> {
  const newest = await describe(access, { workflowId: run.workflowId });
  const newestInfo = newest.workflowExecutionInfo ?? {};
  const newerRunId = newestInfo.execution?.runId ?? null;
  const isNewest = newerRunId === run.runId;
  if (!isNewest && newestInfo.status === COMPLETED) return {};
  const described = isNewest ? newest : await describe(access, run);
  if (!isNewest && goesOnWith(described, newestInfo)) return {};
  const facts = await factsOf(access, run, described, { stand: 'halted', known });
  const row = rowOf(described.workflowExecutionInfo ?? {});
  const state = { kind: 'cutOff', since: row.closedAt ?? row.startedAt, why: row.run } as const;
  if (isNewest) return withFacts(facts, stuck(described, facts, state));
  const told = { ...stuck(described, facts, state), newerRunId };
  // A start that was refused took nothing over.
  if (rowOf(newestInfo).status === 'invalid') return withFacts(facts, told);
  const asked = facts.doubts.length === 0 ? new Set() : await askedIn(access, newest);
  const doubts = facts.doubts.filter((doubt) => !asked.has(nameOf(doubt)));
  return doubts.length === 0 ? withFacts(facts) : withFacts(facts, { ...told, doubts });
}

/** Whether the newest run is this one, reset, and open: it finds out by itself what this one sent. */
function goesOnWith({ workflowExecutionInfo }: Description, newest: ListedRun): boolean {
  return !newest.closeTime && newest.firstRunId === workflowExecutionInfo?.firstRunId;
}

/** What a run whose tasks fail has in flight, it may never take in. */
function standOf({ workflowExecutionInfo }: Description, { kind }: State): Stand {
  if (kind === 'frozen') return 'halted';
  return rowOf(workflowExecutionInfo ?? {}).waitingOn === 'operator' ? 'waitsForPerson' : 'goesOn';
}

function stuck(
  { workflowExecutionInfo, executionConfig, pendingActivities }: Description,
  facts: Facts,
  state: State,
): StuckRefund {
  const { kind, since, why, version, pausedActivity, failing, taskQueue } = state;
  const row = rowOf(workflowExecutionInfo ?? {});
  const { refundId, workflowId, runId, status, waitingOn } = row;
  return {
    ...{ kind, refundId, workflowId, runId, newerRunId: null, status, waitingOn, since },
    taskQueue: taskQueue ?? executionConfig?.taskQueue?.name ?? '',
    ...(why !== undefined && { why }),
    ...(version !== undefined && { version }),
    ...(pausedActivity !== undefined && { pausedActivity }),
    ...(failing && { failing }),
    hasSent: facts.hasSent,
    callsInFlight: callsInFlight(pendingActivities, areCallsHandedOut(state)),
    doubts: facts.doubts,
  };
}

/** Where only the run's own tasks stand still, workers are given its calls as ever. */
function areCallsHandedOut({ kind, taskQueue }: State): boolean {
  return kind === 'frozen' || (kind === 'notTaken' && taskQueue === undefined);
}

function withFacts(facts: Facts, found?: StuckRefund): Look {
  const { unread } = facts;
  return { facts, ...(found && { stuck: found }), ...(unread !== undefined && { unread }) };
}
