import type { LegName, OperatorClient, RefundRequest, RefundRow } from '../client/operator';
import { seenOf } from '../domain/seen';
import { attentionReason, parkedLegOf, retryClaimsNothing } from '../domain/state';
import { inTurn, lookAt, lookInto } from './look-into';
import type { Looked } from './look-into';
import type { Where } from './where';

/** A parked leg that accepts `retry` now, which claims nothing of it. */
export interface ReadyCase {
  kind: 'ready';
  row: RefundRow;
  leg: LegName;
  amount: string;
  /** What a person has before them of it. */
  seen: string | undefined;
  /** What `retry` does to it. */
  consequence: string;
}

/** One that is left alone: `gone` where the cause is over, `refused` where a person must look at it by itself. */
export interface LeftCase {
  kind: 'gone' | 'refused';
  row: RefundRow;
  why: string;
}

/** One of many refunds that wait for the same cause. */
export type Case = ReadyCase | LeftCase;

/** Looks which of these refunds can be tried again now. */
export async function casesOf(
  client: OperatorClient,
  rows: readonly RefundRow[],
  where: Where,
): Promise<Case[]> {
  return (await lookInto(client, rows)).map((looked) => judge(looked, where));
}

/** Looks at one again, just before something is sent: somebody may have settled it since. */
export async function caseOf(client: OperatorClient, row: RefundRow, where: Where): Promise<Case> {
  return judge(await lookAt(client, row), where);
}

function judge(looked: Looked, { reason }: Where): Case {
  const { row } = looked;
  if (looked.kind === 'untold') return { kind: 'refused', row, why: looked.why };
  const { state, briefing } = looked;
  if (attentionReason(state) !== reason)
    return { kind: 'gone', row, why: `it waits for ${reason} no longer` };
  const leg = parkedLegOf(state);
  const problem = leg && state.legs[leg]?.problem;
  if (!leg || !problem) return { kind: 'gone', row, why: 'no leg of it is parked' };
  const { amount = '', choices = [], onlyByWord } = briefing.legs[leg] ?? {};
  const retry = choices.find(({ outcome }) => outcome === 'retry');
  if (!retry) return { kind: 'refused', row, why: notOffered(choices.map(({ outcome }) => outcome)) };
  if (onlyByWord) return { kind: 'refused', row, why: REFUSED };
  if (!retryClaimsNothing(problem)) return { kind: 'refused', row, why: CLAIMS };
  return { kind: 'ready', row, leg, amount, seen: seenOf(state, leg), consequence: retry.consequence };
}

function notOffered(offered: readonly string[]): string {
  return `retry does not help it now (it is offered ${offered.join(', ') || 'nothing'})`;
}

const REFUSED =
  'the refund itself was declined, rejected, expired, cancelled or is invalid, so that somebody must look at it first';
const CLAIMS = 'its reversal may have happened, so that somebody must look at the provider first';

/** What these were started with, each with its parked leg alone. */
export async function sharesOf(
  client: OperatorClient,
  cases: readonly ReadyCase[],
): Promise<RefundRequest[]> {
  return inTurn(cases, async ({ row, leg }) => {
    const { loyalty, sale, cash, ...rest } = (await client.question(row.refundId)).request;
    return { ...rest, [leg]: { loyalty, sale, cash }[leg] };
  });
}
