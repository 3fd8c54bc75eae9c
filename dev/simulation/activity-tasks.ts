import { ApplicationFailure } from '@temporalio/common';
import { tsToMs } from '@temporalio/common/lib/time';
import { coresdk } from '@temporalio/proto';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { OrderActivities, RefundActivities } from '../../src/domain/activity-types';
import { WORKFLOW_TYPE } from '../../src/domain/contract';
import type { VirtualClock } from './clock';
import { cancelled, failed, timedOut } from './failures';
import { fromPayload, toPayload } from './isolate';
import type { Job } from './isolate';

type ScheduleActivity = coresdk.workflow_commands.IScheduleActivity;

const { ActivityCancellationType } = coresdk.workflow_commands;

/** The worker process: while it is down nothing is done, and what it was doing when it died is lost. */
export interface WorkerProcess {
  /** Grows with every death. */
  epoch: number;
  /** When it is up again. */
  upAt: number;
}

/** Whoever polls the task queues. */
export interface Workers {
  /** The activities of one that polls this queue; undefined while nobody does. */
  taking(taskQueue: string): RefundActivities | OrderActivities | undefined;
  /** How long one stands still between taking up a task of this type and beginning it. Milliseconds. */
  standsStillFor(type: string): number;
  /** Told that an attempt of this type ran out of time. */
  wasCutOff(type: string): void;
  /** Whether one cannot read what it took up. */
  cannotRead(): boolean;
  /** How much later it is at the server than at a worker. Milliseconds. */
  behindMs: number;
  /** What activities reach of the server beyond their own task. */
  client?: object;
}

/** One activity as the server holds it. */
export interface ActivityTask {
  readonly seq: number;
  readonly type: string;
  readonly command: ScheduleActivity;
  attempt: number;
  /** When the current attempt was put into its queue. */
  queuedAt: number;
  running: boolean;
  over: boolean;
  cancelRequested: boolean;
}

/** How often a worker asks a queue again that nobody polled. Milliseconds. */
const POLL_MS = 5_000;

/** Runs the real activities as server and worker would: attempts, retries, timeouts, cancels, deaths of the worker. */
export class ActivityTasks {
  constructor(
    private readonly clock: VirtualClock,
    private readonly worker: WorkerProcess,
    private readonly workers: Workers,
    private readonly latency: () => number,
    private readonly run: { workflowId: string; runId: string },
    private readonly report: (task: ActivityTask, job: Job) => void,
  ) {}

  /** Takes a new activity into its queue. */
  schedule(command: ScheduleActivity): ActivityTask {
    const { seq = 0, activityType: type } = command;
    const task = {
      seq: seq ?? 0,
      type: type ?? '',
      command,
      attempt: 1,
      queuedAt: this.clock.now,
      running: false,
      over: false,
      cancelRequested: false,
    };
    this.#queue(task, 0);
    return task;
  }

  /** Cancels an activity the way it was asked for when it was scheduled. */
  cancel(task: ActivityTask): void {
    if (task.over) return;
    const waits =
      task.command.cancellationType === ActivityCancellationType.WAIT_CANCELLATION_COMPLETED && task.running;
    if (waits) task.cancelRequested = true;
    else this.#end(task, cancelled(task));
  }

  /** Somebody changes the options of an activity in flight: more attempts, less time. */
  changeOptions(task: ActivityTask, timeoutMs: number): void {
    const { attempt } = task;
    task.command.retryPolicy = { ...task.command.retryPolicy, maximumAttempts: 5 };
    this.clock.after(timeoutMs, () => {
      if (!task.over && task.running && task.attempt === attempt) this.#afterTimeout(task);
    });
  }

  /** Runs a local activity; rejects when the worker dies meanwhile. */
  async runLocal(type: string, input: unknown, taskQueue: string): Promise<Job['resolveActivity']> {
    const { epoch } = this.worker;
    const activities = this.workers.taking(taskQueue);
    if (!activities) throw new Error('nobody polls for workflow tasks');
    const result = await this.#invoke(activities, { type, input, attempt: 1 });
    if (this.worker.epoch !== epoch) throw new Error('the worker died');
    return { result: { completed: { result: toPayload(result) } }, isLocal: true };
  }

  #queue(task: ActivityTask, delayMs: number): void {
    const { attempt } = task;
    task.running = false;
    task.queuedAt = this.clock.now + delayMs;
    this.clock.after(delayMs + this.latency(), () => void this.#start(task));
    const longest = task.command.scheduleToStartTimeout;
    if (!longest) return;
    this.clock.after(delayMs + tsToMs(longest), () => {
      if (!task.over && !task.running && task.attempt === attempt)
        this.#end(task, timedOut(task, 'SCHEDULE_TO_START'));
    });
  }

