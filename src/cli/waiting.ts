import { byStart } from '../client/oldest';
import type { LegName, OperatorClient, RefundRow } from '../client/operator';
import { RefundError } from '../client/operator';
import { UnreadError } from '../client/health/history';
import { closingsOf, hasSipayWindow, hasWyreWindow } from '../domain/closing';
import type { Closing } from '../domain/closing';
import { actFor } from '../domain/details/act-for';
import { amounts } from '../domain/details/amounts';
import { reasonOf } from '../domain/details/problem';
import { needsAttention, parkedLegOf } from '../domain/state';
import { ageOf } from './ages';
import { inTurn, lookInto } from './look-into';
import type { Looked } from './look-into';
import { renderMarkdown } from './markdown';

/** One refund that waits for a person. */
export interface Waiting {
  refundId: string;
  orderId: string | null;
  startedAt: string;
  reason: string;
  amount: string;
  /** What a person is to say; absent where only the server tells of it. */
  waitsFor?: 'approval' | 'operator';
  /** What a person does about a parked leg, in one sentence. */
  act?: string;
  /** What is over at a certain time, where something is. */
  closes?: Closing;
}

type Told = Extract<Looked, { kind: 'told' }>;

/** How soon something must close to come before what is older. Milliseconds. */
const SOON_MS = 86_400_000;

/** One of a list that waits; `isTold`: by the refund itself, and not only by the server. */
export interface WaitingRow {
  row: RefundRow;
  isTold: boolean;
  waiting: Waiting;
}

/** What of a list waits, and for what. */
export async function waitingOf(client: OperatorClient, rows: readonly RefundRow[]): Promise<WaitingRow[]> {
  const looked = (await lookInto(client, rows)).filter(waits);
  return inTurn(looked, async (one) => {
    const { row } = one;
    const { refundId, orderId, startedAt } = row;
    const isTold = one.kind === 'told';
    const closes = isTold ? await closingOf(client, one) : undefined;
    const waiting = { refundId, orderId, startedAt, ...(isTold ? tell(one) : guess(one)) };
    return { row, isTold, waiting: { ...waiting, ...(closes && { closes }) } };
  });
}

/** What closes within a day first, the soonest of that first; then the others, the oldest first. */
export function soonestFirst(rows: readonly WaitingRow[]): Waiting[] {
  const waiting = rows.toSorted((one, other) => byStart(one.row, other.row)).map((one) => one.waiting);
  const [soon, others] = [waiting.filter(closesSoon), waiting.filter((one) => !closesSoon(one))];
  return [...soon.toSorted(bySoonest), ...others];
}

/** The server lists for a moment longer what waits no more. */
function waits(looked: Looked): boolean {
  return looked.kind === 'untold' || needsAttention(looked.state);
}

/** Whether something is over within a day, and not yet. */
export function closesSoon({ closes }: Waiting): boolean {
  const left = Date.parse(closes?.at ?? '') - Date.now();
  return left > 0 && left <= SOON_MS;
}

/** When it closes, or has closed, in words; empty where nothing does. */
export function closesIn({ closes }: Waiting): string {
  if (!closes) return '';
  const left = Date.parse(closes.at) - Date.now();
  return left > 0 ? ageOf(-left) : `${ageOf(-left)} ago`;
}

/** The same as a sentence, with the reason. */
export function tellClosing(waiting: Waiting): string {
  const { refundId, closes } = waiting;
  if (!closes) return '';
  const verb = Date.parse(closes.at) > Date.now() ? 'closes' : 'closed';
  return `${refundId} ${verb} ${closesIn(waiting)}: ${closes.why}.`;
}

function bySoonest(one: Waiting, other: Waiting): number {
  return (one.closes?.at ?? '') < (other.closes?.at ?? '') ? -1 : 1;
}

function tell({ state, briefing }: Told): Pick<Waiting, 'reason' | 'amount' | 'waitsFor' | 'act'> {
  const parked = parkedLegOf(state);
  const { provider, problem } = (parked && state.legs[parked]) ?? {};
  return parked && problem
    ? {
        reason: `${parked} at ${provider ?? ''}: ${reasonOf(problem, provider, { isPlanning: state.status === 'planning' })}`,
        amount: briefing.legs[parked]?.amount ?? '',
        waitsFor: 'operator',
        act: renderMarkdown(actFor(parked, state, briefing)),
      }
    : {
        reason: `approval, requested by ${briefing.requestedBy}`,
        amount: amounts(state, briefing),
        waitsFor: 'approval',
      };
}

/** Of one that tells nothing there is what the server alone knows. */
function guess({ row, why }: Extract<Looked, { kind: 'untold' }>): Pick<Waiting, 'reason' | 'amount'> {
  const { waitingOn, reason } = row;
  const whom = waitingOn === 'approval' ? 'approval' : `a parked leg${reason === null ? '' : ` (${reason})`}`;
  return { reason: `${whom}; ${why}`, amount: '' };
}

/** What closes next; where all is over, what closed last. */
async function closingOf(
  client: OperatorClient,
  { row, state, briefing }: Told,
): Promise<Closing | undefined> {
  const closings = closingsOf(state, {
    decideBefore: briefing.decideBefore,
    purchasedAt: hasWyreWindow(state) ? await purchasedAt(client, row) : undefined,
    inDoubtSince: hasSipayWindow(state) ? await inDoubtSince(client, row, 'cash') : undefined,
  });
  return closings.find(({ at }) => Date.parse(at) > Date.now()) ?? closings.at(-1);
}

async function purchasedAt(client: OperatorClient, { refundId }: RefundRow): Promise<string | undefined> {
  const { request } = (await client.question(refundId).catch(unlessUntold)) ?? {};
  return request?.cash?.provider === 'wyre' ? request.cash.purchasedAt : undefined;
}

async function inDoubtSince(
  client: OperatorClient,
  { refundId }: RefundRow,
  leg: LegName,
): Promise<string | undefined> {
  const stuck = await client.stuck(refundId).catch(unlessUntold);
  return stuck?.doubts.find((doubt) => doubt.leg === leg)?.since;
}

/** That it waits is told also where it cannot be found out what closes. */
function unlessUntold(error: unknown): undefined {
  if (error instanceof RefundError || error instanceof UnreadError) return undefined;
  throw error;
}
