import type { StuckRefund } from '../client/operator';
import { whatMoves } from '../client/calls-in-flight';
import { isOfSize } from '../client/hanging';
import { CUT_OFF_BY } from '../client/health/heal';
import type { InDoubtMovement } from '../client/health/in-doubt';
import { actOf } from '../domain/details/acts';
import { PROVIDER_NAMES } from '../domain/plan';
import { renderMarkdown } from './markdown';
import { idInCommand, quoted, unpauseCommand } from '../client/shell';
import { startOfVersion } from '../client/start-of-version';

const UNTIL: Record<'frozen' | 'paused' | 'notTaken' | 'failing', string> = {
  frozen: 'until the right workers run or it is healed',
  paused: 'until it is resumed',
  notTaken: 'until a worker polls its task queue',
  failing: 'until that call succeeds',
};

const UNTIL_THEY_END = 'until these end';

/** What a stuck refund means for the money. */
export function meaningOf(stuck: StuckRefund): string {
  switch (stuck.kind) {
    case 'frozen':
      if (isOfSize(stuck.why ?? ''))
        return `Somebody sends it messages that are too large. The run is whole. ${whatMoves(stuck.callsInFlight, UNTIL_THEY_END)} Then it goes on by itself within a minute.`;
      return stuck.hasSent
        ? `What was sent stays sent. ${whatMoves(stuck.callsInFlight, UNTIL.frozen)} Then each leg whose outcome is not known is looked up before anything is sent.`
        : nothingSent(UNTIL.frozen);
    case 'paused':
      return stuck.hasSent
        ? `What was sent stays sent, and what a provider answers is not processed. ${whatMoves(stuck.callsInFlight, UNTIL.paused)}`
        : nothingSent(UNTIL.paused);
    case 'notTaken':
      return notTaken(stuck);
    case 'failing':
      return failing(stuck);
    case 'cutOff':
      return cutOff(stuck);
    case 'ambiguous':
      return stuck.waitingOn === 'operator'
        ? [
            'The money may or may not have moved, and nothing more is sent until a person says what happened.',
            ...stuck.doubts.map(actOnDoubt),
          ].join(' ')
        : 'The money may or may not have moved. We look it up automatically, and never send it again before its absence is proven.';
  }
}

/** The same sentence as in the details; what is offered now only a worker knows. */
function actOnDoubt({ side, provider }: InDoubtMovement): string {
  const now = { mayRetry: false, isQuestion: false, wasSent: true, wasReset: false };
  return renderMarkdown(actOf({ provider, side, code: 'ambiguous', ...now }));
}

function nothingSent(until: string): string {
  return `This run has sent nothing, and nothing will be sent ${until}.`;
}

function notTaken({ taskQueue, version, hasSent, callsInFlight: calls }: StuckRefund): string {
  const queue =
    version === undefined
      ? `No worker polls the task queue ${JSON.stringify(taskQueue)}: none is running, or the name is wrong.`
      : `It goes to the version ${version}, and no worker of that polls the task queue ${JSON.stringify(taskQueue)}.`;
  return hasSent
    ? `${queue} What was sent stays sent. ${whatMoves(calls, UNTIL.notTaken)}`
    : `${queue} ${nothingSent(UNTIL.notTaken)}`;
}

function failing({ taskQueue, hasSent, callsInFlight: calls, failing: call }: StuckRefund): string {
  const { activity = 'a call', lastFailure, unreadableRuns = [] } = call ?? {};
  const why = lastFailure === undefined ? '' : ` (${lastFailure.replace(/\.$/, '')})`;
  const told = [
    `${activity} on the task queue ${JSON.stringify(taskQueue)} keeps failing, and is retried${why}.`,
    ...unreadableRuns.map(
      (runId) =>
        `It is compared with the older run ${runId} under this id, which cannot be read with the keys here.`,
    ),
    hasSent ? `What was sent stays sent. ${whatMoves(calls, UNTIL.failing)}` : nothingSent(UNTIL.failing),
  ];
  return told.join(' ');
}

/** What lets a call succeed that fails again and again: a worker that can make it, the keys, or the server's list of runs. */
function remediesFor({ taskQueue, failing: call }: StuckRefund): string[] {
  const { lastFailure = '', unreadableRuns = [] } = call ?? {};
  if (unreadableRuns.length > 0)
    return unreadableRuns.map(
      (runId) => `add the key with which run ${runId} was written to the PAYLOAD_KEYS of the workers`,
    );
  const ofOrder = remedyOfOrder(lastFailure, taskQueue);
  if (ofOrder !== undefined) return [ofOrder];
  return [
    "look at the workers' logs for planRefund: it asks the providers, and the Temporal server for the list of earlier runs",
    'temporal workflow list --limit 1   (does the server list runs? Its visibility store may be down)',
  ];
}

