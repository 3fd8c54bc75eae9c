import { countersOf, REDEEM_FACTOR, type Log, type Wallet } from './wallet';
import { decimal, HOUR_MS } from '../engine/fields';
import type { Switches } from '../switches';

/** Points per money unit when earning. */
const REWARD_FACTOR = 3;

/** The envelope of Refund and RedeemUser when they succeed. */
export function movementBody(wallet: Wallet, log: Log): Record<string, unknown> {
  const { accumulated, redeemed, total } = countersOf(wallet);
  return {
    ...failureBody('0', 'Success'),
    wallet: {
      id: wallet.id,
      name: null,
      walletCode: wallet.walletCode,
      email: null,
      address: null,
      gender: null,
      totalPoints: total,
      accumulatedPoints: accumulated,
      redPoints: redeemed,
      isOptedIn: false,
      optedInDate: localTime(log.at - HOUR_MS),
      parentWalletId: null,
      addOnWalletId: null,
      billRewardPoints: accumulated,
      billRewardValue: decimal(Math.round((accumulated * 10) / REWARD_FACTOR), 1),
      referralMasterMSISDN: null,
      birthDate: null,
      nid: null,
      contactMsisdn: wallet.contactMsisdn,
      walletStatusId: 1,
      segment: SEGMENT,
      childrenWallets: null,
      parentWallet: null,
      isParent: false,
      parentWalletCode: null,
      walletType: null,
      isAdded: false,
      isDeleted: false,
      redemptionActivationFlag: true,
      suspendedPoints: 0,
    },
    pointsLog: {
      id: log.id,
      walletId: wallet.id,
      actorWalletId: wallet.id,
      channelId: null,
      logTypeId: log.type,
      comments: log.comments,
      merchantMSISDN: log.branchMsisdn,
      amount: decimal(log.points * (100 / REDEEM_FACTOR), 2),
      amountValue: log.points,
      balanceAfter: total,
      isExpired: false,
      createdDate: `${localTime(log.at)}+03:00`,
      invoiceDate: log.type === 1 ? `${localTime(log.at)}+03:00` : null,
      invoiceNumber: log.invoiceNumber,
      skuPointsId: null,
      refundedLogId: log.refundedLogId,
      userId: 40,
      externalLogId: log.externalLogId,
    },
    totalAmount: decimal(Math.floor(total / REDEEM_FACTOR) * 10, 1),
  };
}

const SEGMENT = {
  id: 1,
  name: 'Basic',
  rewValueFactor: decimal(REWARD_FACTOR * 10, 1),
  redValueFactor: decimal(REDEEM_FACTOR * 10, 1),
  redThreshold: 1,
  value: 2,
  bonusPoints: null,
  offerNumber: null,
  ratePlan: null,
  color: null,
  segmentColorId: null,
};

/** The envelope of Refund and RedeemUser when they refuse. */
export function failureBody(errorCode: string, errorMessage: string): Record<string, unknown> {
  return {
    errorCode,
    errorMessage,
    offerNumber: 0,
    couponNumber: null,
    couponDetails: null,
    wallet: null,
    pointsLog: null,
    transaction: null,
    totalAmount: decimal(0, 1),
  };
}

/** The answer of GetWalletData. */
export function walletData(
  wallet: Wallet,
  asOf: number,
  { redeemFactor, refundListed }: Switches['dsquares'],
): Record<string, unknown> {
  const { logs, accumulated, redeemed, total } = countersOf(wallet, asOf);
  const rows = (types: Log['type'][]) => logs.filter(({ type }) => types.includes(type)).map(rowOf);
  const data = {
    walletId: wallet.id,
    walletCode: wallet.walletCode,
    contactMsisdn: wallet.contactMsisdn,
    totalPoints: total,
    totalValue: Math.floor(total / REDEEM_FACTOR),
    lifeTimePoints: accumulated,
    totalTransactions: logs.length,
    reedemPoints: redeemed,
    redeemValue: Math.floor(redeemed / REDEEM_FACTOR),
    redeemFactor,
    name: null,
    email: null,
    tierName: null,
    tierPoints: 0,
    pointsToExpire: 0,
    expiryDate: '2030-01-01T00:00:00',
    segment: { id: 1, name: 'Basic', segmentPoints: 20, color: 'black' },
    parentData: null,
    accumulationTransactions: rows(refundListed ? [2, 3] : [2]),
    redemptionTransactions: rows([1]),
  };
  return { errorMessage: 'Success', errorCode: '0', data };
}

function rowOf({ points, at, branchMsisdn, comments }: Log) {
  const pointsValue = Math.floor(points / REDEEM_FACTOR);
  const date = localTime(at);
  return {
    points,
    pointsValue,
    date,
    merchantName: 'Merchant',
    branchName: 'Branch',
    branchMsisdn,
    comments,
  };
}

/** The vendor's clock is three hours ahead of UTC and counts to seven decimals. */
function localTime(at: number): string {
  return new Date(at + 3 * HOUR_MS).toISOString().replace('Z', '0000');
}
