import type {
  CheckResult,
  LegInput,
  LookUpResult,
  MovementResult,
  PlanInput,
  PlanResult,
  RefundActivities,
} from '../domain/activity-types';
import type { PreviewActivities } from '../domain/preview';
import type { LookUpAnswer, MovementAnswer, Retryable } from '../domain/provider-answers';
import type { Provider, ProviderCall } from '../providers/provider';
import type { TimeBudget } from '../providers/time-budget';
import {
  budgetOfAttempt,
  identifyRun,
  notBeforeAttempt,
  notConfigured,
  providerCall,
  retryableFailure,
  runOf,
} from './call';
import { askingInPlanning } from './ask-in-planning';
import { eagerSlots } from './eager-slots';
import { withNotices } from './notices';
import { holdAnew } from './hold-anew';
import { ownRun, tellDone } from './order';
import { once } from './own-attempts';
import type { BegunAttempt } from './own-attempts';
import { planRefund } from './plan';
import { previewRefund } from './preview';
import type { PlanningRules, Providers } from './plan';
import { REAL_SERVER } from './server-questions';
import type { ServerQuestions } from './server-questions';
import { awaitResumption, clearedByStop } from './stops';
import { verifyDecision, verifyOutcome } from './verify-decision';

export { createOrderActivities } from './order-activities';
export type { PlanningRules, Providers } from './plan';
export type { ServerQuestions } from './server-questions';

/** The saga's activities over these providers: the bridge between Temporal and the adapters. */
export function createActivities(
  providers: Providers,
  rules: PlanningRules,
  server: ServerQuestions = REAL_SERVER,
): RefundActivities & PreviewActivities {
  const askInPlanning = askingInPlanning(rules.planningPatienceMs);
  const means = { providers, rules, server, askInPlanning };
  const eagerly = eagerSlots(rules);
  return {
    planRefund: async (input: PlanInput): Promise<PlanResult> => {
      const result = await planRefund(input, means);
      return rules.notices ? withNotices(result, input.request) : result;
    },
    previewRefund: (input) => previewRefund(input, means),
    verifyDecision: async (input) =>
      'otherwise' in input
        ? { kind: input.otherwise }
        : verifyDecision(input, rules.approvers ?? [], server.acceptedEarlier),
    verifyOutcome: async (input) =>
      'otherwise' in input ? { kind: input.otherwise } : verifyOutcome(input, rules.approvers ?? []),
    identifyRun: ({ firstRunId }) => Promise.resolve(identifyRun(firstRunId)),
    endRefund: ({ orderId, shares, firstRun }) =>
      server.orders.endRefund(orderId, { ...ownRun(firstRun), shares }),
    awaitResumption: ({ provider }) => awaitResumption(server.findStop, rules.taskQueue, provider),
    checkLeg: (input) => check(input, providers),
    refundLeg: (input) =>
      once(input, server.earlierAttemptsAreClear, (begun) =>
        eagerly(input.leg.provider, () =>
          move(input, { ...means, ...begun }, (provider, call) => provider.refund(call)),
        ),
      ),
    reverseLeg: (input) =>
      once(input, server.earlierAttemptsAreClear, (begun) =>
        move(input, { ...means, ...begun }, (provider, call) => provider.reverse?.(call)),
      ),
    lookUpRefund: (input) => lookUp(input, means, (provider, call) => provider.lookUp(call)),
    lookUpReversal: (input) => lookUp(input, means, (provider, call) => provider.lookUpReversal?.(call)),
  };
}

interface Means {
  providers: Providers;
  rules: PlanningRules;
  server: ServerQuestions;
}

type Ask<Answer> = (provider: Provider, call: ProviderCall) => Promise<Answer> | undefined;

async function check(input: LegInput, providers: Providers): Promise<CheckResult> {
  const startedAt = Date.now();
  if (runOf(input).hasEarlierRuns) return { kind: 'passed' };
  const provider = providers.get(input.leg.provider);
  if (!provider) throw notConfigured(input.leg.provider);
  const answer = await provider.check(providerCall(input, budgetOfAttempt()));
  if (answer.kind === 'unanswered') throw retryableFailure({ ...answer, kind: 'notSent' }, startedAt);
  return answer;
}

async function move(
  input: LegInput,
  { providers, rules, server, startedAt, budget }: Means & BegunAttempt,
  ask: Ask<MovementAnswer>,
): Promise<MovementResult> {
  const { runId, hasEarlierRuns } = runOf(input);
  if (hasEarlierRuns && input.clearedIn !== runId) {
    return { kind: 'uncleared', at: new Date().toISOString(), runId };
  }
  const provider = providers.get(input.leg.provider);
  if (!provider) throw notConfigured(input.leg.provider);
  const overCap = hasEarlierRuns ? await holdAnew(input, rules, server.orders) : undefined;
  if (overCap !== undefined)
    return { kind: 'overCap', message: overCap, at: new Date().toISOString(), runId };
  if (!(await server.isStillWanted())) throw retryableFailure(ABANDONED, startedAt);
  const attempt = { provider: input.leg.provider, budget, startedAt };
  const cleared = await clearedByStop(server.findStop, rules.taskQueue, attempt);
  const sentAt = new Date().toISOString();
  const answer = await answerOf({ ...input, notBefore: notBeforeAttempt() }, provider, cleared, ask);
  if (mayBeRetried(answer)) throw retryableFailure(answer, startedAt);
  const at = new Date().toISOString();
  if (answer.kind !== 'done') return { ...answer, at, runId, sentAt };
  return { ...answer, at, ...((await tellDone(input, server.orders, budget)) && { told: true }) };
}

const ABANDONED: Retryable = {
  kind: 'notSent',
  message: 'Not sent: the Temporal server is no longer waiting for this attempt.',
};

function mayBeRetried(answer: MovementAnswer): answer is Retryable {
  return answer.kind === 'notSent' || answer.kind === 'turnedAway';
}

async function answerOf(
  input: LegInput,
  provider: Provider,
  budget: TimeBudget,
  ask: Ask<MovementAnswer>,
): Promise<MovementAnswer> {
  if ('amountMinor' in input.leg && !Number.isSafeInteger(input.exponent)) return UNKNOWN_EXPONENT;
  try {
    return (await ask(provider, providerCall(input, budget))) ?? NO_REVERSAL;
  } catch {
    // When an adapter fails, its request may already be out; and its error may hold credentials.
    return {
      kind: 'ambiguous',
      message: 'The adapter failed in the middle of the call; it may have reached the provider.',
    };
  }
}

const UNKNOWN_EXPONENT: Retryable = {
  kind: 'notSent',
  message: 'Not sent: the plan does not say how many decimals the currency has.',
};

const NO_REVERSAL: MovementAnswer = {
  kind: 'declined',
  code: 'noReversal',
  message: 'It can be reversed by hand at the provider, or the customer keeps it.',
};

async function lookUp(
  input: LegInput,
  { providers, rules }: Means,
  ask: Ask<LookUpAnswer>,
): Promise<LookUpResult> {
  const { runId } = runOf(input);
  const { provider: name } = input.leg;
  const provider = providers.get(name);
  const answer = provider && (await ask(provider, providerCall(input, budgetOfAttempt())));
  const unable: LookUpAnswer = { kind: 'unanswered', message: `This worker cannot ask ${name}.` };
  const absenceAfterMs = rules.absenceAfterMs[name] ?? rules.policy.absenceAfterMs;
  return { ...(answer ?? unable), at: new Date().toISOString(), runId, absenceAfterMs };
}
