import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowNotFoundError } from '@temporalio/client';
import { MESSAGES } from '../../src/domain/contract';
import { Chance } from './chance';
import { sendHostile, signalDecision } from './people';
import { readDetails } from './readings';
import { resetSomewhere } from './resets';
import type { Script } from './scripts';
import { attempt, persist } from './context';
import type { Context } from './context';
import { start, startAgain } from './starts';

const POLL_MS = 400;

/** Starts one refund and does with it what its script says. Returns when it has ended, or the session is over. */
export async function play(context: Context, script: Script): Promise<void> {
  const chance = new Chance(context.seed, `actors ${script.refundId}`);
  await start(context, script);
  const ended = new AbortController();
  const signal = AbortSignal.any([ended.signal, context.over]);
  const acts = Promise.all([
    ...actsOf(context, script, chance).map(([at, act]) => actAt(at, act, signal)),
    ...(script.polled ? [poll(context, script, signal)] : []),
  ]);
  await Promise.all([acts, untilEnded(context, script).finally(() => ended.abort())]);
  if (script.resetAfterEnd && script.valid) await resetSomewhere(context, script, chance);
  if (script.startAgainAfterEnd) await startAgain(context, script, script.startAgain, chance);
  // A reset that came together with the end has begun another run.
  await untilEnded(context, script);
  await readDetails(context, script);
}

/** Acts at its time, unless the refund has ended by then. */
async function actAt(at: number, act: () => Promise<void>, signal: AbortSignal): Promise<void> {
  const isTime = await sleep(at, true, { signal }).catch(() => false);
  if (!isTime) return;
  await act().catch((error: unknown) => {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  });
}

function actsOf(context: Context, script: Script, chance: Chance): [number, () => Promise<void>][] {
  const { client, actions } = context;
  const { signalAt, hostileAt, cancelAt, startAgainAt, resetAt, workflowId } = script;
  const acts: [number | undefined, () => Promise<void>][] = [
    [signalAt, () => signalDecision(context, script)],
    ...hostileAt.map((at): [number, () => Promise<void>] => [at, () => sendHostile(context, script, chance)]),
    [
      cancelAt,
      async () => {
        actions.cancels += 1;
        await persist(context, () => client.workflow.getHandle(workflowId).cancel());
      },
    ],
    [startAgainAt, () => startAgain(context, script, script.startAgain, chance)],
    [script.valid ? resetAt : undefined, () => resetSomewhere(context, script, chance)],
  ];
  return acts.flatMap(([at, act]) => (at === undefined ? [] : [[at, act]]));
}

async function poll(context: Context, script: Script, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    context.actions.queries += 1;
    await Promise.all([
      attempt(context, () => context.client.workflow.getHandle(script.workflowId).query(MESSAGES.getRefund)),
      readDetails(context, script),
      sleep(POLL_MS, undefined, { signal }).catch(() => undefined),
    ]);
  }
}

async function untilEnded(context: Context, { workflowId }: Script): Promise<void> {
  for (;;) {
    const { status } = await persist(context, () => context.client.workflow.getHandle(workflowId).describe());
    if (status.name !== 'RUNNING') return;
    await sleep(context.lookMs, undefined, { signal: context.over });
  }
}
