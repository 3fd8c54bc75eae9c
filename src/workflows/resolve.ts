import type { Receipt } from '../domain/outcome';
import { amountOf } from '../domain/money';
import type { Amount } from '../domain/money';
import type { ResolveLegMessage } from '../domain/resolution';
import type { LegState, LegStatus } from '../domain/state';
import { legState, requestedLeg } from './run';
import type { Run } from './run';

/** Records an accepted resolution on its leg at once, so that whoever sent it is answered with the new state. */
export function applyResolution(run: Run, message: ResolveLegMessage, at: string): void {
  const amount = amountOf(requestedLeg(run, message.leg));
  const leg = legState(run, message.leg);
  run.resolution = message;
  run.state.waitingOn = null;
  leg.status = statusAfter(message, leg, run.state.status === 'planning');
  if (message.outcome === 'refunded') leg.receipt = receiptOf(message, amount, at);
  if (message.outcome === 'reversed' || message.outcome === 'waived')
    leg.reversal = reversalOf(message, amount, at);
  if (message.outcome === 'refunded' || message.outcome === 'reversed') delete leg.problem;
}

function statusAfter({ outcome }: ResolveLegMessage, leg: LegState, planning: boolean): LegStatus {
  switch (outcome) {
    case 'retry':
      if (leg.problem?.side === 'reversal') return 'reversing';
      return planning ? 'pending' : 'refunding';
    case 'turnBack':
      return 'declined';
    default:
      return outcome;
  }
}

function receiptOf(
  { providerReference = '', by, evidence }: ResolveLegMessage,
  amount: Amount,
  at: string,
): Receipt {
  return { providerReference, ...amount, at, confirmedBy: 'operator', by, note: evidence };
}

function reversalOf(
  message: ResolveLegMessage,
  amount: Amount,
  at: string,
): NonNullable<LegState['reversal']> {
  const { outcome, providerReference, by, evidence } = message;
  const moved = outcome === 'reversed' ? amount : {};
  return {
    ...(providerReference !== undefined && { providerReference }),
    ...moved,
    at,
    confirmedBy: 'operator',
    by,
    note: evidence,
  };
}
