import type { Counters, Unanswered, Unreadable } from '../../domain/provider-answers';
import { codeOf } from '../answers';
import type { HttpResult } from '../http-answer';
import { unproven } from '../unproven';
import { setupProblem } from './refusals';
import { isOk, REFUSING, refusing, walletData, type DsquaresCall } from './wire';

/** What a wallet shows of itself; the factor is points per unit of money, as an exact decimal. */
export interface WalletReading {
  counters: Counters;
  redeemFactor: string | undefined;
}

/** A reading of this very wallet, or undefined when the answer is no healthy one (dsquares sheet: look-up). */
export function readWallet(result: HttpResult, { leg }: DsquaresCall): WalletReading | undefined {
  if (result.kind !== 'answer' || !isOk(result.status)) return undefined;
  const data = walletData.safeParse(result.body).data?.data;
  if (data?.walletCode !== leg.walletCode) return undefined;
  const { totalPoints, reedemPoints: redeemedPoints, totalTransactions, redeemFactor } = data;
  return { counters: { kind: 'counters', totalPoints, redeemedPoints, totalTransactions }, redeemFactor };
}

/**
 * A wallet that could not be read, and what to check.
 * @param hasMoved whether it shows a movement all the same
 */
export function unreadWallet(
  result: HttpResult,
  { hasMoved }: { hasMoved: boolean },
): Unanswered | Unreadable {
  const code = refusalCode(result);
  const refused = code && `The provider refused to show the wallet (code ${codeOf(code)}).`;
  return unproven(result, { showsOurs: hasMoved }, (answer) => {
    if (refused) return refused;
    if (!isOk(answer.status)) return setupProblem(answer);
    return `The look-up answered HTTP ${answer.status} with no readable data of this wallet; check DSQUARES_BASE_URL, DSQUARES_API_VERSION and the refund's walletCode.`;
  });
}

/** The code by which the provider refused to show the wallet, if it did. */
export function refusalCode(result: HttpResult): string | undefined {
  if (result.kind !== 'answer' || !(isOk(result.status) || REFUSING.includes(result.status)))
    return undefined;
  const code = refusing.safeParse(result.body).data?.errorCode;
  return code === '0' ? undefined : code;
}
