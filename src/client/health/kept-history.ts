import { optionalTsToDate } from '@temporalio/common/lib/time';
import type { PayloadCodec } from '@temporalio/common';
import { rowOf } from '../overview';
import { describeRun } from '../temporal-calls';
import type { Access } from '../temporal-calls';
import { describe, readHistory } from './history';
import { isReset } from './in-doubt';
import type { HistoryEvent } from './movement-events';

/** Events of a run, and what it takes to read them. */
export interface KeptEvents {
  workflowId: string;
  namespace: string;
  events: HistoryEvent[];
  /** How its payloads are decoded. */
  codecs: readonly PayloadCodec[];
}

/**
 * What the server keeps of a refund's newest run, as far as workers have taken it in: up to the last task that a worker
 * completed, with what it asked for; no events where none has yet.
 */
export interface KeptHistory extends KeptEvents {
  /** When that was, ISO 8601. */
  asOf: string;
  since: Untaken;
  /** Whether the run goes on from a reset. A replay of it does not know. */
  wasReset: boolean;
}

/** What came after that, and no worker has taken in yet. */
export interface Untaken {
  /** Signals, updates and cancels. */
  messages: number;
  /** Ends of calls, whatever they were. */
  results: number;
}

/**
 * Reads what the server keeps of the newest run of a refund; needs no worker.
 * @throws UnreadError, RefundNotFoundError
 */
export async function readKept(access: Access, refundId: string): Promise<KeptHistory> {
  const { workflowId, runId } = await describeRun(access, refundId);
  const run = { workflowId, runId };
  const described = await describe(access, run);
  const { namespace, loadedDataConverter } = access.client.workflow.options;
  const { startedAt } = rowOf(described.workflowExecutionInfo ?? {});
  const events = await readHistory(access, run, described);
  const kept = takenIn(events);
  return {
    workflowId,
    namespace,
    codecs: loadedDataConverter.payloadCodecs,
    ...kept,
    wasReset: events.some(isReset),
    asOf: kept.asOf ?? startedAt,
  };
}

function takenIn(all: readonly HistoryEvent[]) {
  const last = all.findLastIndex((event) => event.workflowTaskCompletedEventAttributes);
  const completed = all[last];
  // What a task asks for directly follows it and names it; a message that came meanwhile stands after that.
  const after = all.slice(last + 1);
  const asked = after.findIndex((event) => !isAskedFor(event, completed));
  const untaken = asked === -1 ? [] : after.slice(asked);
  return {
    events: completed ? all.slice(0, all.length - untaken.length) : [],
    asOf: optionalTsToDate(completed?.eventTime)?.toISOString(),
    since: { messages: untaken.filter(isMessage).length, results: untaken.filter(isResult).length },
  };
}

/** Events of an update name no task, but only a task that a worker completed leaves them. */
function isAskedFor(event: HistoryEvent, task: HistoryEvent | undefined): boolean {
  const ofUpdate =
    event.workflowExecutionUpdateAcceptedEventAttributes ??
    event.workflowExecutionUpdateCompletedEventAttributes ??
    event.workflowExecutionUpdateRejectedEventAttributes;
  if (ofUpdate) return true;
  const attributes: object = (event.attributes && event[event.attributes]) ?? {};
  return (
    'workflowTaskCompletedEventId' in attributes &&
    isSame(attributes.workflowTaskCompletedEventId, task?.eventId)
  );
}

/** Ids are numbers of 64 bits, in objects of their own. */
function isSame(one: unknown, other: unknown): boolean {
  return String(one) === String(other);
}

function isMessage(event: HistoryEvent): boolean {
  return Boolean(
    event.workflowExecutionSignaledEventAttributes ??
    event.workflowExecutionCancelRequestedEventAttributes ??
    event.workflowExecutionUpdateAdmittedEventAttributes,
  );
}

function isResult(event: HistoryEvent): boolean {
  return Boolean(
    event.activityTaskCompletedEventAttributes ??
    event.activityTaskFailedEventAttributes ??
    event.activityTaskTimedOutEventAttributes ??
    event.activityTaskCanceledEventAttributes,
  );
}
