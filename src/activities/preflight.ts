import type { PlanInput } from '../domain/activity-types';
import { exponentOf } from '../domain/currency';
import type { CheckAnswer } from '../domain/provider-answers';
import { endOfRunId, idempotencyKey } from '../domain/plan';
import type { PlanRefusal, ProviderName, RefundPlan, UnansweredQuestion } from '../domain/plan';
import type { RefundRequest } from '../domain/request';
import type { Provider } from '../providers/provider';
import { startBudget } from '../providers/time-budget';
import type { AskInPlanning } from './ask-in-planning';
import { providerCall } from './call';
import { attemptMs, legsOf } from './draft';
import type { PlanningRules } from './draft';

/**
 * Asks the providers of a refund that are configured here, at the same time, what they know before anything moves (design
 * 5, rule 7). An answer says no, or is compared with later, or is missing: then the question is asked before anything else
 * is done.
 */
export async function preflight(
  plan: RefundPlan,
  request: RefundRequest,
  { firstRunId, since }: PlanInput,
  means: AskingMeans,
): Promise<RefundPlan> {
  const firstRun = endOfRunId(firstRunId);
  const answers = await askProviders(request, { since, firstRun }, means);
  const refusals: PlanRefusal[] = [];
  const unanswered: UnansweredQuestion[] = [];
  const legs = plan.legs.map((legPlan, index) => {
    const { leg } = legPlan;
    const answer = answers[index];
    if (!answer) unanswered.push({ leg, notAsked: true });
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

/** The providers that are configured here, as far as they are only asked, and how they are. */
export interface AskingMeans {
  providers: ReadonlyMap<ProviderName, Pick<Provider, 'check' | 'requestsInSequence'>>;
  rules: PlanningRules;
  askInPlanning: AskInPlanning;
}

/**
 * Asks the providers of a refund, at the same time; the answers are in the order of the legs, undefined for those that are
 * not configured here or did not answer in time.
 */
export async function askProviders(
  request: RefundRequest,
  { since, firstRun }: { since: string; firstRun: string },
  { providers, rules, askInPlanning }: AskingMeans,
): Promise<(CheckAnswer | undefined)[]> {
  const { refundId, currency } = request;
  return Promise.all(
    legsOf(request).map(async ([name, leg]) => {
      const provider = providers.get(leg.provider);
      if (!provider) return undefined;
      const { question } = provider.requestsInSequence;
      const key = idempotencyKey(refundId, name, 'refund');
      const input = { leg, currency, exponent: exponentOf(currency) ?? NaN, key, since, firstRun };
      const budget = startBudget(attemptMs(question, rules.callTimeoutMs));
      return askInPlanning(leg.provider, () => provider.check(providerCall(input, budget)));
    }),
  );
}
