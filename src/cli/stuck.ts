import { InvalidArgumentError, Option } from 'commander';
import { parseDuration } from '../config/duration';
import type { StuckRefund } from '../client';
import type { Command, CommandLine } from './command-line';
import { plain } from './text';

/** A stuck refund, with what it means for the money and the commands to send next. */
type Finding = StuckRefund & { meaning: string; next: string[] };

/** `refund stuck`: the refunds that do not come to their end by themselves. */
export function registerStuck({ add, execute }: CommandLine): void {
  add('stuck', 'list refunds that are frozen, were cut off, or have money in doubt; needs no worker')
    .addOption(
      new Option('--longer-than <duration>', 'only money in doubt for longer than this')
        .argParser(parseLongerThan)
        .default(HALF_AN_HOUR_MS, '30m'),
    )
    .action(({ longerThan, ...options }: { json?: boolean; longerThan: number }) =>
      execute(stuckCommand(longerThan), options),
    );
}

/** Most look-ups have settled their leg by then. */
const HALF_AN_HOUR_MS = 1_800_000;

function stuckCommand(longerThanMs: number): Command {
  return async (client) => {
    const { stuck, unread } = await client.survey();
    const before = new Date(Date.now() - longerThanMs).toISOString();
    const findings = stuck
      .filter(({ kind, since }) => kind !== 'ambiguous' || since <= before)
      .map((one): Finding => ({ ...one, meaning: meaningOf(one), next: nextFor(one) }));
    const hint = `${unread} more waiting refunds could not be looked into: there are too many, or PAYLOAD_KEYS lacks their keys.`;
    return { json: findings, text: showFindings(findings), ...(unread > 0 && { hint }) };
  };
}

function parseLongerThan(text: string): number {
  const milliseconds = parseDuration(text);
  if (milliseconds === undefined) {
    throw new InvalidArgumentError(
      'It must be a duration: a whole number and ms, s, m, h or d, such as 30m.',
    );
  }
  return milliseconds;
}

function showFindings(findings: readonly Finding[]): string {
  if (findings.length === 0) return 'No refund is stuck.';
  return findings.map(showFinding).join('\n\n');
}

function showFinding(finding: Finding): string {
  const { refundId, kind, since, why, doubts, meaning, next } = finding;
  const what = { frozen: 'is frozen', cutOff: 'was cut off', ambiguous: 'has money in doubt' }[kind];
  return [
    `Refund ${refundId} ${what} since ${since}${why ? ` (${why})` : ''}.`,
    ...doubts.map(
      ({ leg, side, provider, since: from }) =>
        `  In doubt since ${from}: the ${side} of ${leg} at ${provider}`,
    ),
    `  ${meaning}`,
    ...next.map((command) => `  Next: ${command}`),
  ]
    .map(plain)
    .join('\n');
}

function meaningOf(stuck: StuckRefund): string {
  switch (stuck.kind) {
    case 'frozen':
      return stuck.hasSent
        ? 'What was sent stays sent. Nothing more moves until the right workers run or it is healed; then each leg that is not settled is looked up before anything is sent.'
        : 'This run has sent nothing, and nothing will be sent until the right workers run or it is healed.';
    case 'cutOff':
      return stuck.hasSent
        ? 'What had moved stays moved and nothing is taken back: nobody goes on with it. Compare it with the providers.'
        : 'This run has sent nothing, and the customer gets nothing: nobody goes on with it.';
    case 'ambiguous':
      return stuck.waitingOn === 'operator'
        ? 'It may have moved or not. It is never sent again until a person who looked at the provider says what happened.'
        : 'It may have moved or not. It is looked up by itself, and not sent again before its absence is proven.';
  }
}

function nextFor({ kind, refundId, waitingOn, doubts }: StuckRefund): string[] {
  switch (kind) {
    case 'frozen':
      return [`refund heal ${refundId}   (once the workers that shall go on with it run)`];
    case 'cutOff':
      return [
        `refund show ${refundId}`,
        `refund heal ${refundId}   (to let it go on: it looks every leg up before it sends anything)`,
      ];
    case 'ambiguous': {
      const legs = waitingOn === 'operator' ? doubts.map(({ leg }) => leg) : [];
      return [`refund show ${refundId}`, ...legs.map((leg) => `refund resolve ${refundId} --leg ${leg}`)];
    }
  }
}
