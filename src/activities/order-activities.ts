import { Context } from '@temporalio/activity';
import { WorkflowNotFoundError } from '@temporalio/client';
import type { WorkflowExecutionDescription } from '@temporalio/client';
import type { OrderActivities } from '../domain/activity-types';
import { MESSAGES, workflowIdOf } from '../domain/contract';
import { LEG_NAMES } from '../domain/plan';
import type { LegName } from '../domain/plan';
import type { RefundState } from '../domain/state';

/**
 * The activities of an order's own worker.
 * @param quietMs how long after a run was cut off its last request may still be applied, in milliseconds
 */
export function createOrderActivities(quietMs: number): OrderActivities {
  return {
    findRefund: async ({ refundId, runIds, askedAt }) => {
      const workflowId = workflowIdOf(refundId);
      // The newest run tells whether any is open; what moved is known by those that reserved, whatever was started since.
      const found = await Promise.all(['', ...runIds].map((runId) => describe(workflowId, runId)));
      const runs = found.filter((run) => run !== undefined);
      if (runs.some(({ closeTime }) => !closeTime)) return { kind: 'open' };
      const overAt = Math.max(...runs.map(({ closeTime }) => (closeTime?.getTime() ?? 0) + quietMs));
      if (Date.parse(askedAt) < overAt)
        return { kind: 'mayBeUnderWay', until: new Date(overAt).toISOString() };
      const moved = await Promise.all(runs.map(movedIn));
      return { kind: 'over', moved: LEG_NAMES.filter((leg) => moved.some((legs) => legs.includes(leg))) };
    },
  };
}

/** A run, or the newest for the empty id; undefined when it is not there, or not any more. */
async function describe(
  workflowId: string,
  runId: string,
): Promise<WorkflowExecutionDescription | undefined> {
  const { client } = Context.current();
  return client.workflow
    .getHandle(workflowId, runId === '' ? undefined : runId)
    .describe()
    .catch((error: unknown) => {
      if (error instanceof WorkflowNotFoundError) return undefined;
      throw error;
    });
}

/** How long a run that was cut off may take to say what it knew; one that hangs never does. Milliseconds. */
const ASKING_MS = 3_000;

/** The legs that a run knew as refunded: by its result, or where it was cut off by what it still answers. */
async function movedIn({ workflowId, runId, status }: WorkflowExecutionDescription): Promise<LegName[]> {
  const { client } = Context.current();
  const handle = client.workflow.getHandle(workflowId, runId);
  switch (status.name) {
    case 'COMPLETED':
      return movedLegs((await handle.result()) as RefundState);
    case 'FAILED':
      return [];
    default: {
      const ask = () => handle.query<RefundState>(MESSAGES.getRefund);
      return client.withDeadline(Date.now() + ASKING_MS, ask).then(movedLegs, () => []);
    }
  }
}

function movedLegs({ legs }: RefundState): LegName[] {
  return LEG_NAMES.filter((leg) => ['refunded', 'waived'].includes(legs[leg]?.status ?? ''));
}
