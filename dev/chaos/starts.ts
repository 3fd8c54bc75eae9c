import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { WORKFLOW_TYPE } from '../../src/domain/contract';
import type { RefundRequest } from '../../src/domain/request';
import type { Chance } from './chance';
import type { Script } from './scripts';
import { TASK_QUEUE } from './settings';
import { persist } from './context';
import type { Context } from './context';

/**
 * How somebody starts a refund that was started before.
 * - `attach`: by the contract, so that nothing new begins
 * - `default`: with the server's default policies, so that a new run begins once the first has ended
 * - `terminate`: with TERMINATE_EXISTING, so that a new run begins at once
 * - `…Other`: the same with other content under this id, which must pay nothing
 */
export const SECOND_STARTS = ['attach', 'default', 'terminate', 'defaultOther', 'terminateOther'] as const;
/** One of them. */
export type SecondStart = (typeof SECOND_STARTS)[number];

/** Starts a refund; when it is there already, that is all that was wanted. */
export async function start(context: Context, { workflowId, argument }: Script): Promise<void> {
  const policies = {
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
    workflowIdConflictPolicy: 'USE_EXISTING',
  } as const;
  await startWith(context, { ...policies, workflowId, args: [argument] });
}

/** Starts a refund a second time. */
export async function startAgain(
  context: Context,
  script: Script,
  how: SecondStart,
  chance: Chance,
): Promise<void> {
  const { refundId, workflowId, request, argument } = script;
  if (how === 'attach' || !script.valid) {
    context.actions.startAgain(refundId, 'attach', false);
    await start(context, script);
    return;
  }
  const isOther = how.endsWith('Other');
  context.actions.startAgain(refundId, how, true);
  await startWith(context, {
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    workflowIdConflictPolicy: how.startsWith('terminate') ? 'TERMINATE_EXISTING' : 'FAIL',
    workflowId,
    args: [isOther ? another(request, chance) : argument],
  });
}

/** A request under the same id that asks for other amounts, or for one leg alone. */
function another(request: RefundRequest, chance: Chance): RefundRequest {
  const { loyalty, sale, cash } = request;
  return {
    ...request,
    ...(loyalty && { loyalty: { ...loyalty, points: loyalty.points + chance.pick(4, 400) } }),
    ...(sale && { sale: { ...sale, amountMinor: sale.amountMinor + 1 } }),
    ...(cash && { cash: { ...cash, amountMinor: cash.amountMinor + chance.pick(1, 100) } }),
  };
}

type Options = Pick<
  Parameters<Context['client']['workflow']['start']>[1],
  'workflowIdReusePolicy' | 'workflowIdConflictPolicy' | 'workflowId'
> & { args: [unknown] };

async function startWith(context: Context, options: Options): Promise<void> {
  try {
    await persist(context, () =>
      context.client.workflow.start(WORKFLOW_TYPE, { taskQueue: TASK_QUEUE, ...options }),
    );
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
