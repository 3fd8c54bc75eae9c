import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { actionsOf } from './actions';
import type { Actions, BilledEvent } from './actions';

const FOLDER = 'test/histories';

/** The ways of a refund whose actions the document shows, and the recorded history of each. */
const SHOWN: readonly (readonly [title: string, history: string])[] = [
  ['three legs', 'three-legs'],
  ['three legs, approved by a person', 'approved-by-update'],
  ['two legs, one parked and resolved', 'parked-refunded'],
  ['three legs, the last declined, the others reversed', 'compensated'],
  ['a lost answer, found by a look-up', 'lost-answer-found'],
  ['a provider that is down, four slow retries', 'slow-retries'],
  ['approved, parked and resolved, with three notices', 'told-of-everything'],
  ['each notice that is posted at once, besides', 'notice-of-an-end'],
];

/** The order's own run, which is asked at the start of a refund and told at its end. */
const ORDER = 'order-of-two-refunds';

/** Billed actions of a run. */
export interface BilledRun {
  title: string;
  history: string;
  actions: Actions;
}

/** Counts the actions of the recorded histories that the document shows. */
export function billedRuns(): BilledRun[] {
  const order = readHistory(ORDER);
  const isAsked = ({ eventType }: BilledEvent) => eventType.endsWith('_UPDATE_ACCEPTED');
  const second = order.findLastIndex(isAsked);
  return [
    ...SHOWN.map(([title, history]) => ({ title, history, actions: actionsOf(readHistory(history)) })),
    {
      title: 'with the order lock, besides: the first refund of an order',
      history: ORDER,
      actions: actionsOf(order.slice(0, second)),
    },
    {
      title: 'with the order lock, besides: each further one',
      history: ORDER,
      actions: actionsOf(order.slice(second)),
    },
  ];
}

/** Reads a recorded history of the newest release that has it. */
export function readHistory(name: string): BilledEvent[] {
  const folders = readdirSync(FOLDER)
    .filter((folder) => /^\d|^unreleased$/.test(folder))
    .sort();
  const files = folders.map((folder) => path.join(FOLDER, folder, `${name}.json`));
  for (const file of files.reverse()) {
    try {
      return (JSON.parse(readFileSync(file, 'utf8')) as { events: BilledEvent[] }).events;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  throw new Error(`no release has recorded ${name}`);
}
