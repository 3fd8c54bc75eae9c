import { defaultPayloadConverter } from '@temporalio/client';
import { optionalTsToDate } from '@temporalio/common/lib/time';
import type { SEARCH_ATTRIBUTES } from '../../domain/contract';
import { rowOf } from '../overview';
import type { RefundRow } from '../overview';
import { call } from '../temporal-calls';
import type { Access } from '../temporal-calls';
import { describe, historyProblem, UnreadError } from './history';
import type { RunKey } from './history';
import type { HistoryEvent } from './movement-events';

/** A wait for a person that goes on now, and since when, ISO 8601: no other wait of the refund has begun then. */
export interface Wait {
  row: RefundRow;
  since: string;
}

const ATTRIBUTE: keyof typeof SEARCH_ATTRIBUTES = 'RefundNeedsAttention';
const PAGE = 100;

/**
 * The wait in which a run is now, read from the end of its history; undefined where it waits for nobody.
 * @throws UnreadError
 */
export async function waitOf(access: Access, run: RunKey): Promise<Wait | undefined> {
  const { workflowExecutionInfo } = await describe(access, run);
  const row = rowOf(workflowExecutionInfo ?? {});
  if (!row.needsAttention) return undefined;
  const problem = historyProblem(row.historyBytes);
  if (problem !== undefined) throw new UnreadError(problem);
  for await (const event of eachEventBackwards(access, run)) {
    const written = event.upsertWorkflowSearchAttributesEventAttributes?.searchAttributes?.indexedFields;
    const payload = written?.[ATTRIBUTE];
    if (!payload) continue;
    const since = optionalTsToDate(event.eventTime)?.toISOString();
    const needsAttention = defaultPayloadConverter.fromPayload<unknown>(payload) === true;
    return needsAttention && since !== undefined ? { row, since } : undefined;
  }
  return undefined;
}

async function* eachEventBackwards(
  access: Access,
  execution: RunKey,
): AsyncGenerator<HistoryEvent, void, undefined> {
  const { workflow } = access.client;
  const { namespace } = workflow.options;
  let nextPageToken: Uint8Array | undefined;
  do {
    const request = { namespace, execution, maximumPageSize: PAGE, ...(nextPageToken && { nextPageToken }) };
    const page = await call(access, () =>
      workflow.workflowService.getWorkflowExecutionHistoryReverse(request),
    );
    yield* page.history?.events ?? [];
    nextPageToken = page.nextPageToken;
  } while (nextPageToken.length > 0);
}
