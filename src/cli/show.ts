import type { Briefing, LegBriefing, LegName, LegState, RefundRow, RefundState } from '../client';
import { LEG_NAMES } from '../domain/plan';
import { needsAttention } from '../domain/state';
import { reasonOf } from '../domain/story/problem';
import { plain, table } from './text';

/** Where a refund stands, in short; the briefing adds what the state does not hold. */
export function showState(state: RefundState, briefing?: Briefing): string {
  const { refundId, orderId } = state;
  const parts = [
    plain(`Refund ${refundId} of order ${orderId}: ${statusOf(state)}`),
    showApproval(state),
    showLegs(state, briefing),
    ...LEG_NAMES.map((name) => showProblem(name, state.legs[name], briefing?.legs[name])),
    needsAttention(state) ? plain(`What to look at and what to do: refund show ${refundId}`) : '',
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

/** Refunds, one a line. */
export function showRows(rows: readonly RefundRow[]): string {
  if (rows.length === 0) return 'No refund matches.';
  return table(
    ['REFUND', 'ORDER', 'STATUS', 'WAITING ON', 'ATTENTION', 'STARTED', 'CLOSED'],
    rows.map((row) => [
      row.refundId,
      row.orderId ?? '',
      wasCutOff(row) ? `${row.status ?? ''} (${row.run.toLowerCase()})` : (row.status ?? ''),
      row.waitingOn ?? '',
      row.needsAttention ? 'yes' : '',
      row.startedAt,
      row.closedAt ?? '',
    ]),
  );
}

/** Whether a run ended without bringing its refund to an end. */
export function wasCutOff({ run, status }: RefundRow): boolean {
  return !['RUNNING', 'PAUSED', 'COMPLETED'].includes(run) && status !== 'invalid';
}

/** The status, and whom the refund waits for. */
export function statusOf({ status, waitingOn, approval }: RefundState): string {
  // The answer to a decision still shows the question it answers.
  if (waitingOn === null || (waitingOn === 'approval' && approval?.decision)) return status;
  return `${status}, waiting for ${waitingOn === 'approval' || waitingOn === 'operator' ? 'a person' : waitingOn}`;
}

function showApproval({ approval }: RefundState): string {
  if (!approval?.decision) return '';
  const { decision, by, at, note } = approval;
  const told = [by && `by ${by}`, at && `at ${at}`, note && `(${note})`].filter(Boolean);
  return plain(`Approval: ${[decision, ...told].join(' ')}`);
}

/** The legs as a table; empty before the refund is planned. */
export function showLegs({ legs }: RefundState, briefing?: Briefing): string {
  const rows = LEG_NAMES.flatMap((name) => {
    const leg = legs[name];
    if (!leg) return [];
    const amount = briefing?.legs[name]?.amount ?? amountOf(leg);
    return [[name, leg.provider, leg.status, amount, ...lastRecord(leg)]];
  });
  return rows.length === 0
    ? ''
    : table(['WALLET', 'PROVIDER', 'STATE', 'AMOUNT', 'REFERENCE', 'CONFIRMED BY'], rows);
}

function amountOf({ receipt }: LegState): string {
  if (receipt?.points !== undefined) return `${receipt.points} points`;
  return receipt?.amountMinor === undefined ? '' : `${receipt.amountMinor} minor units`;
}

function lastRecord({ receipt, reversal }: LegState): string[] {
  const record = reversal ?? receipt;
  return [record?.providerReference ?? '', record?.confirmedBy ?? ''];
}

function showProblem(name: LegName, leg: LegState | undefined, briefing: LegBriefing | undefined): string {
  if (!leg?.problem) return '';
  const { code, message } = leg.problem;
  const lines = [`${name}: ${reasonOf(leg.problem)} (${code}). ${message}`];
  const accepted = briefing?.choices.map(({ outcome }) => outcome) ?? [];
  if (accepted.length > 0) lines.push(`  It accepts now: ${accepted.join(', ')}`);
  return lines.map(plain).join('\n');
}
