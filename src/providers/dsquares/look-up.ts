import { readWallet, unreadWallet } from './wallet';
import type { Baseline, Counters, LookUpAnswer } from '../../domain/provider-answers';
import type { HttpResult } from '../http-answer';
import { wireInteger } from '../json';
import { shows, type JsonObject } from '../unproven';
import type { DsquaresCall } from './wire';

/** What became of our refund, as far as the wallet tells (dsquares sheet: look-up). */
export function readLookUp(result: HttpResult, call: DsquaresCall): LookUpAnswer {
  const reading = readWallet(result, call);
  return reading
    ? compareCounters(call.baseline, reading.counters, call.leg.points)
    : unreadWallet(result, { hasMoved: showsMovement(result, call) });
}

/**
 * What a wallet's counters tell of a refund: evidence for a person, never proof (dsquares sheet: look-up).
 * @param baseline the reading that preflight took, if there is one
 */
function compareCounters(baseline: Baseline | undefined, now: Counters, points: number): LookUpAnswer {
  if (baseline?.kind !== 'counters') {
    return {
      kind: 'unanswered',
      message: `No reading of the wallet from before the refund exists; it shows ${show(now)}.`,
    };
  }
  const total = now.totalPoints - baseline.totalPoints;
  const redeemed = now.redeemedPoints - baseline.redeemedPoints;
  const transactions = now.totalTransactions - baseline.totalTransactions;
  const readings = `before ${show(baseline)}; now ${show(now)}`;

  if (redeemed === -points && total === points) {
    return { kind: 'candidate', message: `The wallet moved as this refund would move it: ${readings}.` };
  }
  // That a refund lowers the redeemed counter is only inferred.
  if (redeemed === 0 && total === points) {
    const message = `The wallet rose by exactly the points of this refund, though its redeemed points did not fall: ${readings}.`;
    return { kind: 'candidate', message };
  }
  if (redeemed === 0 && total === 0 && transactions === 0) {
    return { kind: 'absent', message: `The wallet has not moved: ${readings}.` };
  }
  // Of two transactions, one could be this refund.
  if (redeemed === 0 && total > 0 && transactions === 1) {
    return {
      kind: 'unrelated',
      message: `The wallet earned points once since, another amount than this refund's: ${readings}.`,
    };
  }
  const message = `The wallet moved in a way in which this refund cannot be told from other movements: ${readings}.`;
  return { kind: 'candidate', message };
}

/** Whether a wallet that could not be read has moved since preflight all the same, as far as any of its counters tells. */
function showsMovement(result: HttpResult, { leg, baseline }: DsquaresCall): boolean {
  if (baseline?.kind !== 'counters') return false;
  const before = {
    totalPoints: baseline.totalPoints,
    reedemPoints: baseline.redeemedPoints,
    totalTransactions: baseline.totalTransactions,
  };
  const hasMoved = (shown: JsonObject) =>
    Object.entries(before).some(
      ([name, value]) => (wireInteger.safeParse(shown[name]).data ?? value) !== value,
    );
  return shows(result, (shown) => (shown.walletCode ?? leg.walletCode) === leg.walletCode && hasMoved(shown));
}

function show({ totalPoints, redeemedPoints, totalTransactions }: Counters): string {
  return `${totalPoints} points, ${redeemedPoints} redeemed, ${totalTransactions} transactions`;
}
