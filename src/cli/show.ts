import type {
  AmountRow,
  Briefing,
  LegBriefing,
  LegName,
  LegState,
  RefundRow,
  RefundState,
} from '../client/operator';
import { showAmount } from '../domain/money';
import { LEG_NAMES } from '../domain/plan';
import { needsAttention } from '../domain/state';
import { reasonOf } from '../domain/details/problem';
import { timeWithAge } from './ages';
import { table } from './layout';
import { foreign, plain } from './text';
import { idInCommand } from '../client/shell';

/** Where a refund stands, in short; the briefing adds what the state does not hold. */
export function showState(state: RefundState, briefing?: Briefing): string {
  const { refundId, orderId } = state;
  const parts = [
    plain(`Refund ${refundId} of order ${orderId}: ${statusOf(state)}`),
    state.approval?.decision === 'expired' ? 'Approval: nobody decided in time' : '',
    showLegs(state, briefing),
    ...LEG_NAMES.map((name) => showProblem(name, state.legs[name], briefing?.legs[name])),
    showPeople(state),
    needsAttention(state)
      ? plain(`What to look at and what to do: refund show ${idInCommand(refundId)}`)
      : '',
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

/** Refunds, one a line; with what they were started with, where that was read. */
export function showRows(rows: readonly (RefundRow | AmountRow)[]): string {
  if (rows.length === 0) return 'No refund matches.';
  const hasAmounts = rows.some((row) => 'amounts' in row);
  return table(
    [
      'REFUND',
      'ORDER',
      ...(hasAmounts ? ['AMOUNT'] : []),
      'STATUS',
      'WAITING ON',
      'ATTENTION',
      'STARTED',
      'CLOSED',
    ],
    rows.map((row) => [
      row.refundId,
      row.orderId ?? '',
      ...(hasAmounts ? [amountsIn(row)] : []),
      showsRun(row) ? `${row.status ?? ''} (${row.run.toLowerCase()})` : (row.status ?? ''),
      row.waitingOn ?? '',
      row.needsAttention ? 'yes' : '',
      timeWithAge(row.startedAt),
      timeWithAge(row.closedAt ?? ''),
    ]),
  );
}

function amountsIn(row: RefundRow | AmountRow): string {
  if (!('amounts' in row) || row.amounts === null) return '?';
  const { currency, exponent, legs } = row.amounts;
  return legs.map(({ amount }) => showAmount(amount, currency, exponent)).join(', ');
}

/** Whether a run is neither under way nor at its proper end. */
function showsRun(row: RefundRow): boolean {
  return row.run === 'PAUSED' || wasCutOff(row);
}

/** Whether a run ended without bringing its refund to an end. */
export function wasCutOff({ run, status, closedAt }: RefundRow): boolean {
  return closedAt !== undefined && run !== 'COMPLETED' && status !== 'invalid';
}

/** The status, and whom the refund waits for. */
export function statusOf({
  status,
  waitingOn,
  approval,
}: Pick<RefundState, 'status' | 'waitingOn' | 'approval'>): string {
  // The reply to a decision still shows the question that it decides.
  if (waitingOn === null || (waitingOn === 'approval' && approval?.decision)) return status;
  return `${status}, waiting for ${waitingOn === 'approval' || waitingOn === 'operator' ? 'a person' : waitingOn}`;
}

/** What people said that counted, the oldest first. */
function showPeople({ people }: RefundState): string {
  return people
    .map((word) => {
      const what = 'leg' in word ? `${word.said} for ${word.leg}` : word.said;
      const why = 'leg' in word ? word.evidence : word.note;
      return plain(
        `${timeWithAge(word.at)} ${word.by}: ${what}${why === undefined ? '' : ` (${foreign(why)})`}`,
      );
    })
    .join('\n');
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
    : table(['LEG', 'PROVIDER', 'STATE', 'AMOUNT', 'REFERENCE', 'CONFIRMED BY'], rows);
}

function amountOf({ receipt }: LegState): string {
  if (receipt?.points !== undefined) return `${receipt.points} points`;
  return receipt?.amountMinor === undefined ? '' : `${receipt.amountMinor} minor units`;
}

function lastRecord({ receipt, reversal }: LegState): string[] {
  const record = reversal ?? receipt;
  return [foreign(record?.providerReference ?? ''), record?.confirmedBy ?? ''];
}

function showProblem(name: LegName, leg: LegState | undefined, briefing: LegBriefing | undefined): string {
  if (!leg?.problem) return '';
  const { code, message } = leg.problem;
  const lines = [`${name}: ${reasonOf(leg.problem, leg.provider)} (${code}). ${foreign(message)}`];
  const accepted = briefing?.choices.map(({ outcome }) => outcome) ?? [];
  if (accepted.length > 0) lines.push(`  It now accepts: ${accepted.join(', ')}`);
  return lines.map(plain).join('\n');
}
