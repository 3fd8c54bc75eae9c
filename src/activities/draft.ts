import { exponentOf } from '../domain/currency';
import { amountOf } from '../domain/money';
import { LEG_NAMES } from '../domain/plan';
import type { Reserved } from '../domain/order/reservation';
import type {
  ApprovalPlan,
  LegName,
  LegPlan,
  OverLimit,
  Policy,
  ProviderName,
  RefundPlan,
} from '../domain/plan';
import type { ApprovalReason } from '../domain/preview';
import { isRequestLeg } from '../domain/request';
import type { RefundRequest, RequestLeg } from '../domain/request';
import type { Provider, ProviderTraits } from '../providers/provider';
import type { Approver } from '../statements/approver';

/** The rules a worker plans by; recorded in each run. */
export interface PlanningRules {
  /** The queue of refunds. */
  taskQueue: string;
  policy: Policy;
  /** How long a person may take to decide. Milliseconds. */
  approvalTimeoutMs: number;
  callTimeoutMs: number;
  /** How long a plan waits for a provider's answer before it is asked on its own queue. Milliseconds. */
  planningPatienceMs: number;
  /** The providers that the fleet serves, whether or not they are configured here. */
  fleet: readonly ProviderName[];
  /** Where a provider has its own; the policy's otherwise. Milliseconds. */
  absenceAfterMs: Partial<Record<ProviderName, number>>;
  /** How many refunds at a time a worker of refunds makes itself, by provider; the others go to the provider's queue. */
  eagerSlots: Partial<Record<ProviderName, number>>;
  /** What a plan knows of each provider, whether or not it is configured here. */
  traits: Readonly<Record<ProviderName, ProviderTraits>>;
  /** The most that needs no approval: minor units by currency, and points. What is not listed needs one. */
  approvalLimits: Readonly<Record<string, number>>;
  /** Where orders are served, and how long they are kept after their last refund; absent: nothing is reserved. */
  orders?: { taskQueue: string; memoryMs: number };
  /** Who signs; none: no word of a person needs a signature. */
  approvers?: readonly Approver[];
  /** Others are told of refunds that are planned here. */
  notices?: true;
}

/** The providers that are configured here. */
export type Providers = ReadonlyMap<ProviderName, Provider>;

/** How much longer than its calls an activity attempt may live, for the worker's own work. Milliseconds. */
const MARGIN_MS = 2_000;

/** Everything about a refund that is decided without asking anybody. */
export function draft(request: RefundRequest, rules: PlanningRules): RefundPlan {
  const legs = legsOf(request).map(([leg, { provider }]) => planLeg(leg, provider, rules));
  return { legs, exponent: exponentOf(request.currency) ?? NaN, policy: policyOf(rules) };
}

/** The rules that a run keeps to its end. */
function policyOf({ policy, approvers = [] }: PlanningRules): Policy {
  return { ...policy, ...(approvers.length > 0 && { signed: true }) };
}

/** The plan with the question to a person, where the refund needs one beside the order's others. */
export function withApproval(
  plan: RefundPlan,
  request: RefundRequest,
  { approvalTimeoutMs, approvalLimits }: PlanningRules,
  { others, repeats }: Pick<Reserved, 'others' | 'repeats'>,
): RefundPlan {
  const reasons = approvalReasons(request, approvalLimits, { others, repeats });
  if (reasons.length === 0) return plan;
  const overLimits = reasons.filter((reason) => reason.kind === 'overLimit');
  const approval: ApprovalPlan = {
    timeoutMs: approvalTimeoutMs,
    ...(overLimits.length > 0 && { overLimits }),
    ...(repeats.length > 0 && { repeats }),
  };
  return { ...plan, approval };
}

/**
 * What has to be asked about a request that today's rules refuse, but under which an earlier run may have moved money.
 * @returns undefined when it names no leg that could ever have been sent
 */
export function draftOfEarlier(request: unknown, rules: PlanningRules): RefundPlan | undefined {
  const fields = (typeof request === 'object' && request !== null ? request : {}) as Record<string, unknown>;
  const legs = LEG_NAMES.flatMap((leg) => {
    const requested = fields[leg];
    return isRequestLeg(leg, requested) ? [planLeg(leg, requested.provider, rules)] : [];
  });
  if (legs.length === 0) return undefined;
  const currency = typeof fields.currency === 'string' ? fields.currency : '';
  const exponent = exponentOf(currency) ?? 0;
  return { legs, exponent, policy: policyOf(rules), hasEarlierRuns: true };
}

/** The legs of a request in the order in which the saga refunds them. */
export function legsOf(request: RefundRequest): (readonly [LegName, RequestLeg])[] {
  return LEG_NAMES.flatMap((leg) => {
    const requested = request[leg];
    return requested ? [[leg, requested] as const] : [];
  });
}

/** How long an attempt with so many requests in sequence may live. Milliseconds. */
export function attemptMs(requests: number, callTimeoutMs: number): number {
  return callTimeoutMs * requests + MARGIN_MS;
}

function planLeg(
  leg: LegName,
  name: ProviderName,
  { callTimeoutMs, absenceAfterMs, eagerSlots, fleet, traits }: PlanningRules,
): LegPlan {
  const absenceAfter = absenceAfterMs[name];
  const { lookUpKind, reversal, requestsInSequence } = traits[name];
  const { movement, question } = requestsInSequence;
  return {
    leg,
    lookUp: lookUpKind,
    ...(reversal && { reversal }),
    timeoutMs: attemptMs(movement, callTimeoutMs),
    ...(question > movement && { questionTimeoutMs: attemptMs(question, callTimeoutMs) }),
    ...(absenceAfter !== undefined && { absenceAfterMs: absenceAfter }),
    ...(eagerSlots[name] === undefined && { ownQueue: true }),
    ...(!fleet.includes(name) && { unserved: true }),
  };
}

/**
 * Why a person is asked: a limit that the order's refunds exceed together, or another refund of the same leg and amount.
 * What has no limit needs approval.
 */
export function approvalReasons(
  request: RefundRequest,
  limits: Readonly<Record<string, number>>,
  { others, repeats }: Pick<Reserved, 'others' | 'repeats'>,
): ApprovalReason[] {
  return [
    ...overLimits(request, limits, others),
    ...repeats.map((repeat) => ({ kind: 'repeat' as const, ...repeat })),
  ];
}

/** The limits that a refund exceeds together with the order's others. */
export function overLimits(
  request: RefundRequest,
  limits: Readonly<Record<string, number>>,
  others: Reserved['others'],
): OverLimit[] {
  const amounts = legsOf(request).map(([, leg]) => amountOf(leg));
  const money = amounts.flatMap((amount) => ('amountMinor' in amount ? [amount.amountMinor] : []));
  const points = amounts.flatMap((amount) => ('points' in amount ? [amount.points] : []));
  return [
    ...overLimit('points', points, limits.points, others.points),
    ...overLimit('money', money, limits[request.currency], others.money),
  ];
}

function overLimit(
  of: OverLimit['of'],
  amounts: readonly number[],
  limit: number | undefined,
  others: number,
): OverLimit[] {
  const asked = amounts.reduce((sum, amount) => sum + amount, 0);
  const isOver = amounts.length > 0 && asked + others > (limit ?? -1);
  return isOver ? [{ kind: 'overLimit', of, asked, others, limit: limit ?? null }] : [];
}
