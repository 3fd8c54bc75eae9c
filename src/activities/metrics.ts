import { metricMeter } from '@temporalio/activity';
import { METRICS } from '../domain/metrics';
import type { Metric } from '../domain/metrics';
import type { ProviderName } from '../domain/plan';
import { observed } from '../providers/observed';
import type { Answer, Operation } from '../providers/observed';
import type { Provider } from '../providers/provider';
import type { Providers } from './plan';

/** What an adapter's call is taken for when it threw: no answer says what the provider did. */
const THREW = 'adapterFailed';

/** Answers after which nothing can have moved, so that the same is asked again. */
const TRY_AGAIN: ReadonlySet<string> = new Set(['notSent', 'turnedAway', 'transient']);

/** The same providers, with every call counted and timed in the metrics of the activity it is made for. */
export function measured(providers: Providers): Providers {
  return new Map([...providers].map(([name, provider]) => [name, measure(name, provider)]));
}

function measure(provider: ProviderName, adapter: Provider): Provider {
  return observed(adapter, async (operation, _, ask) => {
    const startedAt = performance.now();
    const answer = await ask().catch((error: unknown) => {
      record(provider, operation, THREW, startedAt);
      throw error;
    });
    record(provider, operation, classOf(operation, answer), startedAt);
    return answer;
  });
}

/** The class of an answer is what it says it is. */
function classOf(operation: Operation, { kind }: Answer): string {
  if (kind !== 'done') return kind;
  return operation === 'reverse' ? 'reversed' : 'refunded';
}

function record(provider: ProviderName, operation: Operation, outcome: string, startedAt: number): void {
  const { name, unit, help } = METRICS.callDuration;
  const seconds = (performance.now() - startedAt) / 1_000;
  metricMeter
    .createHistogram(name, 'float', unit, help)
    .record(seconds, { provider, operation, class: outcome });
  if (operation.startsWith('lookUp')) count(METRICS.lookUps, { provider, result: outcome });
  if (TRY_AGAIN.has(outcome)) count(METRICS.retries, { provider, operation });
}

function count({ name, help }: Metric, labels: Record<string, string>): void {
  metricMeter.createCounter(name, undefined, help).add(1, labels);
}
