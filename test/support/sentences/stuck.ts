import { orderFinding, showOrderFinding } from '../../../src/cli/cut-off-orders';
import { findingOf, showFinding } from '../../../src/cli/stuck';
import { showStopped, stoppedFinding } from '../../../src/cli/stopped';
import { showUnserved, unservedFinding } from '../../../src/cli/unserved';
import type { CutOffOrder, StuckRefund, UnservedRefunds } from '../../../src/client/operator';
import { PROVIDER_NAMES } from '../../../src/domain/plan';
import { legAt } from '../requests';
import { AT, each } from './refund';

const STUCK: StuckRefund = {
  ...{ kind: 'frozen', refundId: 'rf-1', workflowId: 'refund:rf-1', runId: 'RUN', newerRunId: null },
  ...{ taskQueue: 'refunds', status: 'refunding', waitingOn: null, since: AT, hasSent: true, doubts: [] },
  callsInFlight: [],
};

const AWAY = [
  'Not sent: order order-1 did not answer whether it has so much left.',
  'Not sent: order order-1 is served on the task queue other-orders, where it began, and this worker asks on refunds-orders. Does a worker poll the first?',
  'Not sent: the workflow order:order-1 is paused. Unpause it: temporal workflow unpause --workflow-id order:order-1',
  'Not sent: what stands under order:order-1 is no order of refunds. Whoever started it has to end it and delete it.',
  'Not sent: the tasks of the workflow order:order-1 fail again and again. Look at the logs of the workers that poll the task queue refunds-orders: which code should continue it?',
];

const CASES: Partial<StuckRefund>[] = [
  ...[
    { kind: 'frozen', why: 'cause=NON_DETERMINISTIC_ERROR' },
    { kind: 'frozen', hasSent: false },
    { kind: 'frozen', why: 'cause=WorkflowTaskFailedCausePayloadsTooLarge' },
  ],
  ...[{ kind: 'paused' }, { kind: 'paused', callsInFlight: ['refundLeg'] }],
  ...[{ kind: 'paused', hasSent: false, pausedActivity: '7' }],
  ...[{ kind: 'notTaken' }, { kind: 'notTaken', hasSent: false, taskQueue: 'refunds-wyre' }],
  { kind: 'notTaken', version: 'refunds:1.0.0' },
  ...AWAY.map((lastFailure) => ({
    ...{ kind: 'failing', hasSent: false, taskQueue: 'refunds' },
    failing: { activity: 'planRefund', lastFailure, unreadableRuns: [] },
  })),
  { kind: 'failing', hasSent: false, failing: { activity: 'planRefund', unreadableRuns: ['OLDER-RUN'] } },
  { kind: 'failing', hasSent: false, failing: { activity: 'planRefund', unreadableRuns: [] } },
  ...[
    { kind: 'cutOff', why: 'TERMINATED' },
    { kind: 'cutOff', hasSent: false, why: 'FAILED' },
  ],
  { kind: 'cutOff', why: 'TERMINATED', newerRunId: 'NEWER-RUN' },
  { kind: 'ambiguous', waitingOn: 'sipay', doubts: [doubt('sipay')] },
  ...PROVIDER_NAMES.map((provider) => ({ waitingOn: 'operator' as const, doubts: [doubt(provider)] })).map(
    (waiting) => ({ kind: 'ambiguous' as const, ...waiting }),
  ),
  { kind: 'ambiguous', waitingOn: 'operator', doubts: [{ ...doubt('dsquares'), side: 'reversal' }] },
] as Partial<StuckRefund>[];

function doubt(provider: (typeof PROVIDER_NAMES)[number]) {
  return { leg: legAt(provider), side: 'refund', provider, since: AT } as const;
}

const UNSERVED: UnservedRefunds[] = [
  { taskQueue: 'refunds', version: null, because: 'current', total: 1, refundIds: ['rf-1'] },
  {
    ...{ taskQueue: 'refunds-wyre', provider: 'wyre', version: null, because: 'current' },
    ...{ total: 1, refundIds: ['rf-1'] },
  },
  {
    ...{ taskQueue: 'refunds', version: null, because: 'ramping', rampsFrom: 'refunds:1.0.0' },
    ...{ total: 1, refundIds: ['rf-1'] },
  },
  ...(['pinned', 'current', 'ramping'] as const).map((because) => ({
    ...{ taskQueue: 'refunds', version: 'refunds:1.0.0', because, total: 3, refundIds: ['rf-1', 'rf-2'] },
  })),
];

const STOPPED = { provider: 'wyre', by: 'ana', reason: 'their incident', since: AT, waiting: 2 } as const;

const ORDERS: CutOffOrder[] = [false, true].map((isBegunAnew) => ({
  ...{ orderId: 'order-1', workflowId: 'order:order-1', runId: 'RUN', since: AT, why: 'TERMINATED' },
  isBegunAnew,
}));

/** The age beside a time is another one every day. */
const AGE = / \((?:in )?\d+ [smhd]\)/g;

/** What `refund stuck` says of each way of being stuck: what it means for the money, and what to do next. */
export function stuckSentences(): string[] {
  // A sentence stands on one line.
  process.stdout.columns = 10_000;
  const told = [
    ...CASES.map((stuck) => showFinding(findingOf({ ...STUCK, ...stuck })).replace(AGE, '')),
    ...ORDERS.map((order) => showOrderFinding(orderFinding(order)).replace(AGE, '')),
    ...UNSERVED.map((unserved) => showUnserved(unservedFinding(unserved))),
    showStopped(stoppedFinding(STOPPED)).replace(AGE, ''),
  ];
  return each(told.flatMap((text) => text.split('\n'))).map((line) => line.trim());
}
