import type { Receipt } from '../outcome';
import { LEG_NAMES } from '../plan';
import type { LegName } from '../plan';
import type { Approval, LegState, RefundState } from '../state';
import { bullets, cell, time } from './markdown';

/** What is certain, when it became so, and by whose word; empty while nothing is. */
export function whatIsKnown({ approval, legs }: RefundState): string {
  const lines = [
    ...(approval?.decision ? [decided(approval)] : []),
    ...LEG_NAMES.flatMap((name) => factsOf(name, legs[name])),
  ];
  return lines.length === 0 ? '' : `What is certain:\n\n${bullets(lines)}`;
}

function decided({ decision, by, at, note }: Approval): string {
  if (decision === 'expired') return 'nobody decided in time';
  const told = [`${decision ?? ''} by ${cell(by ?? '')}`, at && time(at), quoted(note)];
  return told.filter(Boolean).join(', ');
}

function factsOf(name: LegName, leg: LegState | undefined): string[] {
  if (!leg) return [];
  const { receipt, reversal, status } = leg;
  return [
    ...(receipt ? [`${name} given back, ${confirmation(receipt)}`] : []),
    ...(reversal
      ? [
          `${name} ${status === 'waived' ? 'left with the customer' : 'taken back'}, ${confirmation(reversal)}`,
        ]
      : []),
  ];
}

const CONFIRMED: Record<Receipt['confirmedBy'], string> = {
  answer: "by the provider's answer",
  lookUp: "by a look-up of the provider's records",
  operator: 'by the word of',
};

function confirmation({ at, confirmedBy = 'operator', by, note }: Partial<Receipt>): string {
  const who =
    confirmedBy === 'operator'
      ? `${CONFIRMED.operator} ${cell(by ?? 'an operator')}`
      : CONFIRMED[confirmedBy];
  return [at && time(at), who, quoted(note)].filter(Boolean).join(', ');
}

function quoted(note: string | undefined): string {
  return note === undefined || note === '' ? '' : `“${cell(note)}”`;
}
