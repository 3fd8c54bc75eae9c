import { LEG_NAMES } from '../domain/plan';
import { OUTCOMES } from '../domain/resolution';
import type { LegName, LegState, RefundRow, RefundState } from '../client';
import { plain, table } from './text';

/** Where a refund stands, to be read by a person, with the command to send next. */
export function showState(state: RefundState): string {
  const { refundId, orderId, legs } = state;
  const parts = [
    plain(`Refund ${refundId} of order ${orderId}: ${statusOf(state)}`),
    showApproval(state),
    showLegs(state),
    ...LEG_NAMES.map((name) => showProblem(refundId, name, legs[name])),
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

function statusOf({ status, waitingOn, approval }: RefundState): string {
  // The answer to a decision still shows the question it answers.
  if (waitingOn === null || (waitingOn === 'approval' && approval?.decision)) return status;
  return `${status}, waiting for ${waitingOn === 'approval' || waitingOn === 'operator' ? 'a person' : waitingOn}`;
}

function showApproval({ refundId, approval, waitingOn }: RefundState): string {
  if (approval?.decision) {
    const { decision, by, at, note } = approval;
    const told = [by && `by ${by}`, at && `at ${at}`, note && `(${note})`].filter(Boolean);
    return plain(`Approval: ${[decision, ...told].join(' ')}`);
  }
  return waitingOn === 'approval'
    ? plain(`Decide: refund approve ${refundId} --by NAME (or: refund reject)`)
    : '';
}

function showLegs({ legs }: RefundState): string {
  const rows = LEG_NAMES.flatMap((name) => {
    const leg = legs[name];
    return leg ? [[name, leg.provider, leg.status, amountOf(leg), ...lastRecord(leg)]] : [];
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

function showProblem(refundId: string, name: LegName, leg: LegState | undefined): string {
  if (!leg?.problem) return '';
  const { side, code, message, evidence } = leg.problem;
  const lines = [`${name}: ${side === 'refund' ? 'the refund' : 'taking it back'}: ${code}. ${message}`];
  if (evidence) lines.push(`  Last look-up (${evidence.at}): ${evidence.message}`);
  if (leg.status === 'parked') {
    lines.push(
      `  Settle it: refund resolve ${refundId} --leg ${name} --outcome OUTCOME --by NAME --evidence "WHAT YOU SAW"`,
      `  OUTCOME: ${OUTCOMES.join(', ')}; what the leg does not accept now is refused, naming what it does`,
    );
  }
  return lines.map(plain).join('\n');
}
