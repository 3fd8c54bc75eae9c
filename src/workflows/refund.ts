import { CancellationScope, workflowInfo } from '@temporalio/workflow';
import type { FinalStatus, RefundState } from '../domain/state';
import { awaitApproval, skipApproval } from './approval';
import { compensate, turnBack } from './compensation';
import { execute } from './execute';
import { listen, noteCancel } from './messages';
import { countEnd } from './metrics';
import { noticesBegun } from './notices';
import { foundInvalid, invalidRequest, planRefund, recheck } from './planning';
import type { Invalid, Planned } from './planning';
import { record } from './record';
import { pinCancellationFlags } from './replay-safe';
import { wasPivotPassedEarlier, wasRefundedEarlier } from './resets';
import { legsThatAre, startRun, stopping } from './run';
import type { PlannedRun } from './run';
import { endAtOrder } from './shares';
import { readStartArguments } from './start-arguments';

/**
 * Refunds one order: loyalty points, sale wallet and cash, each once or not at all.
 * Completes with the refund's final state; fails only as `InvalidRefundRequest`, before anything was sent.
 */
export function refundOrder(...args: unknown[]): Promise<RefundState> {
  pinCancellationFlags();
  const started = readStartArguments(args, workflowInfo());
  const run = startRun(started);
  listen(run);
  CancellationScope.current().cancelRequested.catch(() => noteCancel(run));
  // Nothing may cut off a movement in flight or a compensation: a cancel is a wish, read between the legs.
  return CancellationScope.nonCancellable(async () => {
    const ended =
      'problem' in started ? invalid([started.problem]) : await refundAsPlanned(await planRefund(run));
    await endAtOrder(run, typeof ended === 'string' ? ended : 'invalid');
    record(run, typeof ended === 'string' ? { type: 'ended', status: ended } : foundInvalid(run));
    countEnd(run.state);
    await noticesBegun(run);
    if (typeof ended === 'object') throw invalidRequest(run, ended);
    return run.state;
  });
}

async function refundAsPlanned(planned: Planned): Promise<FinalStatus | Invalid> {
  switch (planned.kind) {
    case 'cancelled':
      return planned.kind;
    case 'invalid':
      return planned;
    case 'planned':
    case 'invalidAfterEarlier': {
      const { kind, run, problems } = planned;
      const status = await (kind === 'planned' ? refund(run) : turnBack(run, 'invalid'));
      return status === 'invalid' ? invalid(problems) : status;
    }
  }
}

function invalid(problems: string[]): Invalid {
  return { kind: 'invalid', problems, hasEarlierRuns: true };
}

async function refund(run: PlannedRun): Promise<FinalStatus | 'invalid'> {
  const { approval, refusals = [], unanswered = [] } = run.refundPlan;
  if (refusals.length > 0) return turnBack(run, 'declined');

  const preflight = unanswered.length > 0 ? await recheck(run) : 'passed';
  if (preflight === 'declined') return turnBack(run, preflight);
  if (preflight === 'cancelled' && !(isApproved(run) && (await wasPivotPassedEarlier(run)))) {
    return turnBack(run, preflight);
  }
  if (preflight === 'passed') {
    const outcome = approval ? await awaitApproval(run, approval) : skipApproval(run);
    if (outcome !== 'goOn') return turnBack(run, outcome);
  }

  for (const legPlan of legsThatAre('notRefunded', run)) {
    const outcome = await execute(run, legPlan, 'refund');
    if (outcome === 'turnBack') return compensate(run, 'declined');
    const mayBeDone = outcome === 'stopped' && isApproved(run);
    const isDone = outcome === 'done' || (mayBeDone && (await wasRefundedEarlier(run, legPlan)));
    if (!isDone) return turnBack(run, stopping(run) ? 'cancelled' : 'declined');
  }
  return 'refunded';
}

/** Whether this run may send without another word: nobody is asked, or somebody has approved. */
function isApproved({ refundPlan, state }: PlannedRun): boolean {
  return refundPlan.approval === undefined || state.approval?.decision === 'approved';
}
