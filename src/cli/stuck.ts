import { Option } from 'commander';
import type { StuckRefund, Survey, UnreadRun } from '../client/operator';
import { durationOf } from './command-line';
import type { Command, CommandLine } from './command-line';
import { orderFinding, showOrderFinding } from './cut-off-orders';
import { noticeFinding, showNotice } from './overdue-notices';
import { timeWithAge } from './ages';
import { showNext } from './next';
import { meaningOf, nextFor } from './stuck-advice';
import { plain } from './text';
import { showStopped, stoppedFinding } from './stopped';
import { showUnserved, unservedFinding } from './unserved';

/** A stuck refund, with what it means for the money and the commands to send next. */
export type Finding = StuckRefund & { meaning: string; next: string[] };

/** `refund stuck`: the refunds that do not come to their end by themselves. */
export function registerStuck({ add, execute }: CommandLine): void {
  add('stuck', 'list refunds that make no progress or have money in doubt; needs no worker')
    .addOption(
      new Option('--longer-than <duration>', 'money in doubt only if for longer than this')
        .argParser(durationOf('30m'))
        .default(HALF_AN_HOUR_MS, '30m'),
    )
    .action(({ longerThan, ...options }: { json?: boolean; longerThan: number }) =>
      execute(stuckCommand(longerThan), options),
    );
}

/** Most look-ups have come to a result by then. */
const HALF_AN_HOUR_MS = 1_800_000;

function stuckCommand(longerThanMs: number): Command {
  return async (client) => {
    const survey = await client.survey();
    const before = new Date(Date.now() - longerThanMs).toISOString();
    const findings = survey.stuck
      .filter(({ kind, since }) => kind !== 'ambiguous' || since <= before)
      .map(findingOf);
    const notices = survey.overdueNotices.oldest.map(noticeFinding);
    const orders = survey.cutOffOrders.map(orderFinding);
    const unserved = survey.unserved.map(unservedFinding);
    const stopped = survey.stopped.map(stoppedFinding);
    const told = [
      ...stopped.map(showStopped),
      ...unserved.map(showUnserved),
      ...orders.map(showOrderFinding),
      ...findings.map(showFinding),
      ...notices.slice(0, MOST_NAMED).map(showNotice),
    ];
    const hint = [...moreNotices(survey), ...(survey.unread > 0 ? [showUnread(survey)] : [])].join('\n');
    return {
      json: [...stopped, ...unserved, ...orders, ...findings, ...notices],
      text: told.length === 0 ? 'No refund is stuck.' : told.join('\n\n'),
      ...(hint !== '' && { hint }),
    };
  };
}

/** Adds to a stuck refund what it means and what to do. */
export function findingOf(stuck: StuckRefund): Finding {
  return { ...stuck, meaning: meaningOf(stuck), next: nextFor(stuck) };
}

const WHAT: Record<StuckRefund['kind'], string> = {
  frozen: 'has been frozen since',
  paused: 'has been paused since',
  notTaken: 'has not been picked up by any worker since',
  failing: 'makes no progress, because one of its calls has kept failing since',
  cutOff: 'was cut off at',
  ambiguous: 'has had money in doubt since',
};

/** A stuck refund, in words. */
export function showFinding({ refundId, kind, since, why, doubts, meaning, next }: Finding): string {
  return [
    plain(`Refund ${refundId} ${WHAT[kind]} ${timeWithAge(since)}${why ? ` (${why})` : ''}.`),
    ...doubts.map(({ leg, side, provider, since: from }) =>
      plain(`  In doubt since ${timeWithAge(from)}: the ${side} of ${leg} at ${provider}`),
    ),
    plain(`  ${meaning}`),
    ...next.map(showNext),
  ].join('\n');
}

/** A terminal shows so many by name. */
const MOST_NAMED = 20;

function moreNotices({ overdueNotices: { total } }: Survey): string[] {
  return total > MOST_NAMED ? [`${total - MOST_NAMED} more notices have not been taken for three days.`] : [];
}

function showUnread({ unread, unreadRuns }: Survey): string {
  const named = unreadRuns.slice(0, MOST_NAMED).map(nameUnread);
  const rest = unread - named.length;
  return [
    `${unread} more waiting refunds could not be looked into: their money may be in doubt.`,
    ...named,
    ...(rest > 0 ? [`  and ${rest} more`] : []),
    'Compare them with their providers, or ask again with the PAYLOAD_KEYS of the workers.',
  ].join('\n');
}

function nameUnread({ refundId, runId, why }: UnreadRun): string {
  return `  ${refundId} (run ${runId}): ${why}`;
}
