import type { PlanInput } from '../domain/activity-types';
import { exponentOf } from '../domain/currency';
import type { CheckAnswer } from '../domain/provider-answers';
import { endOfRunId, idempotencyKey } from '../domain/plan';
import type { LegName, PlanRefusal, ProviderName, RefundPlan } from '../domain/plan';
import type { RefundRequest, RequestLeg } from '../domain/request';
import type { Provider } from '../providers/provider';
import { startBudget } from '../providers/time-budget';
import { providerCall } from './call';
import { attemptMs, legsOf } from './draft';
import type { PlanningRules, Providers } from './draft';

/**
 * Asks every provider of a refund, at the same time, what it knows before anything moves (design 5, rule 7). An answer
 * says no, or is compared with later, or is missing: then the question is asked again before anything else is done.
 */
export async function preflight(
  plan: RefundPlan,
  request: RefundRequest,
  { firstRunId, since }: PlanInput,
  { providers, rules }: { providers: Providers; rules: PlanningRules },
): Promise<RefundPlan> {
  const firstRun = endOfRunId(firstRunId);
  const answers = await askProviders(request, legsOf(request), { since, firstRun }, { providers, rules });
  const refusals: PlanRefusal[] = [];
  const unanswered: NonNullable<RefundPlan['unanswered']> = [];
  const legs = plan.legs.map((legPlan, index) => {
    const { leg } = legPlan;
    const answer = answers[index];
    if (answer?.kind === 'refused') refusals.push({ leg, code: answer.code, message: answer.message });
    if (answer?.kind === 'unanswered') {
      const { message, retryAfterMs } = answer;
      unanswered.push({ leg, message, ...(retryAfterMs !== undefined && { retryAfterMs }) });
    }
    return answer?.kind === 'passed' && answer.baseline ? { ...legPlan, baseline: answer.baseline } : legPlan;
  });
  return {
    ...plan,
    legs,
    ...(refusals.length > 0 && { refusals }),
    ...(unanswered.length > 0 && { unanswered }),
  };
}

/** The providers that are configured here, as far as they are only asked. */
export type AskableProviders = ReadonlyMap<ProviderName, Pick<Provider, 'check' | 'requestsInSequence'>>;

/** Asks the providers of these legs, at the same time; the answers are in the order of the legs. */
export async function askProviders(
  { refundId, currency }: RefundRequest,
  legs: readonly (readonly [LegName, RequestLeg])[],
  { since, firstRun }: { since: string; firstRun: string },
  { providers, rules }: { providers: AskableProviders; rules: PlanningRules },
): Promise<CheckAnswer[]> {
  return Promise.all(
    legs.map(async ([name, leg]): Promise<CheckAnswer> => {
      const provider = providers.get(leg.provider);
      if (!provider) throw new TypeError(`${leg.provider} is not configured on this worker`);
      const { question } = provider.requestsInSequence;
      const key = idempotencyKey(refundId, name, 'refund');
      const input = { leg, currency, exponent: exponentOf(currency) ?? NaN, key, since, firstRun };
      return provider.check(providerCall(input, startBudget(attemptMs(question, rules.callTimeoutMs))));
    }),
  );
}
