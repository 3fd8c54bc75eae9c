import type {
  CheckResult,
  LegInput,
  LookUpResult,
  MovementResult,
  PlanInput,
  PlanResult,
  RefundActivities,
} from '../domain/exchange';
import type { LookUpAnswer, MovementAnswer, Retryable } from '../domain/outcome';
import type { Provider, ProviderCall } from '../providers/provider';
import { attemptIsOpen, providerCall, retryableFailure, runOf } from './call';
import { wasAcceptedEarlier } from './earlier-acceptance';
import { planRefund } from './plan';
import type { PlanningRules, Providers } from './plan';
import { verifyDecision } from './verify-decision';
import type { WasAcceptedEarlier } from './verify-decision';

export type { PlanningRules, Providers } from './plan';

/** The saga's activities over these providers: the bridge between Temporal and the adapters. */
export function createActivities(
  providers: Providers,
  rules: PlanningRules,
  isStillWanted: () => Promise<boolean> = attemptIsOpen,
  acceptedEarlier: WasAcceptedEarlier = wasAcceptedEarlier,
): RefundActivities {
  return {
    planRefund: (input: PlanInput): Promise<PlanResult> => planRefund(input, providers, rules),
    verifyDecision: async (input) =>
      'otherwise' in input
        ? { kind: input.otherwise }
        : verifyDecision(input, rules.approvers ?? [], acceptedEarlier),
    wasReset: (input) => Promise.resolve(runOf(input).wasReset),
    checkLeg: (input) => check(input, providers),
    refundLeg: (input) =>
      move(input, providers, rules, isStillWanted, (provider, call) => provider.refund(call)),
    reverseLeg: (input) =>
      move(input, providers, rules, isStillWanted, (provider, call) => provider.reverse?.(call)),
    lookUpRefund: (input) => lookUp(input, providers, (provider, call) => provider.lookUp(call)),
    lookUpReversal: (input) => lookUp(input, providers, (provider, call) => provider.lookUpReversal?.(call)),
  };
}

type Ask<Answer> = (provider: Provider, call: ProviderCall) => Promise<Answer> | undefined;

async function check(input: LegInput, providers: Providers): Promise<CheckResult> {
  const startedAt = Date.now();
  if (runOf(input).wasReset) return { kind: 'passed' };
  const answer = await providers.get(input.leg.provider)?.check?.(providerCall(input));
  if (answer?.kind === 'unanswered') throw retryableFailure({ ...answer, kind: 'notSent' }, startedAt);
  return answer ?? { kind: 'passed' };
}

async function move(
  input: LegInput,
  providers: Providers,
  { callTimeoutMs }: PlanningRules,
  isStillWanted: () => Promise<boolean>,
  ask: Ask<MovementAnswer>,
): Promise<MovementResult> {
  const startedAt = Date.now();
  const { runId, wasReset } = runOf(input);
  const result = (answer: Exclude<MovementAnswer, Retryable>): MovementResult => ({
    ...answer,
    at: new Date().toISOString(),
    ...(answer.kind !== 'done' && { runId }),
  });
  if (wasReset && input.clearedIn !== runId) {
    return result({
      kind: 'ambiguous',
      message: 'This run was reset: an earlier one may have sent this already.',
    });
  }
  // Counted from before the question: a worker that stood still in between is too late to send.
  const sendBefore = Date.now() + callTimeoutMs;
  if (!(await isStillWanted())) throw retryableFailure(ABANDONED, startedAt);
  const answer = await answerOf(input, providers, sendBefore, ask);
  if (mayBeRetried(answer)) throw retryableFailure(answer, startedAt);
  return result(answer);
}

const ABANDONED: Retryable = {
  kind: 'notSent',
  message: 'Not sent: the Temporal server does not wait for this attempt any more.',
};

function mayBeRetried(answer: MovementAnswer): answer is Retryable {
  return answer.kind === 'notSent' || answer.kind === 'turnedAway';
}

async function answerOf(
  input: LegInput,
  providers: Providers,
  sendBefore: number,
  ask: Ask<MovementAnswer>,
): Promise<MovementAnswer> {
  const provider = providers.get(input.leg.provider);
  if (!provider) {
    return { kind: 'notSent', message: `Not sent: ${input.leg.provider} is not configured on this worker.` };
  }
  try {
    return (
      (await ask(provider, { ...providerCall(input), sendBefore })) ?? {
        kind: 'declined',
        code: 'noReversal',
        message: NO_REVERSAL,
      }
    );
  } catch {
    // Whatever went wrong in an adapter, its request may be out; and its error may hold credentials.
    return {
      kind: 'ambiguous',
      message: 'The adapter failed in the middle of the call; it may have reached the provider.',
    };
  }
}

const NO_REVERSAL = 'This provider offers no faithful way to take a refund back.';

async function lookUp(input: LegInput, providers: Providers, ask: Ask<LookUpAnswer>): Promise<LookUpResult> {
  const { runId } = runOf(input);
  const provider = providers.get(input.leg.provider);
  const answer = provider && (await ask(provider, providerCall(input)));
  const unable: LookUpAnswer = {
    kind: 'unanswered',
    message: `${input.leg.provider} cannot be asked on this worker.`,
  };
  return { ...(answer ?? unable), at: new Date().toISOString(), runId };
}
