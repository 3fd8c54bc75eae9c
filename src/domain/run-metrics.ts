import type { Metric } from './metrics';

/** The metrics that runs count themselves; apart from the others, because the isolate holds them in each worker. */
export const RUN_METRICS = {
  ended: {
    name: 'refund_ended',
    kind: 'counter',
    labels: ['status'],
    help: 'Refunds that ended, by final status; invalid: refused before anything was sent.',
  },
  legsEnded: {
    name: 'refund_legs_ended',
    kind: 'counter',
    labels: ['provider', 'outcome'],
    help: 'Legs of refunds that ended, by the state they ended in; pending: never begun.',
  },
  legsParked: {
    name: 'refund_legs_parked',
    kind: 'counter',
    labels: ['provider', 'reason'],
    help: 'Times that a leg began to wait for an operator, by the code of its problem.',
  },
  approvalWait: {
    name: 'refund_approval_wait',
    kind: 'histogram',
    unit: 'seconds',
    labels: ['decision'],
    help: 'How long a refund waited for a person to decide; none: a cancel ended the waiting.',
    buckets: [60, 300, 900, 3_600, 14_400, 43_200, 86_400, 172_800, 259_200],
  },
} as const satisfies Record<string, Metric>;
