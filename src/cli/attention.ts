import { WorkerUnavailableError } from '../client';
import type { RefundClient, RefundRow } from '../client';
import { LEG_NAMES } from '../domain/plan';
import { amounts } from '../domain/story/headline';
import { reasonOf } from '../domain/story/problem';
import type { Command, CommandLine, Json } from './command-line';
import { limitOption } from './list';
import { table } from './text';

/** The server lists at most so many at once. */
const MOST = 1_000;
/** How many refunds are asked about at once. */
const AT_ONCE = 5;

/** One thing that waits for a person. */
interface Waiting {
  refundId: string;
  orderId: string | null;
  startedAt: string;
  reason: string;
  amount: string;
}

/** `refund attention`. */
export function registerAttention({ add, execute }: CommandLine): void {
  add('attention', 'what waits for a person, the oldest refund first')
    .addOption(limitOption(20))
    .action(({ limit, ...options }: Json & { limit: number }) => execute(attentionCommand(limit), options));
}

function attentionCommand(limit: number): Command {
  return async (client) => {
    const rows = await client.list({ needsAttention: true, limit: MOST });
    rows.sort((one, other) => one.startedAt.localeCompare(other.startedAt));
    const waiting: Waiting[] = [];
    for (let from = 0; from < Math.min(rows.length, limit); from += AT_ONCE) {
      const some = rows.slice(from, Math.min(from + AT_ONCE, limit));
      waiting.push(...(await Promise.all(some.map((row) => reasonFor(client, row)))));
    }
    const more = rows.length - waiting.length;
    return {
      json: waiting,
      text: showWaiting(waiting),
      ...(more > 0 && { hint: `${more} more wait for a person (--limit).` }),
    };
  };
}

async function reasonFor(client: RefundClient, row: RefundRow): Promise<Waiting> {
  const { refundId, orderId, startedAt } = row;
  try {
    const [state, briefing] = await Promise.all([client.state(refundId), client.briefing(refundId)]);
    const parked = LEG_NAMES.find((name) => state.legs[name]?.status === 'parked');
    const { provider, problem } = (parked && state.legs[parked]) ?? {};
    const told =
      parked && problem
        ? {
            reason: `${parked} at ${provider ?? ''}: ${reasonOf(problem)}`,
            amount: briefing.legs[parked]?.amount ?? '',
          }
        : { reason: `approval, requested by ${briefing.requestedBy}`, amount: amounts(state, briefing) };
    return { refundId, orderId, startedAt, ...told };
  } catch (error) {
    if (!(error instanceof WorkerUnavailableError)) throw error;
    const whom = row.waitingOn === 'approval' ? 'approval' : 'a parked leg';
    return { refundId, orderId, startedAt, reason: `${whom}; its worker does not answer`, amount: '' };
  }
}

function showWaiting(waiting: readonly Waiting[]): string {
  const [first] = waiting;
  if (!first) return 'Nothing waits for a person.';
  const rows = waiting.map(({ refundId, orderId, startedAt, reason, amount }) => [
    refundId,
    orderId ?? '',
    startedAt,
    amount,
    reason,
  ]);
  return `${table(['REFUND', 'ORDER', 'STARTED', 'AMOUNT', 'WAITS BECAUSE'], rows)}\n\nWhat to do: refund show ${first.refundId}`;
}
