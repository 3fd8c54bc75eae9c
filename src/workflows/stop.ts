import {
  allHandlersFinished,
  CancellationScope,
  condition,
  defineUpdate,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { FAILURES, STOP_MESSAGES } from '../domain/contract';
import { PROVIDER_NAMES } from '../domain/plan';
import { describeStop, faultOfResume, readStop } from '../domain/provider-stop';
import type { ResumeMessage } from '../domain/provider-stop';
import { throwIfLocked } from './payload-converter';
import { refuse } from './refusals';
import { pinCancellationFlags } from './replay-safe';

/** Update: a person resumes the provider. */
export const resumeUpdate = defineUpdate<ResumeMessage, [ResumeMessage]>(STOP_MESSAGES.resume);

/**
 * The stop of a provider: nothing moves there while this runs, for each attempt at a movement asks the server whether it
 * does. It needs no worker to hold, and one to be resumed.
 */
export async function stopProvider(argument: unknown): Promise<ResumeMessage> {
  pinCancellationFlags();
  throwIfLocked(argument);
  const { workflowId, startTime } = workflowInfo();
  const provider = PROVIDER_NAMES.find((name) => workflowId.endsWith(`-${name}`));
  let resumed: ResumeMessage | undefined;
  setHandler(resumeUpdate, (message) => (resumed ??= message), {
    validator: (message) => {
      throwIfLocked(message);
      refuse(FAILURES.resumeRefused, faultOfResume(message), () => EXAMPLE);
    },
    description: `Resume the provider: what waits is sent by itself. ${EXAMPLE}`,
  });
  if (provider) setCurrentDetails(describeStop(readStop(provider, argument, startTime)));
  // Nobody is to resume by a cancel.
  return CancellationScope.nonCancellable(async () => {
    await condition(() => resumed !== undefined && allHandlersFinished());
    return resumed ?? { by: '' };
  });
}

const EXAMPLE = 'Example: {"by": "", "note": ""}';
