import { CancellationScope } from '@temporalio/workflow';
import type { RefundRequest } from '../domain/request';
import type { FinalStatus, RefundState } from '../domain/state';
import { awaitApproval, skipApproval } from './approval';
import { turnBack, wasPivotPassedEarlier, wasRefundedEarlier } from './compensation';
import { listen } from './messages';
import { countEnd } from './metrics';
import { plan, recheck } from './planning';
import { noteCancel, publish } from './publish';
import { legState, startRun, stopping } from './run';
import type { PlannedRun } from './run';
import { settle } from './settle';
import { settleScopeRules } from './waiting';

/**
 * Refunds one order: loyalty points, sale wallet and cash, each once or not at all.
 * Completes with the refund's final state; fails only as `InvalidRefundRequest`, before anything was sent.
 */
export function refundOrder(request: RefundRequest): Promise<RefundState> {
  settleScopeRules();
  const run = startRun(request);
  listen(run);
  CancellationScope.current().cancelRequested.catch(() => noteCancel(run));
  // Nothing may cut off a movement in flight or a compensation: a cancel is a wish, read between the legs.
  return CancellationScope.nonCancellable(async () => {
    const planned = await plan(run);
    planned.state.status = await refund(planned);
    planned.state.waitingOn = null;
    publish(planned);
    countEnd(planned.state);
    return planned.state;
  });
}

async function refund(run: PlannedRun): Promise<FinalStatus> {
  const { approvalRequired, refusals = [], unanswered = [] } = run.plan;
  if (refusals.length > 0) return turnBack(run, 'declined');

  const answer = unanswered.length > 0 ? await recheck(run) : 'passed';
  if (answer === 'declined') return turnBack(run, answer);
  if (answer === 'cancelled' && !(await wasPivotPassedEarlier(run))) return turnBack(run, answer);
  if (answer === 'passed') {
    const verdict = approvalRequired ? await awaitApproval(run) : skipApproval(run);
    if (verdict !== 'goOn') return turnBack(run, verdict);
  }

  for (const leg of run.plan.legs.filter(({ leg: name }) => legState(run, name).status !== 'refunded')) {
    const ending = await settle(run, leg, 'refund');
    const isDone = ending === 'done' || (ending === 'stopped' && (await wasRefundedEarlier(run, leg.leg)));
    if (!isDone) return turnBack(run, ending === 'turnBack' || !stopping(run) ? 'declined' : 'cancelled');
  }
  return 'refunded';
}
