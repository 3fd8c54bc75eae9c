import { InvalidRefundRequestError, RefundError } from '../client/operator';
import type { OperatorClient, RefundRow } from '../client/operator';
import { idInCommand } from '../client/shell';
import { bullets } from '../domain/details/markdown';
import { renderMarkdown } from './markdown';
import { showRows } from './show';
import { plain } from './text';

/** The older runs of a refund whose newest start was refused as invalid: the money is theirs. Empty for every other refund. */
export async function runsBehind(client: OperatorClient, row: RefundRow): Promise<RefundRow[]> {
  return row.status === 'invalid' ? client.olderRuns(row.refundId) : [];
}

/** What to say about them in addition to the refused start. */
export function olderRunsHint({ refundId }: RefundRow, older: readonly RefundRow[]): string {
  return older.length === 0
    ? ''
    : 'The newest start under this id was refused, and sent nothing. An older run under it may have moved money: ' +
        `refund show ${idInCommand(refundId)}`;
}

/** Why a start was refused, and where the older runs under its id stand. */
export async function showRefused(
  client: OperatorClient,
  { refundId }: RefundRow,
  older: readonly RefundRow[],
): Promise<string[]> {
  const problems = await problemsOf(client, refundId);
  const [newest] = older;
  return [
    ...(problems.length > 0 ? [`Refused because:\n\n${bullets(problems.map(plain))}`] : []),
    ...(newest
      ? [
          'Older runs under this id. What they moved stays moved, and a start under another id could refund it twice:',
          showRows(older),
          `Run ${newest.runId}:`,
          await detailsOf(client, newest),
          'To see whether money of theirs is in doubt: refund stuck',
        ]
      : []),
  ];
}

async function problemsOf(client: OperatorClient, refundId: string): Promise<readonly string[]> {
  try {
    await client.result(refundId);
    return [];
  } catch (error) {
    if (error instanceof InvalidRefundRequestError) return error.problems;
    throw error;
  }
}

/** Without a worker, or its keys, the table alone tells of it. */
async function detailsOf(
  client: OperatorClient,
  { refundId, workflowId, runId }: RefundRow,
): Promise<string> {
  try {
    return renderMarkdown(await client.details(refundId, runId));
  } catch (error) {
    const why = error instanceof RefundError ? ` (${error.message})` : '';
    return `Its details cannot be read${why}. Its history: temporal workflow show --workflow-id ${workflowId} --run-id ${runId}`;
  }
}
