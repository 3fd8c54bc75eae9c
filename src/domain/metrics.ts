import { RUN_METRICS } from './run-metrics';

/** One metric of this project as Prometheus shows it. */
export interface Metric {
  /** Without the suffixes that the SDK adds: the unit of a histogram, and `_total` of a counter. */
  name: string;
  kind: 'counter' | 'histogram' | 'gauge';
  /** Of a histogram. */
  unit?: 'seconds';
  /** Its labels besides those that the SDK adds. Never an id: each value makes a series. */
  labels: readonly string[];
  help: string;
  /** Upper bounds of a histogram's buckets. */
  buckets?: number[];
}

/** Every metric of this project; the SDK's own stand beside them on the same endpoint. */
export const METRICS = {
  ...RUN_METRICS,
  callDuration: {
    name: 'refund_provider_call_duration',
    kind: 'histogram',
    unit: 'seconds',
    labels: ['provider', 'operation', 'class'],
    help: 'How long a provider took, by what its answer was taken for; a token it had to fetch first included.',
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20],
  },
  lookUps: {
    name: 'refund_look_ups',
    kind: 'counter',
    labels: ['provider', 'result'],
    help: 'Look-ups of what became of a request, by what they showed.',
  },
  retries: {
    name: 'refund_retries',
    kind: 'counter',
    labels: ['provider', 'operation'],
    help: 'Attempts that did not get through and after which nothing can have moved: each is made again, or parks.',
  },
  oldestAmbiguous: {
    name: 'refund_oldest_ambiguous_leg_age_seconds',
    kind: 'gauge',
    labels: ['provider'],
    help: 'How long the oldest ambiguous leg of a running refund has been so; 0: there is none.',
  },
  runsParked: {
    name: 'refund_runs_parked',
    kind: 'gauge',
    labels: [],
    help: 'Running refunds with a leg that waits for an operator.',
  },
  oldestApproval: {
    name: 'refund_oldest_approval_age_seconds',
    kind: 'gauge',
    labels: [],
    help: 'How long ago the oldest refund was started that waits for a person to decide; 0: there is none.',
  },
  runsAwaitingApproval: {
    name: 'refund_runs_awaiting_approval',
    kind: 'gauge',
    labels: [],
    help: 'Running refunds that wait for a person to decide.',
  },
  runsFrozen: {
    name: 'refund_runs_frozen',
    kind: 'gauge',
    labels: [],
    help: 'Running refunds whose workflow task fails or times out over and over.',
  },
  runsCutOff: {
    name: 'refund_runs_cut_off',
    kind: 'gauge',
    labels: [],
    help: 'Refunds whose run was terminated, failed or timed out before their legs were settled.',
  },
  surveyed: {
    name: 'refund_survey_last_success_timestamp_seconds',
    kind: 'gauge',
    labels: [],
    help: 'When the gauges above were last brought up to date, in seconds since the epoch.',
  },
} as const satisfies Record<string, Metric>;

/** The name under which Prometheus knows a metric; a histogram has `_bucket`, `_sum` and `_count` behind it. */
export function exposedName({ name, kind, unit }: Metric): string {
  return `${name}${unit ? `_${unit}` : ''}${kind === 'counter' ? '_total' : ''}`;
}
