/** How many points a unit of money costs. */
export const REDEEM_FACTOR = 4;

/** One line of a wallet's log. */
export interface Log {
  id: number;
  /** 1 redeemed, 2 earned, 3 refunded. */
  type: 1 | 2 | 3;
  points: number;
  at: number;
  branchMsisdn: string;
  comments: string;
  refundedLogId: number | null;
  externalLogId: string | null;
  invoiceNumber: string | null;
}

/** One customer's wallet. */
export interface Wallet {
  id: number;
  walletCode: string;
  contactMsisdn: string;
  pinCode?: string;
  /** Earned before the log begins. */
  opening: number;
  logs: Log[];
}

/** A wallet's counters as they were at a time. */
export function countersOf(wallet: Wallet, asOf = Infinity) {
  const logs = wallet.logs.filter(({ at }) => at <= asOf);
  const sum = (type: Log['type']) =>
    logs.reduce((total, log) => total + (log.type === type ? log.points : 0), 0);
  const accumulated = wallet.opening + sum(2);
  const redeemed = sum(1) - sum(3);
  return { logs, accumulated, redeemed, total: accumulated - redeemed };
}
