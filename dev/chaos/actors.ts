import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import { MESSAGES, WORKFLOW_TYPE } from '../../src/domain/contract';
import { Chance } from './chance';
import { sendHostile, signalDecision } from './people';
import { resetSomewhere } from './resets';
import type { Script } from './scripts';
import { TASK_QUEUE } from './settings';
import { attempt, persist } from './stage';
import type { Stage } from './stage';

const POLL_MS = 333;
const LOOK_MS = 600;

/** Starts one refund and does with it what its script says. Returns when it has ended, or the session is over. */
export async function play(stage: Stage, script: Script): Promise<void> {
  const chance = new Chance(stage.seed, `actors ${script.refundId}`);
  await start(stage, script);
  const ended = new AbortController();
  const signal = AbortSignal.any([ended.signal, stage.over]);
  const acts = Promise.all([
    ...actsOf(stage, script, chance).map(([at, act]) => actAt(at, act, signal)),
    ...(script.polled ? [poll(stage, script, signal)] : []),
  ]);
  await Promise.all([acts, untilEnded(stage, script).finally(() => ended.abort())]);
  if (script.resetAfterEnd && script.valid) await resetSomewhere(stage, script, chance);
  // A reset that came together with the end has begun another run.
  await untilEnded(stage, script);
}

/** Acts at its time, unless the refund has ended by then. */
async function actAt(at: number, act: () => Promise<void>, signal: AbortSignal): Promise<void> {
  const isTime = await sleep(at, true, { signal }).catch(() => false);
  if (!isTime) return;
  await act().catch((error: unknown) => {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  });
}

function actsOf(stage: Stage, script: Script, chance: Chance): [number, () => Promise<void>][] {
  const { client, deeds } = stage;
  const { signalAt, hostileAt, cancelAt, startAgainAt, resetAt, workflowId } = script;
  const acts: [number | undefined, () => Promise<void>][] = [
    [signalAt, () => signalDecision(stage, script)],
    ...hostileAt.map((at): [number, () => Promise<void>] => [at, () => sendHostile(stage, script, chance)]),
    [
      cancelAt,
      async () => {
        deeds.cancels += 1;
        await persist(stage, () => client.workflow.getHandle(workflowId).cancel());
      },
    ],
    [
      startAgainAt,
      async () => {
        deeds.secondStarts += 1;
        await start(stage, script);
      },
    ],
    [script.valid ? resetAt : undefined, () => resetSomewhere(stage, script, chance)],
  ];
  return acts.flatMap(([at, act]) => (at === undefined ? [] : [[at, act]]));
}

async function start(stage: Stage, { workflowId, argument }: Script): Promise<void> {
  const options = {
    taskQueue: TASK_QUEUE,
    workflowId,
    args: [argument],
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
    workflowIdConflictPolicy: 'USE_EXISTING',
  } as const;
  try {
    await persist(stage, () => stage.client.workflow.start(WORKFLOW_TYPE, options));
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

async function poll(stage: Stage, { workflowId }: Script, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    stage.deeds.queries += 1;
    await Promise.all([
      attempt(stage, () => stage.client.workflow.getHandle(workflowId).query(MESSAGES.getRefund)),
      sleep(POLL_MS, undefined, { signal }).catch(() => undefined),
    ]);
  }
}

async function untilEnded(stage: Stage, { workflowId }: Script): Promise<void> {
  for (;;) {
    const { status } = await persist(stage, () => stage.client.workflow.getHandle(workflowId).describe());
    if (status.name !== 'RUNNING') return;
    await sleep(LOOK_MS, undefined, { signal: stage.over });
  }
}
