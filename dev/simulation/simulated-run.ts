import type { Workflow } from '@temporalio/worker/lib/workflow/interface';
import { tsToMs } from '@temporalio/common/lib/time';
import type { RefundState } from '../../src/domain/state';
import { SEND_AGAIN } from '../../src/domain/contract';
import { ActivityTasks } from './activity-tasks';
import type { ActivityTask, WorkerProcess, Workers } from './activity-tasks';
import type { VirtualClock } from './clock';
import { patchesOf, TaskCommands } from './commands';
import { cancelled, wasReset } from './failures';
import { activate, fromPayload, initialJob, toPayload } from './isolate';
import type { ActivationFacts, Command, Isolate, Job, RunIdentity } from './isolate';

/** How an update was answered. */
export type UpdateAnswer =
  | { accepted: true; result: unknown }
  /** `forNow`: it is accepted in a moment, and to be sent again. */
  | { accepted: false; message: string; detail?: unknown; forNow?: true };

/** How a run is reset. */
export interface HowToReset {
  keepsMessages?: boolean;
  evenEnded?: boolean;
}

/** What people see of a run. */
export interface Shown {
  details: string;
  state: RefundState;
}

/** A workflow task that the server holds as completed: what a replay is told, and what it must ask for again. */
interface CompletedTask {
  at: number;
  /** How long the history is when it starts. */
  historyLength: number;
  jobs: Job[];
  localResults: Map<number, Job>;
  signature: string[];
}

/** What a run is made of. */
export interface SimulatedRunOptions {
  identity: RunIdentity;
  isolate: Isolate;
  clock: VirtualClock;
  worker: WorkerProcess;
  workers: Workers;
  chance: () => number;
  /** Told after every workflow task. */
  watch: (shown: Shown) => void;
  /** Told when a timer fired or an activity ended, before the workflow hears of it. */
  onEvent: () => void;
}

/** The queue of the refunds themselves. */
export const TASK_QUEUE = 'refunds';

const METADATA = '__temporal_workflow_metadata';

/** One refund on a simulated server and core: the real workflow in the SDK's isolate, under a virtual clock. */
export class SimulatedRun {
  /** How it closed. */
  closed:
    { result: RefundState } | { failure: string; type: string } | { continuedWith: unknown } | undefined;
  /** What a real server would show as a failing workflow task. */
  readonly broken: string[] = [];

  #pending: Job[];
  #tasks: CompletedTask[] = [];
  #workflow: Workflow | undefined;
  #taskUnderWay = false;
  #timers = new Map<number, { firesAt: number; over: boolean }>();
  #activities = new Map<number, ActivityTask>();
  #updates = new Map<string, (answer: UpdateAnswer) => void>();
  #generation = 0;

  constructor(private readonly options: SimulatedRunOptions) {
    this.#pending = [initialJob(options.identity)];
    this.#requestTask();
  }

  get identity(): RunIdentity {
    return this.options.identity;
  }

  signal(signalName: string, argument: unknown): void {
    this.#deliver({ signalWorkflow: { signalName, input: [toPayload(argument)], identity: 'someone' } });
  }

