import { ApplicationFailure } from '@temporalio/common';
import { FAILURES } from '../domain/contract';
import type { RefundPlan } from '../domain/plan';
import { requestPlan } from './calls';
import { countEnd } from './metrics';
import { publish } from './publish';
import { legState, requestedLeg, stopping } from './run';
import type { PlannedRun, Run } from './run';
import { settle } from './settle';

/**
 * Plans the refund: order, rules, and what the providers say before anything moves.
 * @throws ApplicationFailure `InvalidRefundRequest`, naming each wrong field and no value
 */
export function plan(run: Run): Promise<PlannedRun> {
  return requestPlan(run.request).then((result) =>
    result.kind === 'invalid' ? refuse(run, result.problems) : adopt(run, result.plan),
  );
}

function refuse(run: Run, problems: string[]): never {
  run.state.status = 'invalid';
  hearEarly(run);
  publish(run);
  countEnd(run.state);
  const message = `The refund request is invalid; nothing was sent. ${problems.join('; ')}`;
  throw ApplicationFailure.nonRetryable(message, FAILURES.invalidRequest, problems);
}

function adopt(run: Run, refundPlan: RefundPlan): PlannedRun {
  const planned = Object.assign(run, { plan: refundPlan });
  for (const { leg } of refundPlan.legs) {
    run.state.legs[leg] = { provider: requestedLeg(run, leg).provider, status: 'pending' };
  }
  for (const { leg, code, message } of refundPlan.refusals ?? []) {
    Object.assign(legState(run, leg), { status: 'declined', problem: { side: 'refund', code, message } });
  }
  hearEarly(run);
  return planned;
}

/** Takes up the decisions that came before the plan. */
function hearEarly(run: Run): void {
  for (const hear of run.early.splice(0)) hear();
}

/** Asks again what preflight got no answer to, before a person is bothered. */
export async function recheck(run: PlannedRun): Promise<'passed' | 'declined' | 'cancelled'> {
  const { legs, unanswered = [] } = run.plan;
  for (const leg of legs.filter(({ leg: name }) => unanswered.includes(name))) {
    const ending = await settle(run, leg, 'check');
    if (ending !== 'done') return stopping(run) ? 'cancelled' : 'declined';
  }
  return 'passed';
}
