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
  noticeAttempts: {
    name: 'refund_notice_attempts',
    kind: 'counter',
    labels: ['type', 'result'],
    help: 'Attempts to post a notice, by what its receiver made of it: taken, refused, unanswered.',
  },
  noticesOverdue: {
    name: 'refund_notices_overdue',
    kind: 'gauge',
    labels: [],
    help: 'Notices that their receiver has not taken for three days; they are still posted.',
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
    help: 'Refunds whose run was terminated, failed or timed out before the outcome of all their legs was known.',
  },
  runsPaused: {
    name: 'refund_runs_paused',
    kind: 'gauge',
    labels: [],
    help: 'Refunds that somebody paused on the server: nothing of them goes on but a call under way.',
  },
  runsNotTaken: {
    name: 'refund_runs_not_taken',
    kind: 'gauge',
    labels: [],
    help: 'Running refunds whose workflow task no worker takes: nobody polls their task queue.',
  },
  runsUnserved: {
    name: 'refund_runs_unserved',
    kind: 'gauge',
    labels: [],
    help: 'Running refunds whose next task or call nobody would take: no worker of their version polls its queue.',
  },
  providersStopped: {
    name: 'refund_providers_stopped',
    kind: 'gauge',
    labels: ['provider'],
    help: '1 while somebody has stopped the provider: no refund and no reversal is sent to it.',
  },
  runsFailing: {
    name: 'refund_runs_failing',
    kind: 'gauge',
    labels: [],
    help: 'Running refunds that wait for a call that fails again and again, above all their planning.',
  },
  runsUnread: {
    name: 'refund_runs_unread',
    kind: 'gauge',
    labels: [],
    help: 'Refunds that the last survey could not look into: money of theirs may be in doubt.',
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
