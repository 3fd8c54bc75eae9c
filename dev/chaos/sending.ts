import { setTimeout as sleep } from 'node:timers/promises';
import { ApplicationFailure } from '@temporalio/common';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import type { WorkflowHandle } from '@temporalio/client';
import { FAILURES, SEND_AGAIN } from '../../src/domain/contract';
import type { Context } from './context';

/** What became of an update; `unknown`: the server did not answer in time. */
export type Answer = 'accepted' | 'refused' | 'unknown';

const DEADLINE_MS = 5_000;
const PAUSE_MS = 200;
const MOST_TRIES = 20;

/** Sends an update, and sends it again as long as the refund says that it came a moment too early. */
export async function sendUpdate(
  { client }: Pick<Context, 'client'>,
  handle: WorkflowHandle,
  name: string,
  message: unknown,
): Promise<Answer> {
  for (let tries = 1; ; tries += 1) {
    const send = () => handle.executeUpdate(name, { args: [message] });
    const answer = await client.withDeadline(Date.now() + DEADLINE_MS, send).then(
      () => 'accepted' as const,
      (error: unknown) => answerOf(error),
    );
    if (answer !== 'tooEarly') return answer;
    if (tries === MOST_TRIES) return 'refused';
    await sleep(PAUSE_MS);
  }
}

const REFUSALS: readonly (string | null | undefined)[] = [
  FAILURES.resolutionRefused,
  FAILURES.decisionRefused,
];

function answerOf(error: unknown): Answer | 'tooEarly' {
  const cause = error instanceof WorkflowUpdateFailedError ? error.cause : undefined;
  if (!(cause instanceof ApplicationFailure) || !REFUSALS.includes(cause.type)) return 'unknown';
  return cause.details?.[0] === SEND_AGAIN ? 'tooEarly' : 'refused';
}
