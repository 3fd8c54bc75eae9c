import { ApplicationFailure } from '@temporalio/common';
import { tsToMs } from '@temporalio/common/lib/time';
import { coresdk } from '@temporalio/proto';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { RefundActivities } from '../../src/domain/exchange';
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

/** One activity as the server holds it. */
export interface ActivityTask {
  readonly seq: number;
  readonly type: string;
  readonly command: ScheduleActivity;
  attempt: number;
  running: boolean;
  over: boolean;
  cancelRequested: boolean;
}

/** Runs the real activities as server and worker would: attempts, retries, timeouts, cancels, deaths of the worker. */
export class ActivityTasks {
  constructor(
    private readonly clock: VirtualClock,
    private readonly worker: WorkerProcess,
    private readonly activities: RefundActivities,
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
      running: false,
      over: false,
      cancelRequested: false,
    };
    this.clock.after(this.latency(), () => void this.#start(task));
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

  /** Runs a local activity; rejects when the worker dies meanwhile. */
  async runLocal(type: string, input: unknown): Promise<Job['resolveActivity']> {
    const { epoch } = this.worker;
    const result = await this.#invoke(type, input, 1, undefined);
    if (this.worker.epoch !== epoch) throw new Error('the worker died');
    return { result: { completed: { result: toPayload(result) } }, isLocal: true };
  }

  async #start(task: ActivityTask): Promise<void> {
    if (task.over) return;
    if (this.worker.upAt > this.clock.now) {
      this.clock.after(this.worker.upAt - this.clock.now + this.latency(), () => void this.#start(task));
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
      const input = fromPayload(task.command.arguments?.[0]);
      const result = await this.#invoke(task.type, input, attempt, task);
      if (this.worker.epoch !== epoch || !stillOpen()) return;
      this.#end(task, {
        resolveActivity: { seq: task.seq, result: { completed: { result: toPayload(result) } } },
      });
    } catch (error) {
      if (this.worker.epoch === epoch && stillOpen()) this.#afterFailure(task, error);
    }
  }

  async #invoke(
    type: string,
    input: unknown,
    attempt: number,
    task: ActivityTask | undefined,
  ): Promise<unknown> {
    const activity = this.activities[type as keyof RefundActivities] as (
      argument: unknown,
    ) => Promise<unknown>;
    const retry = task?.command.retryPolicy;
    const info = {
      attempt,
      activityType: type,
      workflowExecution: { ...this.run },
      ...(retry && { retryPolicy: { initialInterval: tsToMs(retry.initialInterval) } }),
    };
    return new MockActivityEnvironment(info, { logger: SILENT }).run(activity, input);
  }

  #afterTimeout(task: ActivityTask): void {
    const mayRetry = !task.command.retryPolicy?.nonRetryableErrorTypes?.includes(
      'TemporalTimeout:StartToClose',
    );
    if (mayRetry && this.#hasAttemptsLeft(task) && !task.cancelRequested) this.#retry(task, undefined);
    else this.#end(task, timedOut(task));
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
    task.running = false;
    task.attempt += 1;
    this.clock.after(typeof delay === 'number' ? delay : backoff, () => void this.#start(task));
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

const nothing = () => undefined;
const SILENT = { log: nothing, trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing };
