import { setTimeout as pause } from 'node:timers/promises';
import { InvalidRefundRequestError, workflowIdOf } from '../../src/client';
import type { RefundRequest, RefundStatus } from '../../src/client';
import { WORKFLOW_TYPE } from '../../src/domain/contract';
import { movementsOf } from './books';
import type { Movements } from './books';
import { linkTo } from './links';
import { seed } from './requests';
import type { Scene } from './scene';
import type { Context } from './context';

const LOOK_AGAIN_MS = 50;
/** No refund of the demo takes longer to wait for a person, or to end once nobody is waited for. */
const LONGEST_MS = 60_000;

/** How a refund of the demo ended; `unknown` where it did not come to an end that could be seen. */
export interface Played {
  scene: Scene;
  status: RefundStatus | 'unknown';
  movements: Movements;
  /** What was wrong with an invalid request, or why no end was seen. */
  problems: readonly string[];
}

/** Runs one refund to its end, telling what happens meanwhile; whatever goes wrong is told as how it ended. */
export async function play(context: Context, scene: Scene, tell: (line: string) => void): Promise<Played> {
  const { request, person } = scene;
  const begin = performance.now();
  try {
    tell(linkTo(context.server, await begun(context, scene)));
    if (person) {
      await untilItWaits(context, scene);
      tell(`waits for ${person.waitsFor === 'approval' ? 'a decision' : 'an operator'}: ${person.does}`);
      await person.act(context);
    }
  } catch (error) {
    tell(`went wrong: ${messageOf(error)}`);
    return { scene, status: 'unknown', problems: [messageOf(error)], movements: moved(context, request) };
  }
  const { status, problems } = await ending(context, request.refundId);
  tell(`${status} after ${((performance.now() - begin) / 1_000).toFixed(1)} s`);
  return { scene, status, problems, movements: moved(context, request) };
}

/** Starts a refund whose originals the providers know, and the trouble that it is to meet. */
export async function begun(context: Context, scene: Scene) {
  seed(context.simulators, scene.request);
  scene.prepare?.(context.simulators);
  return start(context, scene);
}

function moved({ simulators }: Context, request: RefundRequest): Movements {
  return movementsOf(simulators, request);
}

async function start({ refunds, client, taskQueue }: Context, { request, unchecked }: Scene) {
  if (!unchecked) return refunds.start(request);
  const workflowId = workflowIdOf(request.refundId);
  const handle = await client.workflow.start(WORKFLOW_TYPE, { taskQueue, workflowId, args: [request] });
  return { workflowId, runId: handle.firstExecutionRunId };
}

/** Until a refund waits for the person of its scene. */
export async function untilItWaits({ refunds }: Context, { request, person }: Scene): Promise<void> {
  const { refundId } = request;
  const whom = person?.waitsFor ?? 'nobody';
  const giveUpAt = Date.now() + LONGEST_MS;
  while (Date.now() < giveUpAt) {
    const { waitingOn, closedAt } = await refunds.overview(refundId);
    if (waitingOn === whom) return;
    if (closedAt !== undefined) break;
    await pause(LOOK_AGAIN_MS);
  }
  throw new Error(`Refund ${refundId} should have waited for ${whom}, and did not.`);
}

/** How a refund ends, whatever that is. */
export async function ending(
  { refunds }: Pick<Context, 'refunds'>,
  refundId: string,
  longestMs = LONGEST_MS,
): Promise<Pick<Played, 'status' | 'problems'>> {
  try {
    const { status } = await refunds.result(refundId, { timeoutMs: longestMs });
    return { status, problems: [] };
  } catch (error) {
    if (error instanceof InvalidRefundRequestError) return { status: 'invalid', problems: error.problems };
    return { status: 'unknown', problems: [messageOf(error)] };
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
