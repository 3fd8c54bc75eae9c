import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Simulators } from '../../simulators';
import type { Actions } from './actions';
import type { Script } from './scripts';

/** What all parts of a session share. */
export interface Context {
  seed: number;
  client: Client;
  simulators: Simulators;
  scripts: Map<string, Script>;
  actions: Actions;
  /** How often each refund, and what waits for a person, is looked at. Milliseconds. */
  lookMs: number;
  /** Ends everything: the deadline passed, all is done, or someone wants the session to stop. */
  over: AbortSignal;
}

/** The gRPC statuses of a server that is not there, or not ready yet. */
const PASSING = new Set([1, 2, 4, 8, 13, 14]);
const ATTEMPT_MS = 5_000;
const PAUSE_MS = 250;

/** Asks until there is an answer, over any restart of the server. Errors that are answers are thrown. */
export async function persist<Answer>(
  { client, over }: Pick<Context, 'client' | 'over'>,
  ask: () => Promise<Answer>,
): Promise<Answer> {
  for (;;) {
    over.throwIfAborted();
    try {
      return await client.withDeadline(Date.now() + ATTEMPT_MS, ask);
    } catch (error) {
      if (!isPassing(error)) throw error;
    }
    await sleep(PAUSE_MS, undefined, { signal: over });
  }
}

/** Asks once and takes no answer for an answer. */
export async function attempt<Answer>(
  { client }: Pick<Context, 'client'>,
  ask: () => Promise<Answer>,
): Promise<Answer | undefined> {
  return client.withDeadline(Date.now() + ATTEMPT_MS, ask).catch(() => undefined);
}

/** Whether an error says only that the server could not answer now. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ('code' in error && typeof error.code === 'number') return PASSING.has(error.code);
  return isPassing(error.cause);
}
