import { WorkerUnavailableError } from '../client/operator';
import type { OperatorClient, RefundRequest, RefundRow } from '../client/operator';
import { UnreadError } from '../client/health/history';
import { orFromHistory } from './away';
import type { Past, ReadRun } from './away';
import { REFUND_ID } from './command-line';
import type { Command, CommandLine, Json } from './command-line';
import { renderMarkdown } from './markdown';
import { runsBehind, showRefused } from './older-runs';
import { pastJson, tellPast } from './past';
import { showState, wasCutOff } from './show';
import { runHint } from './status';
import { findingOf, showFinding } from './stuck';
import { isId } from '../client/shell';
import { together } from '../client/together';

/** `refund show`. */
export function registerShow({ add, execute, readRun }: CommandLine): void {
  add('show', 'all that is known about a refund, and what to do next: the current details of the Temporal UI')
    .argument(...REFUND_ID)
    .action((id: string, options: Json) => execute(showCommand(id, readRun, options), options));
}

const CUT_OFF = 'Its run was cut off, and nothing continues it. This is what it knew until then:';

const UNTOLD = 'It is being planned, and this run has reported nothing yet.';

const STALLED = 'The run itself does not know that. This is what it last reported:';

/** That nobody needs to act was true while a worker went on with it: it stands in the first line alone. */
function withoutComfort(details: string): string {
  return details.replace(/^[^\n]*/, (headline) =>
    headline.replace(/(?:;|\.) no action needed(?: yet)?(?=\.)/i, ''),
  );
}

/** What keeps it from going on. */
async function stalled(client: OperatorClient, refundId: string, past: Past | undefined): Promise<string[]> {
  const stuck = await client.stuck(refundId).catch(unlessUnread);
  if (!stuck || stuck.kind === 'ambiguous') return [];
  // Why nobody answers says so already.
  if (past && (stuck.kind === 'notTaken' || stuck.kind === 'paused')) return [];
  const finding = findingOf(stuck);
  const next = finding.next.filter((command) => !command.startsWith('refund show'));
  return [showFinding({ ...finding, next }), STALLED];
}

/** The order as the refund was started for it: it is published only once the request is found valid. */
async function orderOf(client: OperatorClient, { refundId, orderId }: RefundRow): Promise<string> {
  if (orderId !== null) return orderId;
  const asked = await client.question(refundId).catch(() => undefined);
  const told: unknown = (asked?.request as Partial<RefundRequest> | null | undefined)?.orderId;
  return typeof told === 'string' && isId(told) ? told : '?';
}

function unlessUnread(error: unknown): null {
  if (error instanceof UnreadError) return null;
  throw error;
}

/** All that is known about a refund, with what to do next. */
export function showCommand(refundId: string, readRun: ReadRun, { json = false }: Json): Command {
  return async (live) => {
    const client = orFromHistory(live, readRun);
    const row = await client.overview(refundId);
    const older = await runsBehind(client, row);
    try {
      if (json) {
        const [state, briefing] = await together([client.state(refundId), client.briefing(refundId)]);
        const told = { state, briefing, ...pastJson(client.pastOf(refundId)) };
        return { json: { ...told, ...(older.length > 0 && { olderRuns: older }) }, text: '' };
      }
      const details = await client.details(refundId);
      const past = client.pastOf(refundId);
      const title = `Refund ${refundId} of order ${await orderOf(client, row)}`;
      const parts = [
        title,
        ...tellPast(past),
        ...(wasCutOff(row) ? [CUT_OFF] : []),
        ...(await stalled(client, refundId, past)),
        renderMarkdown(past ? withoutComfort(details) : details) || UNTOLD,
        ...(row.status === 'invalid' ? await showRefused(client, row, older) : []),
      ];
      return { json: null, text: parts.join('\n\n'), ...runHint(row) };
    } catch (error) {
      if (!(error instanceof WorkerUnavailableError) || row.run !== 'COMPLETED') throw error;
      // The short form of what has ended needs no worker.
      const state = await live.state(refundId);
      return { json: state, text: showState(state) };
    }
  };
}