  async #start(task: ActivityTask): Promise<void> {
    if (task.over) return;
    if (this.worker.upAt > this.clock.now) {
      this.#later(task, this.worker.upAt - this.clock.now);
      return;
    }
    const activities = this.workers.taking(task.command.taskQueue ?? '');
    if (!activities) {
      this.#later(task, POLL_MS);
      return;
    }
    task.running = true;
    const { epoch } = this.worker;
    const { attempt } = task;
    const stillOpen = () => !task.over && task.running && task.attempt === attempt;
    this.clock.after(tsToMs(task.command.startToCloseTimeout), () => {
      if (stillOpen()) this.#afterTimeout(task);
    });
    try {
      await this.clock.sleep(this.workers.standsStillFor(task.type));
      if (this.worker.epoch !== epoch) return;
      if (this.workers.cannotRead()) throw UNREADABLE();
      const { type } = task;
      const input = fromPayload(task.command.arguments?.[0]);
      const result = await this.#invoke(activities, { type, input, attempt, task, stillOpen });
      if (this.worker.epoch !== epoch || !stillOpen()) return;
      this.#end(task, {
        resolveActivity: { seq: task.seq, result: { completed: { result: toPayload(result) } } },
      });
    } catch (error) {
      if (this.worker.epoch === epoch && stillOpen()) this.#afterFailure(task, error);
    }
  }

  #later(task: ActivityTask, delayMs: number): void {
    this.clock.after(delayMs + this.latency(), () => void this.#start(task));
  }

  async #invoke(
    activities: RefundActivities | OrderActivities,
    { type, input, attempt, task, stillOpen }: Call,
  ): Promise<unknown> {
    const activity = activities[type as keyof typeof activities] as (argument: unknown) => Promise<unknown>;
    const retry = task?.command.retryPolicy;
    const info = {
      attempt,
      activityType: type,
      taskQueue: task?.command.taskQueue ?? '',
      workflowExecution: { ...this.run },
      workflowType: WORKFLOW_TYPE,
      isLocal: task === undefined,
      currentAttemptScheduledTimestampMs: (task?.queuedAt ?? this.clock.now) + this.workers.behindMs,
      startToCloseTimeoutMs: task ? tsToMs(task.command.startToCloseTimeout) : LOCAL_TIMEOUT_MS,
      ...(retry && { retryPolicy: { initialInterval: tsToMs(retry.initialInterval) } }),
    };
    const recordActivityTaskHeartbeat = () =>
      stillOpen?.() === false ? Promise.reject(new Error('not found')) : Promise.resolve({});
    const withAbortSignal = <Result>(_: AbortSignal, act: () => Result) => act();
    const workflowService = { recordActivityTaskHeartbeat };
    const client = { ...this.workers.client, workflowService, withAbortSignal } as never;
    return new MockActivityEnvironment(info, { logger: SILENT, client }).run(activity, input);
  }

  #afterTimeout(task: ActivityTask): void {
    this.workers.wasCutOff(task.type);
    const mayRetry = !task.command.retryPolicy?.nonRetryableErrorTypes?.includes(
      'TemporalTimeout:StartToClose',
    );
    if (mayRetry && this.#hasAttemptsLeft(task) && !task.cancelRequested) this.#retry(task, undefined);
    else this.#end(task, timedOut(task, 'START_TO_CLOSE'));
  }

  #afterFailure(task: ActivityTask, error: unknown): void {
    const failure = error instanceof ApplicationFailure ? error : undefined;
    const mayRetry = this.#hasAttemptsLeft(task) && !failure?.nonRetryable && !task.cancelRequested;
    if (mayRetry) this.#retry(task, failure?.nextRetryDelay);
    else this.#end(task, failed(task, error));
  }

  #retry(task: ActivityTask, delay: unknown): void {
    const policy = task.command.retryPolicy;
    const initial = policy?.initialInterval ? tsToMs(policy.initialInterval) : 1_000;
    const longest = policy?.maximumInterval ? tsToMs(policy.maximumInterval) : initial * 100;
    const backoff = Math.min(initial * 2 ** (task.attempt - 1), longest);
    task.attempt += 1;
    this.#queue(task, typeof delay === 'number' ? delay : backoff);
  }

  #hasAttemptsLeft({ attempt, command }: ActivityTask): boolean {
    const most = command.retryPolicy?.maximumAttempts ?? 0;
    return most === 0 || attempt < most;
  }

  #end(task: ActivityTask, job: Job): void {
    task.over = true;
    this.report(task, job);
  }
}

interface Call {
  type: string;
  input: unknown;
  attempt: number;
  task?: ActivityTask;
  /** Whether the server still waits for this attempt. */
  stillOpen?: () => boolean;
}

const LOCAL_TIMEOUT_MS = 600_000;

const UNREADABLE = () =>
  ApplicationFailure.create({
    type: 'ValueError',
    message: 'Unable to decode the input',
    nonRetryable: false,
  });

const nothing = () => undefined;
const SILENT = { log: nothing, trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing };
