import type { Untaken } from '../client/operator';
import { timeWithAge } from './ages';
import type { Past } from './away';
import { counted } from './sums';

/** What the JSON of a command says in addition where it was read from a history. */
export interface PastJson {
  readFrom: 'history';
  /** When the last worker had taken something in, ISO 8601. */
  asOf: string;
  /** What came after that, and no worker has taken in yet. */
  since: Untaken;
}

/** The same for programs; nothing where a worker answered. */
export function pastJson(past: Past | undefined): PastJson | Record<string, never> {
  return past ? { readFrom: 'history', asOf: past.asOf, since: past.since } : {};
}

/** Why nobody answered, and of what time the rest is; nothing where a worker answered. */
export function tellPast(past: Past | undefined): string[] {
  return past ? [past.because.message, `${readAsOf(past)}${tellUntaken(past.since)}`] : [];
}

function readAsOf({ asOf }: Past): string {
  return `What follows is read from its history, as of ${timeWithAge(asOf)}, when a worker last went on with it.`;
}

function tellUntaken({ messages, results }: Untaken): string {
  const came = [
    ...(messages > 0 ? [counted(messages, 'message')] : []),
    ...(results > 0 ? [`${counted(results, 'result')} of its calls`] : []),
  ];
  if (came.length === 0) return '';
  const has = messages + results === 1 ? 'has' : 'have';
  return ` Since then ${came.join(' and ')} ${has} come, which the refund has not taken in yet.`;
}

/** The same of several refunds. */
export function tellPasts(pasts: readonly Past[], total: number): string {
  const [first] = pasts;
  return first ? `${first.because.message}\n${readFromHistories(pasts, total)}` : '';
}

/** That what some refunds wait for is read from their histories, and of what time that is. */
export function readFromHistories(pasts: readonly Past[], total: number): string {
  const which = pasts.length === total ? 'they wait for' : `${pasts.length} of the ${total} wait for`;
  const [oldest = ''] = pasts.map(({ asOf }) => asOf).toSorted();
  return `What ${which} is read from their histories; the oldest is as of ${timeWithAge(oldest)}.`;
}