/** What lets an order answer, by what planning says of it; the first that fits. `found` is what the pattern caught. */
const REMEDIES_OF_ORDERS: [says: RegExp, remedy: (found: string, taskQueue: string) => string][] = [
  [
    /Restore it: (temporal workflow reset --workflow-id order:[A-Za-z0-9][A-Za-z0-9._-]{0,63} .*?"restore the order")/,
    (found) => found,
  ],
  [
    /Unpause it: (temporal workflow unpause --workflow-id order:[A-Za-z0-9][A-Za-z0-9._-]{0,63})/,
    (found) => found,
  ],
  [
    /(order:[A-Za-z0-9][A-Za-z0-9._-]{0,63}) .* has to end it and delete it/,
    (found) => `temporal workflow describe --workflow-id ${found}   (whose is it?)`,
  ],
  [
    /^Not sent: the tasks of the workflow /,
    () => 'start the workers that should continue the order: it goes on by itself within minutes',
  ],
  [/^Not sent: order .* is served on the task queue (\S+)-orders, where it began/, servesOrders],
  [/^Not sent: order /, (_, taskQueue) => servesOrders(taskQueue)],
];

function remedyOfOrder(lastFailure: string, taskQueue: string): string | undefined {
  for (const [says, remedy] of REMEDIES_OF_ORDERS) {
    const [found, caught = ''] = says.exec(lastFailure) ?? [];
    if (found !== undefined) return remedy(caught, taskQueue);
  }
  return undefined;
}

function servesOrders(taskQueue: string): string {
  return `${startAWorker(taskQueue)} and ORDER_LOCK on: it serves orders, too`;
}

function cutOff({ hasSent, newerRunId }: StuckRefund): string {
  if (newerRunId !== null)
    return `What had moved stays moved. Another run (${newerRunId}) was started under this id, and has not asked the providers about it. Compare it with them.`;
  return hasSent
    ? 'What had moved stays moved and nothing is reversed, because nothing continues it. Compare it with the providers.'
    : 'This run has sent nothing, and the customer gets nothing, because nothing continues it.';
}

/** Workers for a queue: that of a provider's calls is its refunds' queue, and the provider's name. */
export function startAWorker(taskQueue: string): string {
  const provider = PROVIDER_NAMES.find((name) => taskQueue.endsWith(`-${name}`));
  if (!provider) return `start a worker with REFUND_TASK_QUEUE=${quoted(taskQueue, 'ITS_TASK_QUEUE')}`;
  const refunds = quoted(taskQueue.slice(0, -provider.length - 1), 'ITS_TASK_QUEUE');
  return `start a worker with REFUND_TASK_QUEUE=${refunds} that is configured for ${provider}`;
}

/** The commands to send next. */
export function nextFor(stuck: StuckRefund): string[] {
  const { kind, refundId, workflowId, runId, newerRunId, taskQueue, why, waitingOn, doubts, pausedActivity } =
    stuck;
  const id = idInCommand(refundId);
  const show = `refund show ${id}`;
  switch (kind) {
    case 'frozen':
      if (isOfSize(why ?? '')) return ['find out who may write to the namespace and sends them', show];
      return [
        'start the workers that should continue it: it goes on by itself within minutes',
        `refund heal ${id}   (if it still hangs then)`,
      ];
    case 'paused':
      return [show, unpauseCommand(workflowId, pausedActivity)];
    case 'notTaken':
      return [
        stuck.version === undefined ? startAWorker(taskQueue) : startOfVersion(stuck.version),
        `temporal task-queue describe --task-queue ${quoted(taskQueue, 'ITS_TASK_QUEUE')}   (who polls it)`,
      ];
    case 'failing':
      return [show, ...remediesFor(stuck)];
    case 'cutOff':
      if (newerRunId !== null)
        return [
          `temporal workflow show --workflow-id ${quoted(workflowId, 'WORKFLOW_ID')} --run-id ${quoted(runId, 'RUN_ID')}`,
        ];
      return CUT_OFF_BY[why ?? ''] !== undefined
        ? [show, `refund heal ${id}   (to continue it: it looks up every leg before it sends anything)`]
        : [show];
    case 'ambiguous': {
      const legs = waitingOn === 'operator' ? doubts.map(({ leg }) => leg) : [];
      return [show, ...legs.map((leg) => `refund resolve ${id} --leg ${leg}`)];
    }
  }
}
