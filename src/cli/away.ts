import { RefundPausedError, WorkerUnavailableError } from '../client/operator';
import type { KeptHistory, OperatorClient } from '../client/operator';
import { whyUnread } from '../client/health/history';
import { NotReadError } from '../reading/not-read';
import type { Reading } from '../reading/sinks';

/** Reads a run from what the server keeps of it. */
export type ReadRun = (kept: KeptHistory) => Promise<Reading>;

/** What was read of a refund from its history, because nobody answered for it. */
export interface Past extends Reading, Pick<KeptHistory, 'asOf' | 'since'> {
  /** Why nobody answered: for this refund, or for the first one of the same queue. */
  because: Away;
}

/** A client that reads histories where no worker answers, and tells afterwards of which refunds. */
export type PatientClient = OperatorClient & { pastOf: (refundId: string) => Past | undefined };

type Away = WorkerUnavailableError | RefundPausedError;

/** No worker answers for a refund, and its history tells nothing of it either: others of its queue may be read. */
export class NothingReadError extends WorkerUnavailableError {}

/** So many histories are read for one command: each takes a part of a second. */
const MOST_READ = 20;

/** Tells where a refund stands from its history, where no worker answers. */
export function orFromHistory(client: OperatorClient, readRun: ReadRun): PatientClient {
  const read = new Map<string, Past>();
  const begun = new Map<string, Promise<Past>>();
  const silent = new Map<string, Away>();
  const knownSilent = async (refundId: string) =>
    silent.size === 0 ? undefined : silent.get((await client.overview(refundId)).taskQueue);
  const pastOf = async (refundId: string, because: Away) => {
    if (begun.size >= MOST_READ && !begun.has(refundId)) throw because;
    const reading = begun.get(refundId) ?? readPast(client, refundId, readRun, because);
    begun.set(refundId, reading);
    const past = await reading;
    read.set(refundId, past);
    return past;
  };
  const reading =
    <Told>(ask: (refundId: string) => Promise<Told>, from: (past: Past) => Told) =>
    async (refundId: string) => {
      const known = read.get(refundId);
      if (known) return from(known);
      // Each question that nobody answers takes its time.
      const because = await knownSilent(refundId);
      if (because) return from(await pastOf(refundId, because));
      try {
        return await ask(refundId);
      } catch (error) {
        if (!isAway(error)) throw error;
        if (isOfItsQueue(error)) silent.set((await client.overview(refundId)).taskQueue, error);
        return from(await pastOf(refundId, error));
      }
    };
  const details = reading(
    (refundId) => client.details(refundId),
    (past) => past.details,
  );
  return {
    ...client,
    state: reading(
      (refundId) => client.state(refundId),
      (past) => past.state,
    ),
    briefing: reading(
      (refundId) => client.briefing(refundId),
      (past) => past.briefing,
    ),
    details: (refundId, runId) => (runId === undefined ? details(refundId) : client.details(refundId, runId)),
    pastOf: (refundId) => read.get(refundId),
  };
}

function isAway(error: unknown): error is Away {
  return error instanceof WorkerUnavailableError || error instanceof RefundPausedError;
}

/** Nobody will answer for the others of the queue either. */
function isOfItsQueue(error: Away): boolean {
  return error.code === 'workerUnavailable' && (error.why === 'noPoller' || error.why === 'noAnswer');
}

async function readPast(
  client: OperatorClient,
  refundId: string,
  readRun: ReadRun,
  because: Away,
): Promise<Past> {
  try {
    const kept = await client.kept(refundId);
    const { asOf, since } = kept;
    return { ...(await readRun(kept)), asOf, since, because };
  } catch (error) {
    if (because.code === 'paused') throw because;
    const why = error instanceof NotReadError ? error.message : whyUnread(error);
    const message = `${because.message}\nIts history was not read in its place: ${why}.`;
    throw new NothingReadError(refundId, because.why, message, { cause: because });
  }
}
