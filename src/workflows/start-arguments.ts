import type { WorkflowInfo } from '@temporalio/workflow';
import { DEEPEST, isDeeperThan, withoutNulls } from '../domain/nesting';
import { throwIfLocked, Undecodable, wasSentInClear } from './payload-converter';

/** What a run was started with: a request that may still be anything, or why it is not a request. */
export type StartArgument = { request: unknown; sentInClear: boolean } | { problem: string };

/**
 * Reads the arguments of a run, of which there must be one. Fields that are null are absent from here on.
 * @throws what fails the workflow task, so that the run waits for a worker that has the key; what no key can ever open is a
 * problem instead
 */
export function readStartArguments(
  args: readonly unknown[],
  { cronSchedule }: Pick<WorkflowInfo, 'cronSchedule'>,
): StartArgument {
  const [request] = args;
  if (!(request instanceof Undecodable && request.forGood)) throwIfLocked(request);
  // The server would begin a run after the end of each, and each would look for what the one before had sent.
  if (cronSchedule) return { problem: '(request): a refund is made once, and this one has a cron schedule' };
  if (args.length !== 1) return { problem: `(request): one argument is needed, and ${args.length} came` };
  if (request instanceof Undecodable) return { problem: `(request): ${request.problem}` };
  // An engine with a small stack could not even write it into the input of an activity.
  if (isDeeperThan(request, DEEPEST)) return { problem: `(request): nests deeper than ${DEEPEST} levels` };
  return { request: withoutNulls(request), sentInClear: wasSentInClear(request) };
}
