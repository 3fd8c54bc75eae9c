import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { MESSAGES } from '../../src/domain/contract';
import type { LegName } from '../../src/domain/plan';
import { seenOf } from '../../src/domain/seen';
import { isUnclear } from '../../src/domain/state';
import type { Problem, RefundState } from '../../src/domain/state';
import { Chance } from './chance';
import { decide } from './decisions';
import type { Decision } from './decisions';
import { isRefunded, legsOf } from './legs';
import type { BookedLeg } from './legs';
import type { Script } from './scripts';
import { sendUpdate } from './sending';
import type { Answer } from './sending';
import { SETTLED_AFTER_MS } from './settings';
import { attempt, persist } from './context';
import type { Context } from './context';

const FLOAT = 10 ** 12;
const OPERATOR = 'otto@shop.example';
const ATTENTION = 'RefundNeedsAttention = true AND ExecutionStatus = "Running"';

/** The person who finds refunds that need one, and answers truthfully from the providers' books. */
export class Operator {
  readonly #busy = new Set<string>();
  /** When each question was first seen. */
  readonly #seenAt = new Map<string, number>();

  constructor(private readonly context: Context) {}

  /** Works until the session is over. */
  async work(): Promise<void> {
    const { client, lookMs, over, scripts } = this.context;
    while (!over.aborted) {
      const found = await persist(this.context, () => list(client.workflow.list({ query: ATTENTION })));
      for (const refundId of found) {
        const script = scripts.get(refundId);
        if (!script || this.#busy.has(refundId)) continue;
        this.#busy.add(refundId);
        void this.#attend(script).finally(() => this.#busy.delete(refundId));
      }
      await sleep(lookMs, undefined, { signal: over });
    }
  }

  async #attend(script: Script): Promise<void> {
    const handle = this.context.client.workflow.getHandle(script.workflowId);
    const state = await attempt(this.context, () => handle.query<RefundState>(MESSAGES.getRefund));
    if (!state) return;
    if (state.waitingOn === 'approval') await this.#decide(script, handle);
    for (const leg of legsOf(script.request)) {
      const { status, problem } = state.legs[leg.leg] ?? {};
      const place = `${script.refundId} ${leg.leg}`;
      if (status !== 'parked' || !problem) this.#seenAt.delete(place);
      else if (this.#sawLongAgo(place)) {
        this.#seenAt.delete(place);
        await this.#settle(script, handle, leg, problem, state);
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
    if (decision === 'approve') this.context.actions.approve(refundId);
    const message = { decision, by: OPERATOR, note: 'within the rules', refundId };
    await sendUpdate(this.context, handle, MESSAGES.decide, message);
  }

  async #settle(
    script: Script,
    handle: WorkflowHandle,
    leg: BookedLeg,
    problem: Problem,
    state: RefundState,
  ): Promise<void> {
    const { actions, seed, simulators } = this.context;
    const before = actions.about(script.refundId, leg.leg);
    const chance = new Chance(seed, `operator ${script.refundId} ${leg.leg} ${before.length}`);
    if (problem.code === 'merchantBalance') {
      simulators.sipay.setMerchantBalance(FLOAT);
      simulators.wyre.setPartnerBalance(script.request.currency, FLOAT);
    }
    // In planning it is the question that got no answer; what an earlier run refunded is found out later.
    const isOfQuestion = state.status === 'planning' && actions.hasEarlierRuns(script.refundId);
    if (problem.side === 'refund' && !isOfQuestion && !isUnclear(problem) && isRefunded(simulators, leg)) {
      actions.contradictions.push({ refundId: script.refundId, leg: leg.leg, code: problem.code });
    }
    for (const decision of decide(simulators, leg, problem, before, chance)) {
      if ((await this.#say(script, handle, { leg: leg.leg, state }, problem, decision)) !== 'refused') return;
    }
  }

  async #say(
    { refundId }: Script,
    handle: WorkflowHandle,
    { leg, state }: { leg: LegName; state: RefundState },
    { side, code }: Problem,
    { anotherWay, ...decision }: Decision,
  ): Promise<Answer> {
    const said = { refundId, leg, side, code, outcome: decision.outcome, anotherWay, at: Date.now() };
    const message = { refundId, leg, by: OPERATOR, seen: seenOf(state, leg), ...decision };
    const answer = await sendUpdate(this.context, handle, MESSAGES.resolveLeg, message);
    this.context.actions.resolutions.push({ ...said, answer });
    return answer;
  }
}

async function list(found: AsyncIterable<{ workflowId: string }>): Promise<string[]> {
  const refundIds: string[] = [];
  for await (const { workflowId } of found) refundIds.push(workflowId.replace(/^refund:/, ''));
  return refundIds;
}
