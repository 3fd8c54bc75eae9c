/** One transaction of a wallet. */
export interface Transaction {
  id: string;
  walletId: string;
  alias: string;
  type: 'Purchase' | 'Refund' | 'Cancel' | 'Withdraw';
  amountMinor: number;
  giftMinor: number | null;
  currency: string;
  description: string;
  externalReference: string;
  at: number;
  /** In the wallet afterwards. */
  balanceMinor: number;
  mainId: string | null;
  uniqueCode: string;
  cashbackMinor: number;
}

/** A customer's wallet. */
export interface Wallet {
  walletId: string;
  alias: string;
  currency: string;
  balanceMinor: number;
}

/** A sale and what became of it. */
export interface Sold {
  sale: Transaction;
  wallet: Wallet;
  feeMinor: number;
  cashbackMinor: number;
  cashbackSpent: boolean;
  /** What gave the money back, if anything did. */
  endedBy?: 'Refund' | 'Cancel';
}
