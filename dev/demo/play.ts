import { setTimeout as pause } from 'node:timers/promises';
import { InvalidRefundRequestError, workflowIdOf } from '../../src/client';
import type { RefundRequest, RefundStatus } from '../../src/client';
import { WORKFLOW_TYPE } from '../../src/domain/contract';
import { movementsOf } from './books';
import type { Movements } from './books';
import { linkTo } from './links';
import { seed } from './requests';
import type { Scene } from './scene';
import type { Stage } from './stage';

const LOOK_AGAIN_MS = 50;
const PATIENCE_MS = 30_000;

/** How a refund of the demo ended. */
export interface Played {
  scene: Scene;
  status: RefundStatus;
  movements: Movements;
  /** What was wrong with an invalid request. */
  problems: readonly string[];
}

/** Runs one refund to its end, telling what happens meanwhile. */
export async function play(stage: Stage, scene: Scene, tell: (line: string) => void): Promise<Played> {
  const { request, person } = scene;
  const begin = performance.now();
  seed(stage.simulators, request);
  scene.prepare?.(stage.simulators);
  tell(linkTo(stage.server, await start(stage, scene)));
  if (person) {
    await untilItWaitsFor(stage, request.refundId, person.waitsFor);
    tell(`waits for ${person.waitsFor === 'approval' ? 'a decision' : 'an operator'}: ${person.does}`);
    await person.act(stage);
  }
  const { status, problems } = await ending(stage, request.refundId);
  tell(`${status} after ${((performance.now() - begin) / 1_000).toFixed(1)} s`);
  return { scene, status, problems, movements: movementsOf(stage.simulators, request) };
}

/** Starts a refund whose originals the providers know. */
export async function startSeeded(stage: Stage, request: RefundRequest) {
  seed(stage.simulators, request);
  return stage.refunds.start(request);
}

async function start({ refunds, client, taskQueue }: Stage, { request, unchecked }: Scene) {
  if (!unchecked) return refunds.start(request);
  const workflowId = workflowIdOf(request.refundId);
  const handle = await client.workflow.start(WORKFLOW_TYPE, { taskQueue, workflowId, args: [request] });
  return { workflowId, runId: handle.firstExecutionRunId };
}

async function untilItWaitsFor({ refunds }: Stage, refundId: string, whom: string): Promise<void> {
  const giveUpAt = Date.now() + PATIENCE_MS;
  while (Date.now() < giveUpAt) {
    const { waitingOn, closedAt } = await refunds.overview(refundId);
    if (waitingOn === whom) return;
    if (closedAt !== undefined) break;
    await pause(LOOK_AGAIN_MS);
  }
  throw new Error(`Refund ${refundId} should have waited for ${whom}, and did not.`);
}

async function ending({ refunds }: Stage, refundId: string): Promise<Pick<Played, 'status' | 'problems'>> {
  try {
    return { status: (await refunds.result(refundId)).status, problems: [] };
  } catch (error) {
    if (!(error instanceof InvalidRefundRequestError)) throw error;
    return { status: 'invalid', problems: error.problems };
  }
}
