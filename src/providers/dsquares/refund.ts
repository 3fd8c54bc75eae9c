import type { Baseline, MovementAnswer } from '../../domain/provider-answers';
import { somethingElse, unexpectedBody, unlessDecided, type HttpAnswer } from '../answers';
import type { HttpResult } from '../http-answer';
import { isAmount } from '../json';
import { refusalAnswer } from './refusals';
import {
  confirmed,
  contradictsItself,
  hintsAtMovement,
  isOk,
  naming,
  type DsquaresCall,
  type Confirmed,
  type Named,
  type Side,
} from './wire';
import { worthOf } from './worth';

/** Types of log entries: 3 is a refund, 1 a redemption (dsquares sheet: response). */
const LOG_TYPE: Record<Side, number> = { refund: 3, reversal: 1 };

const MOVED_ELSE: Record<Side, string> = { refund: 'refund', reversal: 'redemption' };

/** What the answer to a refund means (dsquares sheet: success test, classification). */
export function readRefund(result: HttpResult, call: DsquaresCall): MovementAnswer {
  return readMovement(result, call, 'refund');
}

/** The same of the redemption that reverses it. */
export function readReversal(result: HttpResult, call: DsquaresCall): MovementAnswer {
  return readMovement(result, call, 'reversal');
}

function readMovement(result: HttpResult, call: DsquaresCall, side: Side): MovementAnswer {
  return unlessDecided(result, (answer) => readBody(answer, call, side));
}

function readBody(answer: HttpAnswer, call: DsquaresCall, side: Side): MovementAnswer {
  if (!hintsAtMovement.safeParse(answer.body).success) return refusalAnswer(answer, side);
  if (!isOk(answer.status) || contradictsItself.safeParse(answer.body).success) return unexpectedBody(answer);
  const { data: named } = naming.safeParse(answer.body);
  const differing = named && differences(named, call, side);
  if (differing?.length) {
    return somethingElse(MOVED_ELSE[side], differing);
  }
  const { data: success } = confirmed.safeParse(answer.body);
  return success && isComplete(success, side) ? done(success, call, side) : unexpectedBody(answer);
}

/** In what a success names something else than was asked for. */
function differences({ wallet, pointsLog }: Named, { leg, key }: DsquaresCall, side: Side): string[] {
  const { logTypeId, amountValue, refundedLogId, externalLogId } = pointsLog;
  const isRefund = side === 'refund';
  const differs: [string, boolean][] = [
    ['kind', isNamed(logTypeId) && !isAmount(logTypeId, LOG_TYPE[side], 0)],
    ['points', isNamed(amountValue) && !isAmount(amountValue, leg.points, 0)],
    ['wallet', isNamed(wallet?.walletCode) && wallet.walletCode !== leg.walletCode],
    ['transaction', isNamed(refundedLogId) && !(isRefund && refundedLogId === leg.transactionId)],
    ['reference', isRefund && isNamed(externalLogId) && externalLogId !== key],
  ];
  return differs.flatMap(([name, differ]) => (differ ? [name] : []));
}

function isNamed(value: string | null | undefined): value is string {
  return value !== null && value !== undefined;
}

/** Whether nothing is missing and the balances agree; that nothing differs is known by now. */
function isComplete({ wallet, pointsLog }: Confirmed, side: Side): boolean {
  const { balanceAfter, refundedLogId, externalLogId } = pointsLog;
  const namesOurs = side === 'reversal' || (isNamed(refundedLogId ?? undefined) && !!externalLogId);
  return balanceAfter === wallet.totalPoints && namesOurs;
}

function done({ wallet, pointsLog }: Confirmed, call: DsquaresCall, side: Side): MovementAnswer {
  const compared = compareBalance(call.baseline, pointsLog.balanceAfter, call.leg.points, side);
  if (compared.kind === 'repeated') {
    return { kind: 'otherMovement', code: 'alreadyDone', message: compared.message };
  }
  const worth = side === 'refund' ? worthOf(pointsLog, wallet.segment?.redValueFactor) : undefined;
  return {
    kind: 'done',
    providerReference: pointsLog.id,
    ...(worth !== undefined && { worth }),
    ...(compared.kind === 'differs' && { note: compared.note }),
  };
}

/** How a confirmed balance fits the one that preflight read. */
type BalanceComparison =
  { kind: 'fits' } | { kind: 'differs'; note: string } | { kind: 'repeated'; message: string };

/**
 * Compares the balance after a confirmed movement with the one before the refund (design 5, rule 4): after the refund
 * it should have risen by the points, and after its reversal not have moved.
 */
function compareBalance(
  baseline: Baseline | undefined,
  balanceAfter: number,
  points: number,
  side: Side,
): BalanceComparison {
  if (baseline?.kind !== 'counters') return { kind: 'fits' };
  const rise = balanceAfter - baseline.totalPoints;
  const expected = side === 'refund' ? points : 0;
  if (rise === expected) return { kind: 'fits' };
  const compared = `The wallet held ${baseline.totalPoints} points before the refund and holds ${balanceAfter} after the ${side}; ${baseline.totalPoints + expected} were to be expected`;
  const isTwice = side === 'refund' ? rise >= 2 * points : rise <= -points;
  return isTwice
    ? { kind: 'repeated', message: `${compared}: it may have been executed more than once.` }
    : { kind: 'differs', note: `${compared}.` };
}
