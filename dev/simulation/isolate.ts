import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { defaultPayloadConverter, TypedSearchAttributes } from '@temporalio/common';
import type { Payload } from '@temporalio/common';
import { msToTs } from '@temporalio/common/lib/time';
import { coresdk } from '@temporalio/proto';
import { parseWorkflowCode } from '@temporalio/worker/lib/worker';
import type { Workflow } from '@temporalio/worker/lib/workflow/interface';
import { ReusableVMWorkflowCreator } from '@temporalio/worker/lib/workflow/reusable-vm';
import { globalHandlers } from '@temporalio/worker/lib/workflow/vm-shared';
import type { WorkflowInfo } from '@temporalio/workflow';

/** One thing a workflow is told, and one thing it asks for, as the SDK's core says them. */
export type Job = coresdk.workflow_activation.IWorkflowActivationJob;
export type Command = coresdk.workflow_commands.IWorkflowCommand;

/** Who a run is. */
export interface RunIdentity {
  workflowId: string;
  runId: string;
  firstRunId: string;
  /** Milliseconds since the epoch. */
  startedAt: number;
  workflowType: 'refundOrder' | 'orderLock';
  /** The one argument of the run. */
  argument: unknown;
}

/** Loads the real workflow bundle into the SDK's own isolate. */
export async function loadIsolate(bundlePath: string, activityNames: string[]): Promise<Isolate> {
  const bundle = parseWorkflowCode(await readFile(bundlePath, 'utf8'), path.resolve(bundlePath));
  // A limit would start a watchdog thread at each of some hundred calls a seed.
  const noTimeLimit = undefined as unknown as number;
  const creator = await ReusableVMWorkflowCreator.create(bundle, noTimeLimit, new Set(activityNames));
  // A stack trace for every promise, which nobody reads here, takes three quarters of the time.
  globalHandlers.uninstall();
  return new Isolate(creator);
}

/** Makes workflows in the SDK's isolate: the code and the sandbox that a worker runs. */
export class Isolate {
  constructor(private readonly creator: ReusableVMWorkflowCreator) {}

  /** A workflow that was not told anything yet. */
  create(run: RunIdentity): Promise<Workflow> {
    return this.creator.createWorkflow({
      info: infoOf(run),
      randomnessSeed: [1, 2, 3, 4],
      now: run.startedAt,
      showStackTraceSources: false,
    });
  }
}

/** What an activation says beside its jobs. */
export interface ActivationFacts {
  /** Milliseconds since the epoch. */
  at: number;
  isReplaying: boolean;
  historyLength: number;
}

/** Tells a workflow some jobs and answers with its commands. */
export async function activate(
  workflow: Workflow,
  runId: string,
  jobs: Job[],
  { at, isReplaying, historyLength }: ActivationFacts,
): Promise<Command[]> {
  const activation = coresdk.workflow_activation.WorkflowActivation.fromObject({
    runId,
    jobs,
    timestamp: msToTs(at),
    isReplaying,
    historyLength,
    availableInternalFlags: [1, 2, 3],
  });
  const completion = await workflow.activate(activation);
  await workflow.getAndResetSinkCalls();
  if (completion.failed) throw new Error(`workflow task failed: ${completion.failed.failure?.message ?? ''}`);
  return completion.successful?.commands ?? [];
}

/** The first job of every run. */
export function initialJob(run: RunIdentity): Job {
  return {
    initializeWorkflow: {
      workflowId: run.workflowId,
      workflowType: run.workflowType,
      arguments: [toPayload(run.argument)],
      firstExecutionRunId: run.firstRunId,
      attempt: 1,
      startTime: msToTs(run.startedAt),
      searchAttributes: { indexedFields: {} },
    },
  };
}

/** A value as JSON on its way into the isolate. */
export function toPayload(value: unknown): Payload {
  return defaultPayloadConverter.toPayload(value);
}

/** A value on its way out of the isolate. */
export function fromPayload(payload: Payload | null | undefined): unknown {
  return payload ? defaultPayloadConverter.fromPayload(payload) : undefined;
}

function infoOf({ workflowId, runId, firstRunId, startedAt, workflowType }: RunIdentity): WorkflowInfo {
  return {
    workflowId,
    runId,
    firstExecutionRunId: firstRunId,
    ...(runId !== firstRunId && { continuedFromExecutionRunId: firstRunId }),
    workflowType,
    taskQueue: 'refunds',
    namespace: 'default',
    searchAttributes: {},
    typedSearchAttributes: new TypedSearchAttributes(),
    startTime: new Date(startedAt),
    runStartTime: new Date(startedAt),
    taskTimeoutMs: 10_000,
    attempt: 1,
    historyLength: 3,
    historySize: 300,
    continueAsNewSuggested: false,
    unsafe: {
      now: () => startedAt,
      isReplaying: false,
      isReplayingHistoryEvents: false,
      random: undefined,
    },
  } as unknown as WorkflowInfo;
}
