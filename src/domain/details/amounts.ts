import type { Briefing } from '../briefing';
import { LEG_NAMES } from '../plan';
import type { RefundState } from '../state';
import { asText, listed } from './markdown';
import { CONFIRMED_BY } from './phrases';

/** Everything that the refund is about, in one sentence; it says what only a person has confirmed. */
export function amounts({ legs }: RefundState, briefing: Briefing): string {
  const named = LEG_NAMES.filter((name) => legs[name]);
  return listed(
    named.map((name) => {
      const receipt = legs[name]?.receipt;
      const word = receipt?.confirmedBy === 'operator' ? `, ${CONFIRMED_BY}${asText(receipt.by ?? '')}` : '';
      return `${briefing.legs[name]?.amount ?? ''} (${name}${word})`;
    }),
  );
}
