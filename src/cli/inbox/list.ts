import {
  createPrompt,
  isDownKey,
  isEnterKey,
  isUpKey,
  makeTheme,
  useEffect,
  useKeypress,
  usePagination,
  useState,
} from '@inquirer/core';
import { ageOf } from '../ages';
import { table } from '../layout';
import { plain } from '../text';
import { closesIn, tellClosing } from '../waiting';
import type { Waiting } from '../waiting';
import { cut, onLines, useEnd, useSize } from './screen';
import type { Screen } from './screen';
import type { WaitingList } from './waiting-list';

/** What is chosen from the list: a refund by its place, the list as it is now, or nothing more. */
export type ListChoice = { kind: 'open'; index: number } | { kind: 'again' } | { kind: 'leave' };

interface ListConfig {
  list: WaitingList;
  /** Which is chosen at first. */
  first: number;
  screen: Screen;
}

const KEYS = '↑ ↓ choose · Enter open · q leave · u read the list anew';
/** Lines around the list: title, column titles, two sentences of two lines about the chosen one, keys, and what is empty. */
const AROUND = 10;
/** Lines that are kept for the note below the title, where there is one. */
const NOTE = 2;
/** How often ages are drawn anew. Milliseconds. */
const DRAWN_EVERY_MS = 10_000;

/** Asks which refund to open. */
export const chooseWaiting = createPrompt<ListChoice, ListConfig>(({ list, first, screen }, done) => {
  const { waiting, note } = list;
  const { rows, columns } = useSize(screen);
  const now = useTime();
  const { style } = makeTheme();
  const [active, setActive] = useState(first);
  const pageSize = Math.max(rows - AROUND - (note === '' ? 0 : NOTE), 1);
  const last = waiting.length - 1;
  useEnd(() => done({ kind: 'leave' }));
  useKeypress((key, lines) => {
    // What is typed is no text.
    lines.clearLine(0);
    const steps = stepsOf(key.name, pageSize) + Number(isDownKey(key)) - Number(isUpKey(key));
    if (steps !== 0) setActive(Math.min(Math.max(active + steps, 0), Math.max(last, 0)));
    else if (isEnterKey(key) && last >= 0) done({ kind: 'open', index: active });
    else if (key.name === 'u') done({ kind: 'again' });
    else if (key.name === 'q' || key.name === 'escape') done({ kind: 'leave' });
  });
  const [titles = '', ...items] = linesOf(waiting, now).map((line) => cut(line, columns - 3));
  const page = usePagination({
    items: items.length === 0 ? [''] : items,
    active,
    renderItem: ({ item, isActive }) => (isActive ? style.highlight(`> ${item}`) : `  ${item}`),
    pageSize,
    loop: false,
  });
  const chosen = waiting[active];
  const about = chosen ? [`${chosen.refundId}: ${chosen.reason}.`, tellClosing(chosen)] : [];
  return [
    style.message(onLines(1, titleOf(list), columns), 'idle'),
    ...(note === '' ? [] : [onLines(NOTE, note, columns)]),
    '',
    ...(chosen
      ? [
          `  ${titles}`,
          page,
          '',
          ...about.filter((line) => line !== '').map((line) => onLines(2, plain(line), columns)),
        ]
      : []),
    '',
    style.help(onLines(1, KEYS, columns)),
  ].join('\n');
});

function titleOf({ waiting: { length: count }, more, readAt }: WaitingList): string {
  const at = `read at ${readAt.toISOString().slice(11, 19)} UTC`;
  if (count === 0) return `Nothing waits for a person. (${at})`;
  const rest = more === 0 ? '' : `; ${more} more are not listed (refund attention)`;
  return `${count} ${count === 1 ? 'refund waits' : 'refunds wait'} for a person, ${at}${rest}`;
}

/** The time, so that what is told by it does not stand still. */
function useTime(): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), DRAWN_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return now;
}

function stepsOf(key: string, pageSize: number): number {
  return { pageup: -pageSize, pagedown: pageSize }[key] ?? 0;
}

/** One line for each, under their titles. */
function linesOf(waiting: readonly Waiting[], now: number): string[] {
  const rows = waiting.map((one) => [
    one.refundId,
    ageOf(now - Date.parse(one.startedAt)),
    closesIn(one),
    one.amount,
    one.reason,
  ]);
  return table(['REFUND', 'AGE', 'CLOSES', 'AMOUNT', 'WAITS BECAUSE'], rows, Infinity).split('\n');
}
