import type { WorkflowExecutionDescription } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';
import { optionalTsToDate } from '@temporalio/common/lib/time';
import type { RefundActivities } from '../domain/activity-types';
import { callsInFlight } from './calls-in-flight';
import { RefundError } from './errors';
import { hangOf, isOfSize } from './hanging';
import { takerOf } from './pollers';
import type { Taker } from './pollers';
import { call } from './temporal-calls';
import type { Access, CallKind } from './temporal-calls';
import { together } from './together';
import { nameOfVersion, pinnedVersion } from './versions';
import type { Unanswered } from './no-answer';

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

/** What the newest events of a run and the pollers of its queue say; undefined where the server does not tell. */
export interface Symptoms {
  /** The newest events, the oldest of them first. */
  events: readonly HistoryEvent[];
  /** Whose workers would take its next task. */
  taker: Taker | undefined;
}

/** So many of the newest events are read: the task that failed last is among them, unless somebody sends very much. */
const NEWEST = 50;

/** Looks at a run and its queue before the code of an error is believed. */
export async function readSymptoms(access: Access, run: WorkflowExecutionDescription): Promise<Symptoms> {
  const { workflow } = access.client;
  const { namespace } = workflow.options;
  const execution = { workflowId: run.workflowId, runId: run.runId };
  const newest = async () => {
    const question = { namespace, execution, maximumPageSize: NEWEST };
    const { history } = await call(access, () =>
      workflow.workflowService.getWorkflowExecutionHistoryReverse(question),
    );
    return (history?.events ?? []).toReversed();
  };
  const pinned = pinnedVersion(run.raw.workflowExecutionInfo?.versioningInfo);
  const taker = () => takerOf(access, { name: run.taskQueue, kind: 'workflow' }, pinned);
  const [events, found] = await together([newest().catch(unlessAway), taker().catch(unlessAway)]);
  return { events: events ?? [], taker: found };
}

/** That nobody answered is told also where the server does not say why. */
function unlessAway(error: unknown): undefined {
  if (error instanceof RefundError) return undefined;
  throw error;
}

/**
 * Why no worker answered for a run.
 * @param told what a worker said that could not answer, where one did
 */
export function whyUnanswered(
  run: WorkflowExecutionDescription,
  { events, taker }: Symptoms,
  { told, kind }: { told: string | undefined; kind: CallKind },
): Unanswered {
  const hang = told ?? (run.closeTime ? undefined : hangOf(run, events));
  const hasTimedOut = hang !== undefined && TIMED_OUT.test(hang);
  const problem = hasTimedOut ? undefined : hang;
  const { version, because = 'current', polledAt } = taker ?? {};
  const beginsAt = beginningOf(run, events);
  const why = reasonOf(run, { problem, beginsAt, isUnpolled: polledAt === null && told === undefined });
  return {
    // A worker has accepted it.
    why: why === 'noAnswer' && kind === 'accepted' && waitsForOrder(run) ? 'orderAway' : why,
    taskQueue: run.taskQueue,
    ...(version && { version: { name: nameOfVersion(version), because } }),
    run: run.status.name,
    calls: callsInFlight(run.raw.pendingActivities, true),
    hasTimedOut,
    ...(beginsAt && { beginsAt }),
    ...(problem !== undefined && { problem }),
    ...(polledAt && { polledAt }),
  };
}

const PLAN: keyof RefundActivities = 'planRefund';

/** Outside of a workflow task a refund is only planned while its order does not answer. */
function waitsForOrder({ raw, closeTime }: WorkflowExecutionDescription): boolean {
  return !closeTime && (raw.pendingActivities ?? []).some(({ activityType }) => activityType?.name === PLAN);
}

/** A queue without pollers is told first: its worker that failed before is no longer there to be mended. */
function reasonOf(
  { status }: WorkflowExecutionDescription,
  {
    problem,
    beginsAt,
    isUnpolled,
  }: { problem: string | undefined; beginsAt: Date | undefined; isUnpolled: boolean },
): Unanswered['why'] {
  if (status.name === 'FAILED') return 'runFailed';
  if (beginsAt) return 'notBegun';
  if (isUnpolled) return 'noPoller';
  if (problem === undefined) return 'noAnswer';
  if (isOfSize(problem)) return 'messageTooLarge';
  return OTHER_CODE.test(problem) ? 'wrongVersion' : 'taskFails';
}

/** When a run begins that the server holds back; undefined where it has begun, and where it is over. */
function beginningOf(
  { raw, closeTime, historyLength }: WorkflowExecutionDescription,
  events: Symptoms['events'],
): Date | undefined {
  const at = optionalTsToDate(raw.workflowExecutionInfo?.executionTime);
  // A signal leaves it held back; a cancel or an update has its first task made at once.
  const hadNoTask = historyLength === 1 || (isWhole(events) && !events.some(isScheduledTask));
  const isHeldBack = !closeTime && hadNoTask && !raw.pendingWorkflowTask;
  return isHeldBack && at && at.getTime() > Date.now() ? at : undefined;
}

function isScheduledTask({ workflowTaskScheduledEventAttributes }: HistoryEvent): boolean {
  return Boolean(workflowTaskScheduledEventAttributes);
}

/** Whether the newest events are all that there are. */
function isWhole([oldest]: Symptoms['events']): boolean {
  return Number(oldest?.eventId) === 1;
}

/** A task that is not finished in time is that of a worker that is busy or gone: nothing in it has failed. */
const TIMED_OUT = /timed_?out/i;

/** As the server says it of a task, and the SDK of a question that it could not replay for. */
const OTHER_CODE = /non_?determinis|TMPRL1100/i;

/** Whether a run ended before any worker had taken it up. */
export function neverBegan({ events }: Symptoms): boolean {
  return isWhole(events) && !events.some((event) => event.workflowTaskCompletedEventAttributes);
}
