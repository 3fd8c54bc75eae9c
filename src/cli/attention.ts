import { readPlace } from '../client/attention';
import { idInCommand, isId } from '../client/shell';
import { orFromHistory } from './away';
import type { Past, ReadRun } from './away';
import type { Command, CommandLine, Json } from './command-line';
import { UsageError } from './exit-codes';
import { wholeNumber } from './list';
import { pastJson, tellPasts } from './past';
import { timeWithAge } from './ages';
import { hanging, table } from './layout';
import { plain } from './text';
import { closesIn, closesSoon, soonestFirst, tellClosing, waitingOf } from './waiting';
import type { Waiting } from './waiting';

interface AttentionOptions {
  limit?: number;
  after?: string;
}

/** `refund attention`. */
export function registerAttention({ add, execute, readRun }: CommandLine): void {
  add('attention', 'what waits for a person: what closes within a day first, then the oldest refund')
    .option('--limit <count>', 'at most this many; all of them if left out', wholeNumber)
    .option('--after <place>', 'the next page: the place that the previous page named', placeIn)
    .action(({ json, ...page }: Json & AttentionOptions) =>
      execute(attentionCommand(page, readRun), { json }),
    );
}

function placeIn(text: string): string {
  if (!/^[A-Za-z0-9_-]{1,2000}$/.test(text) || readPlace(text) === undefined)
    throw new UsageError('--after takes the place that the previous page named.');
  return text;
}

/** What waits for a person, as a table. */
export function attentionCommand(page: AttentionOptions, readRun: ReadRun): Command {
  return async (live) => {
    const client = orFromHistory(live, readRun);
    const { rows, more, next } = await client.attention(page);
    const waiting = soonestFirst(await waitingOf(client, rows));
    const pasts = rows.flatMap(({ refundId }) => client.pastOf(refundId) ?? []);
    const limit = page.limit === undefined ? '' : ` --limit ${page.limit}`;
    return {
      json: waiting.map((one) => ({ ...one, ...pastJson(client.pastOf(one.refundId)) })),
      text: [tellPasts(pasts, rows.length), showWaiting(waiting, page, pasts)]
        .filter((part) => part !== '')
        .join('\n\n'),
      ...(next !== null && {
        hint: `${more} more wait for a person: refund attention${limit} --after ${next}`,
      }),
    };
  };
}

function showWaiting(
  waiting: readonly Waiting[],
  { after }: AttentionOptions,
  pasts: readonly Past[],
): string {
  const [first] = waiting;
  if (!first)
    return after === undefined
      ? 'Nothing waits for a person.'
      : 'Nothing more waits for a person after this place. To start over: refund attention';
  const hasClosing = waiting.some(({ closes }) => closes);
  const rows = waiting.map((one) => [
    one.refundId,
    one.orderId ?? '',
    timeWithAge(one.startedAt),
    ...(hasClosing ? [closesIn(one)] : []),
    one.amount,
    one.reason,
  ]);
  const titles = ['REFUND', 'ORDER', 'STARTED', ...(hasClosing ? ['CLOSES'] : []), 'AMOUNT', 'WAITS BECAUSE'];
  const next = waiting.find(({ refundId }) => isId(refundId)) ?? first;
  const isPast = pasts.some(({ state: { refundId } }) => refundId === next.refundId);
  return [
    table(titles, rows),
    actsOn(waiting),
    waiting
      .filter(closesSoon)
      .map((one) => plain(tellClosing(one)))
      .join('\n'),
    whatToDo(next, isPast),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** The command that settles one; without a worker nothing is settled. */
function whatToDo({ refundId, waitsFor }: Waiting, isPast: boolean): string {
  const id = idInCommand(refundId);
  if (isPast || waitsFor === undefined) return `What to do: refund show ${id}`;
  return waitsFor === 'approval'
    ? `What to do: refund approve ${id}\nor: refund reject ${id}\n${SHOWS_FIRST}`
    : `What to do: refund resolve ${id}\n${SHOWS_FIRST}`;
}

const SHOWS_FIRST = 'It shows all that is known first, and sends nothing before you answer y.';

/** What parked legs need, each act once: many refunds can wait for one. */
function actsOn(waiting: readonly Waiting[]): string {
  const counts = new Map<string, number>();
  for (const { act } of waiting) if (act !== undefined) counts.set(act, (counts.get(act) ?? 0) + 1);
  const acts = [...counts].map(([act, count]) =>
    hanging('- ', plain(count === 1 ? act : `${act} (${count} refunds)`)),
  );
  return acts.length === 0 ? '' : ['What they need:', ...acts].join('\n');
}
