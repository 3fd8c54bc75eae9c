import { parseMinor } from '../../domain/money';
import type { Baseline, LookUpAnswer } from '../../domain/outcome';

/**
 * What a wallet's counters tell of a refund: evidence for a person, never proof (dsquares sheet: look-up).
 * @param before the reading that preflight took, if there is one
 */
export function compareCounters(before: Baseline | undefined, now: Baseline, points: number): LookUpAnswer {
  if (!before) {
    return {
      kind: 'unanswered',
      message: `No reading of the wallet from before exists; it shows ${show(now)}.`,
    };
  }
  const total = now.totalPoints - before.totalPoints;
  const redeemed = now.redeemedPoints - before.redeemedPoints;
  const transactions = now.totalTransactions - before.totalTransactions;
  const readings = `before ${show(before)}; now ${show(now)}`;

  if (redeemed === -points && total === points && transactions === 1) {
    return { kind: 'candidate', message: `The wallet moved as this refund would move it: ${readings}.` };
  }
  if (redeemed === 0 && total === 0 && transactions === 0) {
    return { kind: 'absent', message: `The wallet has not moved: ${readings}.` };
  }
  if (redeemed === 0 && total > 0 && transactions === 1) {
    return {
      kind: 'absent',
      message: `The wallet only earned points since, which is no refund: ${readings}.`,
    };
  }
  const message = `The wallet moved in a way in which this refund cannot be told from other movements: ${readings}.`;
  return { kind: 'candidate', message };
}

/** Points as the whole amount of money they redeem for; undefined when there is none (dsquares sheet: PointsValue). */
export function moneyOf(points: number, redeemFactor: string | undefined): number | undefined {
  const factor = BigInt(parseMinor(redeemFactor ?? '', 6) ?? 0);
  const scaled = BigInt(points) * 1_000_000n;
  const money = factor > 0n && scaled % factor === 0n ? Number(scaled / factor) : 0;
  return money > 0 && Number.isSafeInteger(money) ? money : undefined;
}

function show({ totalPoints, redeemedPoints, totalTransactions }: Baseline): string {
  return `${totalPoints} points, ${redeemedPoints} redeemed, ${totalTransactions} transactions`;
}