  /** Asks for a cancel; the server takes in one of them. */
  cancel(): void {
    const told = [...this.#tasks.flatMap(({ jobs }) => jobs), ...this.#pending];
    if (told.some(({ cancelWorkflow }) => cancelWorkflow)) return;
    this.#deliver({ cancelWorkflow: { reason: '' } });
  }

  /** Sends an update; undefined when the run closed before it was answered. */
  update(name: string, argument: unknown): Promise<UpdateAnswer | undefined> {
    if (this.closed) return Promise.resolve(undefined);
    const id = `update-${this.#updates.size}`;
    return new Promise((resolve) => {
      this.#updates.set(id, resolve);
      const input = [toPayload(argument)];
      this.#deliver({
        doUpdate: { id, protocolInstanceId: id, name, input, runValidator: true, meta: { updateId: id } },
      });
    });
  }

  /** What people see now; undefined while the run cannot be asked. */
  async query(): Promise<Shown | undefined> {
    return this.#taskUnderWay || this.#tasks.length === 0 ? undefined : this.#see();
  }

  async #see(): Promise<Shown | undefined> {
    return this.#ask().catch((error: unknown) => {
      this.broken.push(String(error));
      return undefined;
    });
  }

  async #ask(): Promise<Shown | undefined> {
    const { clock } = this.options;
    const workflow = await clock.working(this.#ensureWorkflow());
    const about = this.identity.workflowType === 'refundOrder' ? 'getRefund' : 'getOrder';
    const jobs = [about, METADATA].map((queryType) => ({
      queryWorkflow: { queryId: queryType, queryType, arguments: [] },
    }));
    const facts = { at: clock.now, isReplaying: true, historyLength: this.#lengthWith(0) };
    const commands = await clock.working(activate(workflow, this.identity.runId, jobs, facts));
    const [state, metadata] = commands.map(({ respondToQuery }) =>
      fromPayload(respondToQuery?.succeeded?.response),
    );
    const { currentDetails } = metadata as { currentDetails?: string };
    return { state: state as RefundState, details: currentDetails ?? '' };
  }

  /** Ends the run in the middle, as an administrator can: nothing is told to it. */
  terminate(): void {
    this.closed = { failure: 'terminated', type: 'Terminated' };
    for (const task of this.#activities.values()) task.over = true;
    this.forget();
  }

  /** Somebody gives the activities in flight more attempts and less time. */
  changeOptions(timeoutMs: number): void {
    const tasks = this.#tasksOfRun();
    for (const task of this.#activities.values()) if (!task.over) tasks.changeOptions(task, timeoutMs);
  }

  /** The worker died: its cached workflow is gone. */
  forget(): void {
    const workflow = this.#workflow;
    this.#workflow = undefined;
    void workflow?.dispose();
  }

  /**
   * Resets the run to one of its completed tasks: later results are gone, messages are delivered again. Never to
   * before a reversal that was begun: that is the one reset which `refund heal` refuses as well.
   * @param how whether what people said since is delivered again, and whether a run that has ended is reset too
   */
  reset(chance: () => number, { keepsMessages = true, evenEnded = false }: HowToReset = {}): boolean {
    if (this.#tasks.length < 2 || this.#taskUnderWay || (this.closed && !evenEnded)) return false;
    const kept = Math.floor(chance() * this.#tasks.length);
    const begunLater = this.#tasks.slice(kept).flatMap(({ signature }) => signature);
    if (begunLater.some((line) => line.startsWith('reverseLeg'))) return false;
    const dropped = this.#tasks.splice(kept);
    const [first] = dropped;
    const later = [...dropped.slice(1).flatMap(({ jobs }) => jobs), ...this.#pending];
    const messages = later.filter((job) => keepsMessages && isMessage(job));
    this.closed = undefined;
    this.forget();
    this.#generation += 1;
    this.identity.runId = `${this.identity.firstRunId}-reset-${this.#generation}`;
    for (const task of this.#activities.values()) task.over = true;
    this.#activities.clear();
    const rerun = (first?.jobs ?? []).map(withValidator);
    this.#pending = [...rerun, ...this.#interrupted(rerun), ...messages.map(withValidator)];
    this.#rearmTimers(rerun);
    this.#requestTask();
    return true;
  }

  /** Replays the whole history; what differs from the live run is listed in `broken`. */
  async replayAll(): Promise<void> {
    this.forget();
    await this.options.clock.working(this.#ensureWorkflow());
    this.forget();
  }

  #deliver(job: Job): void {
    if (this.closed) return;
    this.#pending.push(job);
    this.#requestTask();
    if (job.fireTimer ?? job.resolveActivity) this.options.onEvent();
  }

  #requestTask(): void {
    if (this.#taskUnderWay || this.closed) return;
    this.#taskUnderWay = true;
    const { clock, worker, chance } = this.options;
    const wait = Math.max(0, worker.upAt - clock.now) + chance() * 20;
    clock.after(wait, () => void this.#runTask());
  }

  async #runTask(): Promise<void> {
    const { clock, worker } = this.options;
    const { epoch } = worker;
    const generation = this.#generation;
    const taken = this.#pending.splice(0);
    const historyLength = this.#lengthWith(eventsIn(taken));
    const task: CompletedTask = {
      ...{ at: clock.now, historyLength },
      ...{ jobs: [], localResults: new Map(), signature: [] },
    };
    const commands = new TaskCommands();
    try {
      const workflow = await clock.working(this.#ensureWorkflow());
      const parts = this.#inParts(taken);
      for (const [index, part] of parts.entries()) {
        // What a query takes in has no task yet: neither its scheduling nor its start is in the history.
        const ahead = index < parts.length - 1 ? eventsIn(taken) - eventsIn(part) + 2 : 0;
        const facts = { at: clock.now, isReplaying: false, historyLength: historyLength - ahead };
        await this.#drive(workflow, inOrder(part), taken, commands, facts, task.localResults);
      }
    } catch (error) {
      if (worker.epoch === epoch) this.broken.push(String(error));
    }
    this.#taskUnderWay = false;
    if (generation !== this.#generation || this.closed) return;
    const completes = commands.sent.some(
      (command) =>
        command.completeWorkflowExecution ??
        command.failWorkflowExecution ??
        command.continueAsNewWorkflowExecution,
    );
    const isLost = worker.epoch !== epoch || (completes && this.#pending.length > 0);
    if (isLost || this.broken.length > 0) {
      this.forget();
      this.#pending.unshift(...taken);
      if (this.broken.length === 0) this.#requestTask();
      return;
    }
    const { rejected } = commands;
    task.jobs = inOrder(taken)
      .filter(({ doUpdate }) => !rejected.has(doUpdate?.protocolInstanceId ?? ''))
      .map(withoutValidator);
    task.signature = commands.signature;
    if (task.jobs.length > 0 || task.signature.length > 0) this.#tasks.push(task);
    for (const command of commands.sent) this.#apply(command);
    await this.#show();
    if (this.#pending.length > 0) this.#requestTask();
  }

  async #show(): Promise<void> {
    if (this.closed && !('result' in this.closed)) return;
    const shown = await this.#see();
    if (shown) this.options.watch(shown);
  }

  /** How long the history is in a task that takes in so many events: before them the last task was completed. */
  #lengthWith(events: number): number {
    return (this.#tasks.at(-1)?.historyLength ?? 0) + 3 + events;
  }

  /** Sometimes a query makes a worker take in the first events before it knows of the others (docs/adr/004). */
  #inParts(taken: Job[]): Job[][] {
    const { chance } = this.options;
    const seen = taken.filter((job) => !job.doUpdate);
    const most = seen.length < taken.length ? seen.length : seen.length - 1;
    const isWhole = most < 1 || taken.some((job) => job.initializeWorkflow);
    if (isWhole || chance() > 0.5) return [taken];
    // An update comes with a task only, never with a query.
    const ahead = new Set(seen.slice(0, 1 + Math.floor(chance() * most)));
    return [taken.filter((job) => ahead.has(job)), taken.filter((job) => !ahead.has(job))];
  }

  /** Tells a workflow its jobs, and then whatever follows from them within the same task. */
  async #drive(
    workflow: Workflow,
    jobs: Job[],
    task: Job[],
    commands: TaskCommands,
    facts: ActivationFacts,
    localResults: Map<number, Job>,
  ): Promise<void> {
    const { clock, chance } = this.options;
    const over = overWithin(task);
    const ended: Job[] = [];
    let next = jobs;
    while (next.length > 0) {
      const said = await clock.working(activate(workflow, this.identity.runId, next, facts));
      next = commands.add(said, over).map(cancelled);
      for (const { scheduleLocalActivity: local } of said) {
        if (!local) continue;
        const seq = local.seq ?? 0;
        if (!facts.isReplaying) localResults.set(seq, await this.#runLocal(local));
        const result = localResults.get(seq);
        if (result) ended.push(result);
      }
      // A live worker may hear of each local activity as it ends; a replay hears of all at once, from their markers.
      if (next.length > 0) continue;
      const isTogether = facts.isReplaying || chance() < 0.5;
      next = isTogether ? ended.splice(0) : ended.splice(Math.floor(chance() * ended.length), 1);
    }
  }

  async #runLocal(local: NonNullable<Command['scheduleLocalActivity']>): Promise<Job> {
    const input = fromPayload(local.arguments?.[0]);
    const result = await this.#tasksOfRun().runLocal(local.activityType ?? '', input, TASK_QUEUE);
    return { resolveActivity: { ...result, seq: local.seq ?? 0 } };
  }

  async #ensureWorkflow(): Promise<Workflow> {
    if (this.#workflow) return this.#workflow;
    const workflow = await this.options.isolate.create(this.identity);
    for (const task of this.#tasks) {
      const commands = new TaskCommands();
      const jobs = [...patchesOf(task.signature), ...task.jobs];
      const { at, historyLength } = task;
      const facts = { at, historyLength, isReplaying: true };
      await this.#drive(workflow, jobs, task.jobs, commands, facts, task.localResults);
      const replayed = commands.signature.join(', ');
      const recorded = task.signature.join(', ');
      if (replayed !== recorded)
        throw new Error(`nondeterminism: recorded [${recorded}], replayed [${replayed}]`);
    }
    this.#workflow = workflow;
    return workflow;
  }

  #apply(command: Command): void {
    const { startTimer, cancelTimer, scheduleActivity, requestCancelActivity, updateResponse } = command;
    if (startTimer)
      this.#startTimer(startTimer.seq ?? 0, this.options.clock.now + tsToMs(startTimer.startToFireTimeout));
    if (cancelTimer) {
      const timer = this.#timers.get(cancelTimer.seq ?? 0);
      if (timer) timer.over = true;
    }
    if (scheduleActivity) {
      const task = this.#tasksOfRun().schedule(scheduleActivity);
      this.#activities.set(task.seq, task);
    }
    if (requestCancelActivity) {
      const task = this.#activities.get(requestCancelActivity.seq ?? 0);
      if (task) this.#tasksOfRun().cancel(task);
    }
    if (updateResponse) this.#answerUpdate(updateResponse);
    if (command.completeWorkflowExecution)
      this.closed = { result: fromPayload(command.completeWorkflowExecution.result) as RefundState };
    if (command.continueAsNewWorkflowExecution)
      this.closed = { continuedWith: fromPayload(command.continueAsNewWorkflowExecution.arguments?.[0]) };
    if (command.failWorkflowExecution) {
      const { message, applicationFailureInfo } = command.failWorkflowExecution.failure ?? {};
      this.closed = { failure: message ?? '', type: applicationFailureInfo?.type ?? '' };
    }
    if (this.closed)
      for (const resolve of this.#updates.values()) resolve({ accepted: false, message: 'closed' });
  }

  #answerUpdate({ protocolInstanceId, rejected, completed }: NonNullable<Command['updateResponse']>): void {
    const resolve = this.#updates.get(protocolInstanceId ?? '');
    if (rejected) {
      const [payload] = rejected.applicationFailureInfo?.details?.payloads ?? [];
      const detail = fromPayload(payload);
      const forNow = detail === SEND_AGAIN && { forNow: true as const };
      resolve?.({ accepted: false, message: rejected.message ?? '', detail, ...forNow });
    }
    if (completed) resolve?.({ accepted: true, result: fromPayload(completed) });
  }

  #startTimer(seq: number, firesAt: number): void {
    const timer = { firesAt, over: false };
    const { clock } = this.options;
    this.#timers.set(seq, timer);
    clock.after(firesAt - clock.now, () => {
      if (timer.over) return;
      timer.over = true;
      this.#deliver({ fireTimer: { seq } });
    });
  }

  /** Activities that the kept tasks began and that were in flight at the reset: they fail with it. */
  #interrupted(rerun: Job[]): Job[] {
    return this.#begunAndOpen('activity', rerun).map(({ seq, type }) => wasReset({ seq, type }));
  }

  /** Timers that the kept tasks began go on. */
  #rearmTimers(rerun: Job[]): void {
    const old = this.#timers;
    for (const timer of old.values()) timer.over = true;
    this.#timers = new Map();
    for (const { seq } of this.#begunAndOpen('timer', rerun))
      this.#startTimer(seq, old.get(seq)?.firesAt ?? 0);
  }

  #begunAndOpen(kind: 'timer' | 'activity', rerun: Job[]): { seq: number; type: string }[] {
    const lines = this.#tasks.flatMap(({ signature }) => signature);
    const over = overWithin([...this.#tasks.flatMap(({ jobs }) => jobs), ...rerun]);
    return lines.flatMap((line) => {
      const [type = '', number = ''] = line.split(' ');
      const isKind = kind === 'timer' ? type === 'timer' : /^(plan|check|refund|lookUp|reverse)/.test(type);
      const isCancelled = kind === 'timer' && lines.includes(`cancel timer ${number}`);
      const isOpen = !over.has(`${kind} ${number}`) && !isCancelled;
      return isKind && isOpen ? [{ seq: Number(number), type }] : [];
    });
  }

  #tasksOfRun(): ActivityTasks {
    const { clock, worker, workers, chance, identity } = this.options;
    const { workflowId, runId } = identity;
    const report = (task: ActivityTask, job: Job) => {
      if (this.#activities.get(task.seq) === task) this.#deliver(job);
    };
    return new ActivityTasks(clock, worker, workers, () => chance() * 10, { workflowId, runId }, report);
  }
}

/**
 * Core tells signals first, then updates, which come with the start of a task and so after every event before it, then
 * everything else as it happened.
 */
function inOrder(jobs: Job[]): Job[] {
  const rank = (job: Job) => (job.initializeWorkflow ? 0 : job.signalWorkflow ? 1 : job.doUpdate ? 2 : 3);
  return [0, 1, 2, 3].flatMap((wanted) => jobs.filter((job) => rank(job) === wanted));
}

/** An update is no event before it is accepted. */
function eventsIn(jobs: Job[]): number {
  return jobs.filter(({ doUpdate }) => !doUpdate).length;
}

function isMessage(job: Job): boolean {
  return Boolean(job.signalWorkflow ?? job.doUpdate ?? job.cancelWorkflow);
}

function withValidator(job: Job): Job {
  return job.doUpdate ? { doUpdate: { ...job.doUpdate, runValidator: true } } : job;
}

function withoutValidator(job: Job): Job {
  return job.doUpdate ? { doUpdate: { ...job.doUpdate, runValidator: false } } : job;
}

function overWithin(jobs: Job[]): Set<string> {
  return new Set(
    jobs.flatMap(({ fireTimer, resolveActivity }) => {
      if (fireTimer) return [`timer ${fireTimer.seq ?? 0}`];
      return resolveActivity ? [`activity ${resolveActivity.seq ?? 0}`] : [];
    }),
  );
}
