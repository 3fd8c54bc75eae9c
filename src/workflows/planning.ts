import { ActivityFailure, ApplicationFailure } from '@temporalio/common';
import { isCancellation } from '@temporalio/workflow';
import type { PlanResult } from '../domain/activity-types';
import { FAILURES } from '../domain/contract';
import type { RefundPlan } from '../domain/plan';
import { isPlanning } from '../domain/result-shapes';
import type { RefundEvent } from '../domain/transition';
import { requestPlan, requestPlanAgain, whoIs } from './activities';
import { askAgain, askTogether } from './execute';
import { record, recordPlan } from './record';
import { markMoment } from './recorded';
import { pause } from './replay-safe';
import { legRequest, stopping } from './run';
import type { PlannedRun, Run } from './run';

/** A request that is not valid; an earlier run may have sent something all the same. */
export interface Invalid {
  kind: 'invalid';
  problems: string[];
  hasEarlierRuns: boolean;
}

/**
 * How planning ended: what to do, or why nothing is done. `invalidAfterEarlier`: today's rules refuse what an earlier run
 * may have begun, which is found out first.
 */
export type Planned =
  | { kind: 'planned' | 'invalidAfterEarlier'; run: PlannedRun; problems: string[] }
  | Invalid
  | { kind: 'cancelled' };

/** Plans the refund: order, rules, what the providers say before anything moves, and what the order has left. */
export function planRefund(run: Run): Promise<Planned> {
  return requestPlan(run).then((result) =>
    result.kind === 'orderAway' ? planAgain(run, result) : takeUp(run, result),
  );
}

type NoPlan = Extract<PlanResult, { kind: 'orderAway' }>;

/** How long planning is put off that somebody cut off. Milliseconds. */
const AGAIN_AFTER_MS = 10_000;

/** Waits for the order; nothing is in doubt meanwhile, and no slot of a worker is held. */
async function planAgain(run: Run, noPlan: NoPlan): Promise<Planned> {
  let { hasEarlierRuns } = noPlan;
  run.atOrder = 'perhaps';
  run.shown.waitsForOrder = true;
  run.notices.areOn = noPlan.notices === true;
  record(run, { type: 'waitsForOrder' });
  const call = () => requestPlanAgain(run);
  for (;;) {
    const result = await (hasEarlierRuns ? call() : run.stoppable.run(call)).then(
      (planning) => planIn(run, planning),
      endOf,
    );
    markMoment(run, 'interrupted');
    if (result === 'cancelled') {
      // It may have been reset since it was told that there is no earlier run: what that one sent is found out first.
      hasEarlierRuns ||= (await whoIs()).wasReset;
      if (hasEarlierRuns) continue;
      run.decisions.isOpen = false;
      takeEarlyDecisions(run);
      return { kind: result };
    }
    if (result === 'cutOff') {
      await pause(AGAIN_AFTER_MS, () => run.cancelRequested, 'Wait before planning again');
      markMoment(run, 'interrupted');
      continue;
    }
    run.shown.waitsForOrder = false;
    return takeUp(run, result);
  }
}

/** What somebody else completed the activity with says nothing. */
function planIn({ request }: Run, result: unknown): Exclude<PlanResult, NoPlan> | 'cutOff' {
  return isPlanning(result, request) ? result : 'cutOff';
}

/** A question that was cut off (by a reset of the run) is asked again. */
function endOf(error: unknown): 'cancelled' | 'cutOff' {
  if (isCancellation(error)) return 'cancelled';
  if (error instanceof ActivityFailure) return 'cutOff';
  throw error;
}

function takeUp(run: Run, result: Exclude<PlanResult, NoPlan>): Planned {
  run.notices.areOn = result.notices === true;
  if (result.kind === 'planned') {
    return { kind: 'planned', run: adopt(run, result.plan, result.requestHash), problems: [] };
  }
  const { problems, hasEarlierRuns, earlier } = result;
  if (!earlier) return { kind: 'invalid', problems, hasEarlierRuns };
  run.decisions.isOpen = false;
  return { kind: 'invalidAfterEarlier', run: adopt(run, earlier, null), problems };
}

/** What becomes of a run whose request is not valid: nobody decides on it any more. */
export function foundInvalid(run: Run): Extract<RefundEvent, { type: 'foundInvalid' }> {
  run.decisions.isOpen = false;
  takeEarlyDecisions(run);
  return { type: 'foundInvalid' };
}

/** With what a run fails whose request is not valid: `InvalidRefundRequest`, naming each wrong field and no value. */
export function invalidRequest(run: Run, { problems, hasEarlierRuns }: Invalid): ApplicationFailure {
  const sent = hasEarlierRuns ? 'nothing was sent by this run' : 'nothing was sent';
  const message = `The refund request is invalid; ${sent}. ${problems.join('; ')}`;
  // Whoever sent it in clear has no key for details, and without the details can read why.
  const details = run.sentInClear ? [] : [[...problems]];
  return ApplicationFailure.nonRetryable(message, FAILURES.invalidRequest, ...details);
}

function adopt(run: Run, refundPlan: RefundPlan, requestHash: string | null): PlannedRun {
  const { legs, refusals = [], held } = refundPlan;
  if (held) run.atOrder = 'held';
  const planned = legs.map(({ leg }) => {
    const refusal = refusals.find((refused) => refused.leg === leg);
    const { provider } = legRequest(run, leg);
    return { leg, provider, refusal: refusal ? { code: refusal.code, message: refusal.message } : null };
  });
  const planning = recordPlan(run, refundPlan, { type: 'planned', requestHash, legs: planned });
  takeEarlyDecisions(run);
  return planning;
}

/** Takes up the decisions that came before the plan. */
function takeEarlyDecisions(run: Run): void {
  for (const take of run.decisions.early.splice(0)) take();
}

/** Asks what preflight got no answer to, before a person is bothered. */
export async function recheck(run: PlannedRun): Promise<'passed' | 'declined' | 'cancelled'> {
  const { legs, unanswered = [] } = run.refundPlan;
  const questions = legs.flatMap((legPlan) => {
    const question = unanswered.find(({ leg }) => leg === legPlan.leg);
    return question ? [{ legPlan, question }] : [];
  });
  const asked = askTogether(
    run,
    questions.filter(({ question }) => 'notAsked' in question).map(({ legPlan }) => legPlan),
  );
  for (const { legPlan, question } of questions) {
    const outcome = await ('notAsked' in question
      ? asked.get(legPlan)?.()
      : askAgain(run, legPlan, question));
    if (outcome !== 'done') return stopping(run) ? 'cancelled' : 'declined';
  }
  return 'passed';
}
