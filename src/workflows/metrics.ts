import { metricMeter } from '@temporalio/workflow';
import type { Metric } from '../domain/metrics';
import { RUN_METRICS } from '../domain/run-metrics';
import type { Problem, RefundState } from '../domain/state';
import type { ProviderName } from '../domain/plan';

/*
 * The SDK drops what is counted while it replays. A workflow task that is made twice (its worker died before it could
 * answer) counts twice: metrics are for alerts, the books of a refund are its result.
 */

/** Counts a refund that ended and what became of each of its legs. */
export function countEnd({ status, legs }: RefundState): void {
  count(RUN_METRICS.ended, { status });
  for (const leg of Object.values(legs)) {
    count(RUN_METRICS.legsEnded, { provider: leg.provider, outcome: leg.status });
  }
}

/** Counts a leg that begins to wait for an operator. */
export function countParked(provider: ProviderName, { code }: Problem): void {
  count(RUN_METRICS.legsParked, { provider, reason: code });
}

/** Records how long a person was waited for. Both times are for show and decide nothing. */
export function recordApprovalWait(asked: string, answered: string, decision: string | null): void {
  const seconds = Math.max(0, Date.parse(answered) - Date.parse(asked)) / 1_000;
  const { name, unit, help } = RUN_METRICS.approvalWait;
  metricMeter.createHistogram(name, 'float', unit, help).record(seconds, { decision: decision ?? 'none' });
}

function count({ name, help }: Metric, labels: Record<string, string>): void {
  metricMeter.createCounter(name, undefined, help).add(1, labels);
}
