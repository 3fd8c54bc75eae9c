import { Context } from '@temporalio/activity';
import { workflowIdOf } from '../domain/contract';
import { exponentOf } from '../domain/currency';
import type { LegInput, PlanInput, PlanResult } from '../domain/exchange';
import { amountOf } from '../domain/money';
import type { CheckAnswer } from '../domain/outcome';
import { idempotencyKey, LEG_NAMES } from '../domain/plan';
import type { LegName, LegPlan, PlanRefusal, Policy, ProviderName, RefundPlan } from '../domain/plan';
import { validateRefundRequest } from '../domain/request';
import type { RefundRequest, RequestLeg } from '../domain/request';
import type { Provider } from '../providers/provider';
import type { Approver } from '../statements/approver';
import { providerCall } from './call';

/** The rules a worker plans by; recorded in each run. */
export interface PlanningRules {
  policy: Policy;
  callTimeoutMs: number;
  /** Where a provider has its own; the policy's otherwise. Milliseconds. */
  absenceAfterMs: Partial<Record<ProviderName, number>>;
  /** The task queue of each provider whose rate is limited. */
  rateLimitedQueues: Partial<Record<ProviderName, string>>;
  /** The most that needs no approval: minor units by currency, and points. What is not listed needs one. */
  approvalLimits: Readonly<Record<string, number>>;
  /** Who signs decisions; none: decisions need no signature. */
  approvers?: readonly Approver[];
}

/** The providers that are configured here. */
export type Providers = ReadonlyMap<ProviderName, Provider>;

/** How much longer than its calls an activity attempt may live, for the worker's own work. Milliseconds. */
const MARGIN_MS = 2_000;

/** Validates and plans a refund, and asks at the same time every provider that can be asked before anything moves. */
export async function planRefund(
  input: PlanInput,
  providers: Providers,
  rules: PlanningRules,
): Promise<PlanResult> {
  const { workflowExecution } = Context.current().info;
  const validated = validateRefundRequest(input.request, {
    providers: new Set(providers.keys()),
    now: new Date(),
  });
  if ('problems' in validated) return { kind: 'invalid', problems: validated.problems };
  const { request } = validated;
  if (workflowExecution?.workflowId !== workflowIdOf(request.refundId)) {
    return { kind: 'invalid', problems: ['refundId: the workflow id must be "refund:" and this id'] };
  }
  const wasReset = workflowExecution.runId !== input.firstRunId;
  return {
    kind: 'planned',
    plan: await preflight(draft(request, providers, rules), request, input, providers, wasReset),
  };
}

function draft(request: RefundRequest, providers: Providers, rules: PlanningRules): RefundPlan {
  const legs = legsOf(request).map(([leg, requested]) => planLeg(leg, requested, providers, rules));
  const approvalRequired = needsApproval(request, rules.approvalLimits);
  return {
    legs,
    exponent: exponentOf(request.currency) ?? 0,
    approvalRequired,
    ...(approvalRequired && rules.approvers?.length && { signedDecisions: true as const }),
    policy: rules.policy,
  };
}

function legsOf(request: RefundRequest) {
  return LEG_NAMES.flatMap((leg) => {
    const requested = request[leg];
    return requested ? [[leg, requested] as const] : [];
  });
}

function planLeg(
  leg: LegPlan['leg'],
  requested: RequestLeg,
  providers: Providers,
  { callTimeoutMs, absenceAfterMs, rateLimitedQueues }: PlanningRules,
): LegPlan {
  const name = requested.provider;
  const provider = providers.get(name);
  const taskQueue = rateLimitedQueues[name];
  const absenceAfter = absenceAfterMs[name];
  return {
    leg,
    lookUp: provider?.lookUpDecides ? 'decides' : 'evidence',
    reversal: provider?.reverse ? (provider.lookUpReversal ? 'lookUp' : 'blind') : 'none',
    timeoutMs: callTimeoutMs * (provider?.preparesCalls ? 2 : 1) + MARGIN_MS,
    ...(absenceAfter !== undefined && { absenceAfterMs: absenceAfter }),
    ...(taskQueue !== undefined && { taskQueue }),
  };
}

/** Within every limit, no person is asked; what has no limit needs approval. */
function needsApproval(request: RefundRequest, limits: Readonly<Record<string, number>>): boolean {
  const amounts = legsOf(request).map(([, leg]) => amountOf(leg));
  const money = amounts.flatMap((amount) => ('amountMinor' in amount ? [amount.amountMinor] : []));
  const points = amounts.flatMap((amount) => ('points' in amount ? [amount.points] : []));
  return exceeds(money, limits[request.currency]) || exceeds(points, limits.points);
}

function exceeds(amounts: readonly number[], limit: number | undefined): boolean {
  return amounts.length > 0 && amounts.reduce((sum, amount) => sum + amount, 0) > (limit ?? -1);
}

async function preflight(
  plan: RefundPlan,
  request: RefundRequest,
  { firstRunId, since }: PlanInput,
  providers: Providers,
  wasReset: boolean,
): Promise<RefundPlan> {
  // A run that was reset may have moved money already: what is "already refunded" then is our own.
  if (wasReset) return plan;
  const answers = await Promise.all(
    legsOf(request).map(async ([leg, requested]): Promise<CheckAnswer | undefined> => {
      const key = idempotencyKey(request.refundId, leg, 'refund');
      const input: LegInput = { leg: requested, currency: request.currency, key, since, firstRunId };
      return providers.get(requested.provider)?.check?.(providerCall(input));
    }),
  );
  const refusals: PlanRefusal[] = [];
  const unanswered: LegName[] = [];
  plan.legs.forEach((leg, index) => {
    const answer = answers[index];
    if (answer?.kind === 'refused')
      refusals.push({ leg: leg.leg, code: answer.code, message: answer.message });
    if (answer?.kind === 'unanswered') unanswered.push(leg.leg);
    if (answer?.kind === 'passed' && answer.baseline) leg.baseline = answer.baseline;
  });
  return {
    ...plan,
    ...(refusals.length > 0 && { refusals }),
    ...(unanswered.length > 0 && { unanswered }),
  };
}
