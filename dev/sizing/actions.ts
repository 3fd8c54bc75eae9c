/** An event of a history in Temporal's JSON, with the attributes that billing looks at. */
export interface BilledEvent {
  eventType: string;
  workflowExecutionStartedEventAttributes?: { parentWorkflowExecution?: unknown };
  activityTaskStartedEventAttributes?: { attempt?: number };
  markerRecordedEventAttributes?: { workflowTaskCompletedEventId?: string };
  upsertWorkflowSearchAttributesEventAttributes?: { searchAttributes?: { indexedFields?: object } };
  workflowTaskCompletedEventAttributes?: {
    meteringMetadata?: { nonfirstLocalActivityExecutionAttempts?: number };
  };
  workflowTaskFailedEventAttributes?: { cause?: string };
}

/** What an action is billed for. */
export const ACTION_KINDS = [
  'start',
  'activity',
  'local activity',
  'attribute upsert',
  'timer',
  'signal',
  'update',
  'child',
  'other',
] as const;
type ActionKind = (typeof ACTION_KINDS)[number];

/** Billed actions, by what they are billed for. */
export type Actions = Record<ActionKind, number>;

/** Every event of these types is one action, but for a child's start, which is two: the intent and the attempt. */
const BILLED: Record<string, readonly [kind: ActionKind, actions: number]> = {
  ACTIVITY_TASK_SCHEDULED: ['activity', 1],
  TIMER_STARTED: ['timer', 1],
  WORKFLOW_EXECUTION_SIGNALED: ['signal', 1],
  WORKFLOW_EXECUTION_UPDATE_ACCEPTED: ['update', 1],
  START_CHILD_WORKFLOW_EXECUTION_INITIATED: ['child', 2],
  WORKFLOW_EXECUTION_OPTIONS_UPDATED: ['other', 1],
  NEXUS_OPERATION_SCHEDULED: ['other', 1],
  NEXUS_OPERATION_CANCEL_REQUESTED: ['other', 1],
};

/** Attributes of the SDK itself, whose upsert is free. */
const FREE_ATTRIBUTE = 'TemporalChangeVersion';

/**
 * The actions that Temporal Cloud bills for a run, as far as its history tells: no queries, no rejected updates, and no
 * heartbeats. The rules: https://docs.temporal.io/cloud/actions
 */
export function actionsOf(history: readonly BilledEvent[]): Actions {
  const actions = Object.fromEntries(ACTION_KINDS.map((kind) => [kind, 0])) as Actions;
  const tasksWithMarkers = new Set<string | undefined>();
  for (const event of sinceReset(history)) {
    const type = event.eventType.replace('EVENT_TYPE_', '');
    const billed = BILLED[type];
    if (billed) actions[billed[0]] += billed[1];
    // A child's start was counted at its parent.
    const started = event.workflowExecutionStartedEventAttributes;
    if (started && started.parentWorkflowExecution === undefined) actions.start += 1;
    actions.activity += Math.max(0, (event.activityTaskStartedEventAttributes?.attempt ?? 1) - 1);
    actions['local activity'] +=
      event.workflowTaskCompletedEventAttributes?.meteringMetadata?.nonfirstLocalActivityExecutionAttempts ??
      0;
    const marker = event.markerRecordedEventAttributes;
    if (marker) tasksWithMarkers.add(marker.workflowTaskCompletedEventId);
    if (isBilledUpsert(event)) actions['attribute upsert'] += 1;
    if (isReset(event)) actions.other += 1;
  }
  actions['local activity'] += tasksWithMarkers.size;
  return actions;
}

/** All of them together. */
export function sumOfActions(actions: Actions): number {
  return ACTION_KINDS.reduce((sum, kind) => sum + actions[kind], 0);
}

/** What was before a reset was billed to the run that was reset. */
function sinceReset(history: readonly BilledEvent[]): readonly BilledEvent[] {
  return history.slice(Math.max(0, history.findLastIndex(isReset)));
}

function isReset({ workflowTaskFailedEventAttributes }: BilledEvent): boolean {
  return workflowTaskFailedEventAttributes?.cause === 'WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW';
}

function isBilledUpsert({ upsertWorkflowSearchAttributesEventAttributes: upsert }: BilledEvent): boolean {
  if (!upsert) return false;
  return Object.keys(upsert.searchAttributes?.indexedFields ?? {}).some((name) => name !== FREE_ATTRIBUTE);
}
