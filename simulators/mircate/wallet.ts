import { textOf } from '../engine/fields';

/** One line of a wallet. */
export interface Row {
  transactionId: string;
  type: 'SPENT' | 'REFUNDED';
  amount: number;
  description: string;
  channel: string;
  at: number;
}

/** One customer's wallet. */
export interface Wallet {
  name: string;
  balance: number;
  rows: Row[];
}

/** A spend that can be refunded. */
export interface Spent {
  wallet: Wallet;
  row: Row;
  /** What is not refunded yet. */
  left: number;
}

/** One name for either form of address; undefined when neither is complete. */
export function walletName({
  accountNumber,
  walletId,
  currency,
}: Record<string, unknown>): string | undefined {
  const account = textOf(accountNumber);
  const wallet = textOf(walletId);
  const unit = textOf(currency);
  return account ?? (wallet !== undefined && unit !== undefined ? `${wallet} ${unit}` : undefined);
}
