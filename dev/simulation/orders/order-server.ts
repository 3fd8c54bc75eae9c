import { WorkflowUpdateFailedError } from '@temporalio/client';
import type { WithStartWorkflowOperation, Workflow } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { FAILURES, ORDER_MESSAGES, ORDER_WORKFLOW_TYPE } from '../../../src/domain/contract';
import type { EndOfRefund } from '../../../src/domain/order/end';
import type { OrderState } from '../../../src/domain/order/ledger';
import type { Reservation } from '../../../src/domain/order/reservation';
import type { WorkerProcess, Workers } from '../activity-tasks';
import type { VirtualClock } from '../clock';
import type { Isolate } from '../isolate';
import { SimulatedRun } from '../simulated-run';

/** What an order's workflow runs on. */
export interface OrderServerOptions {
  isolate: Isolate;
  clock: VirtualClock;
  chance: () => number;
  workers: Workers;
  /** Share of calls whose answer is lost, whether or not they arrived. */
  lossy: number;
}

/** What the server says of an order that did not answer in time. */
const STANDING = { type: ORDER_WORKFLOW_TYPE, status: { name: 'RUNNING' }, taskQueue: 'orders', raw: {} };

/** One order on a simulated server: the real workflow, its continuations, and what a client can do with it. */
export class OrderServer {
  /** The worker of the queue of orders. */
  readonly worker: WorkerProcess = { epoch: 0, upAt: 0 };
  /** Whatever went wrong with any of its runs. */
  readonly broken: string[] = [];
  #run: SimulatedRun | undefined;
  #runs = 0;
  /** The server repeats what it answered under an update id, in the same run. */
  #answers = new Map<string, unknown>();
  /** The last end that each refund told. */
  readonly #ends = new Map<string, EndOfRefund>();

  constructor(private readonly options: OrderServerOptions) {}

  /** How often it went on in a new run. */
  get continuations(): number {
    return this.#runs - 1;
  }

  /** What it knows; undefined before the first refund. */
  async state(): Promise<OrderState | undefined> {
    this.#goOn();
    const shown = await this.#run?.query();
    return shown?.state as unknown as OrderState | undefined;
  }

  /** Its worker died. */
  crash(): void {
    this.worker.epoch += 1;
    this.worker.upAt = this.options.clock.now + this.options.chance() * 5_000;
    this.#run?.forget();
  }

  /** Replays the run that goes on. */
  async replay(): Promise<void> {
    await this.#run?.replayAll().catch((error: unknown) => this.broken.push(String(error)));
    this.#note();
  }

  /** What activities reach through their client. */
  get client(): object {
    return {
      withDeadline: (deadline: number, ask: () => Promise<unknown>) => this.#until(deadline, ask()),
      workflow: {
        executeUpdateWithStart: (name: string, options: UpdateWithStart) =>
          this.#updateWithStart(name, options),
        getHandle: () => ({
          signal: (name: string, argument: unknown) => this.#signal(name, argument),
          describe: () => Promise.resolve(STANDING),
        }),
      },
    };
  }

  /** A person releases what a refund holds. */
  async release(message: object): Promise<string | undefined> {
    this.#goOn();
    const answer = await this.#run?.update('releaseHold', message);
    return answer?.accepted === false ? answer.message : undefined;
  }

  async #updateWithStart(name: string, { updateId, args }: UpdateWithStart): Promise<unknown> {
    const { clock, chance, lossy } = this.options;
    await clock.sleep(chance() * 20);
    if (chance() < lossy / 2) throw unanswered();
    const run = this.#goOn() ?? this.#begin(undefined);
    if (this.#answers.has(updateId)) return this.#answers.get(updateId);
    const answers = this.#answers;
    const answer = await run.update(name, args[0]);
    if (!answer || (!answer.accepted && answer.message === 'closed')) throw unanswered();
    if (!answer.accepted) {
      const refusal = ApplicationFailure.nonRetryable(
        answer.message,
        FAILURES.reservationRefused,
        answer.detail,
      );
      throw new WorkflowUpdateFailedError('refused', refusal);
    }
    answers.set(updateId, answer.result);
    const end = this.#ends.get((args[0] as Reservation).refundId);
    if (end) clock.after(chance() * 1_000, () => this.#tellAgain(end));
    if (chance() < lossy) throw unanswered();
    return answer.result;
  }

  async #signal(name: string, argument: unknown): Promise<void> {
    const { clock, chance, lossy } = this.options;
    await clock.sleep(chance() * 20);
    if (name === ORDER_MESSAGES.endRefund) {
      const end = argument as EndOfRefund;
      this.#ends.set(end.refundId, end);
    }
    this.#goOn()?.signal(name, argument);
    // An activity whose first attempt had got through sends it again.
    if (chance() < lossy * 4) clock.after(chance() * 60_000, () => this.#goOn()?.signal(name, argument));
    await clock.sleep(chance() * 20);
  }

  /** A late attempt tells the end of a run whose refund has reserved anew since: what is open keeps what it holds. */
  #tellAgain(end: EndOfRefund): void {
    const { clock } = this.options;
    this.#goOn()?.signal(ORDER_MESSAGES.endRefund, end);
    clock.after(100, () => void this.#checkHolds());
  }

  async #checkHolds(): Promise<void> {
    for (const { refundId, isOpen, shares } of (await this.state())?.refunds ?? [])
      if (isOpen && shares.some(({ status }) => status === 'released'))
        this.broken.push(`${refundId}: is open, and a share of it is free`);
  }

  async #until(deadline: number, asked: Promise<unknown>): Promise<unknown> {
    const { clock } = this.options;
    const late = clock.sleep(deadline - clock.now).then(() => {
      throw unanswered();
    });
    return Promise.race([asked, late]);
  }

  /** The run that takes messages now: the one in which the last went on, where it did. */
  #goOn(): SimulatedRun | undefined {
    this.#note();
    const closed = this.#run?.closed;
    if (!closed) return this.#run;
    return 'continuedWith' in closed ? this.#begin(closed.continuedWith) : undefined;
  }

  #note(): void {
    this.broken.push(...(this.#run?.broken.splice(0) ?? []));
  }

  #begin(carried: unknown): SimulatedRun {
    const { isolate, clock, chance, workers } = this.options;
    this.#runs += 1;
    this.#answers = new Map();
    this.#run = new SimulatedRun({
      identity: {
        workflowId: 'order:order-1',
        runId: `order-run-${this.#runs}`,
        firstRunId: 'order-run-1',
        startedAt: clock.now,
        workflowType: 'orderLock',
        argument: carried,
      },
      ...{ isolate, clock, worker: this.worker, workers, chance },
      watch: () => undefined,
      onEvent: () => undefined,
    });
    return this.#run;
  }
}

interface UpdateWithStart {
  updateId: string;
  args: unknown[];
  startWorkflowOperation: WithStartWorkflowOperation<Workflow>;
}

/** What the client throws when the server does not answer in time. */
function unanswered(): Error {
  return Object.assign(new Error('4 DEADLINE_EXCEEDED'), {
    code: 4,
    details: 'Deadline exceeded',
    metadata: {},
  });
}
