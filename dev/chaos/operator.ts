import { setTimeout as sleep } from 'node:timers/promises';
import { ApplicationFailure } from '@temporalio/common';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import type { WorkflowHandle } from '@temporalio/client';
import { FAILURES, MESSAGES } from '../../src/domain/contract';
import type { Problem, RefundState } from '../../src/domain/state';
import { Chance } from './chance';
import { judge } from './judgement';
import type { Verdict } from './judgement';
import { isRefunded, legsOf } from './legs';
import type { BookedLeg } from './legs';
import type { Script } from './scripts';
import { SETTLED_AFTER_MS } from './settings';
import { attempt, persist } from './stage';
import type { Stage } from './stage';

const LOOK_MS = 400;
const FLOAT = 10 ** 12;
const ATTENTION = 'RefundNeedsAttention = true AND ExecutionStatus = "Running"';

/** The person who finds refunds that need one, and answers truthfully from the providers' books. */
export class Operator {
  readonly #busy = new Set<string>();
  /** When each question was first seen. */
  readonly #seenAt = new Map<string, number>();

  constructor(private readonly stage: Stage) {}

  /** Works until the session is over. */
  async work(): Promise<void> {
    const { client, over, scripts } = this.stage;
    while (!over.aborted) {
      const found = await persist(this.stage, () => list(client.workflow.list({ query: ATTENTION })));
      for (const refundId of found) {
        const script = scripts.get(refundId);
        if (!script || this.#busy.has(refundId)) continue;
        this.#busy.add(refundId);
        void this.#attend(script).finally(() => this.#busy.delete(refundId));
      }
      await sleep(LOOK_MS, undefined, { signal: over });
    }
  }

  async #attend(script: Script): Promise<void> {
    const handle = this.stage.client.workflow.getHandle(script.workflowId);
    const state = await attempt(this.stage, () => handle.query<RefundState>(MESSAGES.getRefund));
    if (!state) return;
    if (state.waitingOn === 'approval') await this.#decide(script, handle);
    for (const leg of legsOf(script.request)) {
      const { status, problem } = state.legs[leg.leg] ?? {};
      const place = `${script.refundId} ${leg.leg}`;
      if (status !== 'parked' || !problem) this.#seenAt.delete(place);
      else if (this.#sawLongAgo(place)) {
        this.#seenAt.delete(place);
        await this.#settle(script, handle, leg, problem);
      }
    }
  }

  #sawLongAgo(place: string): boolean {
    const seenAt = this.#seenAt.get(place) ?? Date.now();
    this.#seenAt.set(place, seenAt);
    return Date.now() - seenAt >= SETTLED_AFTER_MS;
  }

  async #decide({ decision, signalAt, refundId }: Script, handle: WorkflowHandle): Promise<void> {
    if (!decision || signalAt !== undefined) return;
    if (decision === 'approve') this.stage.deeds.approve(refundId);
    const message = { decision, by: 'otto', note: 'within the rules' };
    await attempt(this.stage, () => handle.executeUpdate('decide', { args: [message] }));
  }

  async #settle(script: Script, handle: WorkflowHandle, leg: BookedLeg, problem: Problem): Promise<void> {
    const { deeds, seed, simulators } = this.stage;
    const before = deeds.about(script.refundId, leg.leg);
    const chance = new Chance(seed, `operator ${script.refundId} ${leg.leg} ${before.length}`);
    if (problem.code === 'merchantBalance') {
      simulators.sipay.setMerchantBalance(FLOAT);
      simulators.wyre.setPartnerBalance(script.request.currency, FLOAT);
    }
    const unclear = problem.code === 'ambiguous' || problem.code === 'alreadyDone';
    if (problem.side === 'refund' && !unclear && isRefunded(simulators, leg)) {
      deeds.contradictions.push({ refundId: script.refundId, leg: leg.leg, code: problem.code });
    }
    for (const verdict of judge(simulators, leg, problem, before, chance)) {
      if ((await this.#say(script, handle, leg, problem, verdict)) !== 'refused') return;
    }
  }

  async #say(
    { refundId }: Script,
    handle: WorkflowHandle,
    { leg }: BookedLeg,
    { side, code }: Problem,
    { anotherWay, ...verdict }: Verdict,
  ): Promise<'accepted' | 'refused' | 'unknown'> {
    const said = { refundId, leg, side, code, outcome: verdict.outcome, anotherWay, at: Date.now() };
    const message = { leg, by: 'otto', ...verdict };
    const send = () => handle.executeUpdate('resolveLeg', { args: [message] });
    const answer = await this.stage.client.withDeadline(Date.now() + 5_000, send).then(
      () => 'accepted' as const,
      (error: unknown) => (isRefusal(error) ? ('refused' as const) : ('unknown' as const)),
    );
    this.stage.deeds.resolutions.push({ ...said, answer });
    return answer;
  }
}

function isRefusal(error: unknown): boolean {
  return (
    error instanceof WorkflowUpdateFailedError &&
    error.cause instanceof ApplicationFailure &&
    error.cause.type === FAILURES.resolutionRefused
  );
}

async function list(found: AsyncIterable<{ workflowId: string }>): Promise<string[]> {
  const refundIds: string[] = [];
  for await (const { workflowId } of found) refundIds.push(workflowId.replace(/^refund:/, ''));
  return refundIds;
}
