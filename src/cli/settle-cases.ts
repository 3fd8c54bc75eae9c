import {
  RefundEndedError,
  RefundError,
  ResolutionRefusedError,
  TemporalServerError,
} from '../client/operator';
import type { OperatorClient, RefundRow } from '../client/operator';
import { caseOf } from './cases';
import type { Case, ReadyCase } from './cases';
import type { CommandLine, Reply } from './command-line';
import { inTurn } from './look-into';
import { showProgress } from './progress';
import { counted } from './sums';
import { jsonLine, plain } from './text';
import type { Where } from './where';

/** Who tries them again, and what they saw. */
export interface Word {
  by: string;
  evidence: string;
}

/** What became of one. */
interface Result {
  row: RefundRow;
  outcome: keyof typeof OUTCOMES;
  why?: string;
}

const OUTCOMES = {
  accepted: (count: number) => `${count} accepted`,
  gone: (count: number) => `${count} left alone, because they wait for something else or for nobody`,
  refused: (count: number) => `${count} refused`,
  unknown: (count: number) => `${count} not known: no answer came, and the word may have arrived`,
  notBegun: (count: number) => `${count} not begun`,
};

/** What is sent to which refunds. */
export interface Settling {
  where: Where;
  cases: readonly Case[];
  word: Word;
  json: boolean;
}

/** Sends `retry` to each that is ready, by an update of its own, and tells what became of every one. */
export async function settleCases(
  client: OperatorClient,
  { where, cases, word, json }: Settling,
  { screen, say }: Pick<CommandLine, 'screen' | 'say'>,
): Promise<Reply> {
  const progress = showProgress(cases.length, 'refunds', screen);
  const stop = new AbortController();
  const stopAtOnce = () => stop.abort();
  process.once('SIGINT', stopAtOnce);
  const settle = async (one: Case): Promise<Result> => {
    const result = await resultOf(one, stop.signal, (ready) => send(client, ready, { where, word }));
    // Whatever is not answered now would only be waited for again and again.
    if (result.outcome === 'unknown') stop.abort();
    progress.step(() => say(json ? jsonLine(lineOf(result, one)) : sentence(result), {}));
    return result;
  };
  try {
    return replyTo(await inTurn(cases, settle));
  } finally {
    process.off('SIGINT', stopAtOnce);
    progress.end();
  }
}

async function resultOf(
  one: Case,
  stopped: AbortSignal,
  act: (one: ReadyCase) => Promise<Result>,
): Promise<Result> {
  if (one.kind !== 'ready') return { row: one.row, outcome: one.kind, why: one.why };
  return stopped.aborted ? { row: one.row, outcome: 'notBegun' } : act(one);
}

/** Looks once more, because the person may have read for long, and says it only to one that is still as it was shown. */
async function send(
  client: OperatorClient,
  { row, leg, seen, consequence }: ReadyCase,
  { where, word }: Pick<Settling, 'where' | 'word'>,
): Promise<Result> {
  try {
    const now = await caseOf(client, row, where);
    if (now.kind !== 'ready') return { row, outcome: now.kind, why: now.why };
    if (now.leg !== leg || now.consequence !== consequence) return { row, outcome: 'refused', why: CHANGED };
    const told = seen === undefined ? word : { ...word, seen };
    await client.resolve({ refundId: row.refundId, leg, outcome: 'retry', ...told });
    return { row, outcome: 'accepted' };
  } catch (error) {
    if (error instanceof RefundEndedError) return { row, outcome: 'gone', why: error.message };
    if (error instanceof ResolutionRefusedError) return { row, outcome: 'refused', why: error.message };
    if (!(error instanceof RefundError)) throw error;
    const isRefused = error instanceof TemporalServerError && error.reason === 'refused';
    return { row, outcome: isRefused ? 'refused' : 'unknown', why: error.message };
  }
}

const CHANGED = 'retry would now do something else than was shown; run the command again to see what';

function lineOf({ row, outcome, why }: Result, one: Case): object {
  const { refundId, orderId } = row;
  const told = one.kind === 'ready' ? { leg: one.leg, amount: one.amount } : {};
  return { refundId, orderId, ...told, outcome, ...(why !== undefined && { message: why }) };
}

function sentence({ row, outcome, why }: Result): string {
  const told: Record<Result['outcome'], string> = {
    accepted: 'retry was accepted',
    gone: `left alone, nothing was sent: ${why ?? ''}`,
    refused: `refused, nothing was changed: ${(why ?? '').replace(/^Refused, nothing was changed: /, '')}`,
    unknown: `not known: ${why ?? ''}`,
    notBegun: 'not begun, nothing was sent',
  };
  return plain(`${row.refundId}: ${told[outcome]}`);
}

function replyTo(results: readonly Result[]): Reply {
  const countOf = (wanted: string) => results.filter(({ outcome }) => outcome === wanted).length;
  const told = Object.entries(OUTCOMES).flatMap(([outcome, tell]) => {
    const count = countOf(outcome);
    return count === 0 ? [] : [tell(count)];
  });
  const isUnfinished = countOf('unknown') + countOf('notBegun') > 0;
  return {
    json: null,
    text: '',
    hint: `${counted(results.length, 'refund')}: ${told.join('; ')}.${isUnfinished ? RUN_AGAIN : ''}`,
    failed: isUnfinished || countOf('refused') > 0,
  };
}

const RUN_AGAIN =
  ' Run the same command again: each is looked at anew, and only those that still wait are tried.';
