import {
  PayloadUnreadableError,
  RefundError,
  RefundPausedError,
  TemporalServerError,
  WorkerUnavailableError,
} from '../client/operator';
import type { Briefing, OperatorClient, RefundRow, RefundState } from '../client/operator';
import { NothingReadError } from './away';
import { together } from '../client/together';

/** How many refunds are asked about at once. */
const AT_ONCE = 5;

/** A refund of a list, with what its worker told of it, or why it told nothing. */
export type Looked =
  | { kind: 'told'; row: RefundRow; state: RefundState; briefing: Briefing }
  | { kind: 'untold'; row: RefundRow; why: string };

/** Asks about each refund of a list; one that tells nothing hides no other. */
export async function lookInto(client: OperatorClient, rows: readonly RefundRow[]): Promise<Looked[]> {
  const silent = new Set<string>();
  const ask = async (row: RefundRow): Promise<Looked> => {
    // Where no worker answered for one, each of the others would take its time to say nothing.
    if (silent.has(row.taskQueue)) return { kind: 'untold', row, why: SILENT };
    const looked = await lookAt(client, row);
    if (looked.kind === 'untold' && looked.why === SILENT) silent.add(row.taskQueue);
    return looked;
  };
  return inTurn(rows, ask);
}

/** Does something for each of a list, some at a time, and keeps their order. */
export async function inTurn<Item, Result>(
  items: readonly Item[],
  act: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let from = 0; from < items.length; from += AT_ONCE) {
    results.push(...(await together(items.slice(from, from + AT_ONCE).map(act))));
  }
  return results;
}

/** Asks about one refund. @throws TemporalServerError */
export async function lookAt(client: OperatorClient, row: RefundRow): Promise<Looked> {
  const { refundId } = row;
  try {
    const [state, briefing] = await together([client.state(refundId), client.briefing(refundId)]);
    return { kind: 'told', row, state, briefing };
  } catch (error) {
    if (error instanceof TemporalServerError || !(error instanceof RefundError)) throw error;
    const why = WHY.find(([type]) => error instanceof type)?.[1] ?? 'it has changed in the meantime';
    return { kind: 'untold', row, why };
  }
}

const SILENT = 'its worker does not answer';

const WHY = [
  [NothingReadError, 'no worker answers, and its history cannot be read here'],
  [WorkerUnavailableError, SILENT],
  [RefundPausedError, 'it is paused'],
  [PayloadUnreadableError, 'its keys are not in PAYLOAD_KEYS'],
] as const;
