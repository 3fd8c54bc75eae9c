import { HOUR_MS } from '../engine/fields';
import { walletName, type Row, type Spent, type Wallet } from './wallet';
import type { World } from '../engine/provider';

/** A spend to seed; its wallet is made on the way, named by account number or by wallet and currency. */
export interface Spend {
  transactionId: string;
  points: number;
  accountNumber?: string;
  walletId?: string;
  walletCurrency?: string;
  /** Of a wallet that is not there yet. @default 10000 */
  balance?: number;
  /** @default an hour ago */
  at?: number;
}

/** The wallets of Mircate and every movement in them. */
export class MircateBooks {
  readonly #wallets = new Map<string, Wallet>();
  readonly #spends = new Map<string, Spent>();
  #lastId = 0;

  constructor(private readonly world: World) {}

  /** Seeds points that a customer paid with. */
  addSpend({
    transactionId,
    points,
    accountNumber,
    walletId,
    walletCurrency,
    balance = 10_000,
    at,
  }: Spend): void {
    const name = walletName({ accountNumber, walletId, currency: walletCurrency });
    if (name === undefined)
      throw new Error('mircate: a wallet needs accountNumber, or walletId and walletCurrency');
    const wallet = this.#wallets.get(name) ?? { name, balance, rows: [] };
    this.#wallets.set(name, wallet);
    const row = this.#write(wallet, 'SPENT', points, { transactionId, at: at ?? this.world.now() - HOUR_MS });
    this.#spends.set(transactionId, { wallet, row, left: points });
  }

  /** The customer spends points of the same wallet meanwhile. */
  spend(transactionId: string, points: number): void {
    const { wallet } = this.#existing(transactionId);
    wallet.balance -= points;
    const { transactionId: providerReference, at } = this.#write(wallet, 'SPENT', points);
    const original = `wallet:${wallet.name}`;
    this.world.books.add({
      provider: 'mircate',
      kind: 'other',
      original,
      points,
      providerReference,
      at,
      byHand: true,
    });
  }

  /** Someone else refunds a spend, or a part of it. */
  refundByHand(transactionId: string, points: number, at = this.world.now()): void {
    this.#give(this.#existing(transactionId), points, { at, byHand: true });
  }

  /** Points now in the wallet of a spend. */
  balance(transactionId: string): number {
    return this.#existing(transactionId).wallet.balance;
  }

  /** The wallet that a request addresses. */
  walletAt(address: Record<string, unknown>): Wallet | undefined {
    return this.#wallets.get(walletName(address) ?? '');
  }

  /** The spend with this id. */
  spent(transactionId: string): Spent | undefined {
    return this.#spends.get(transactionId);
  }

  /** Gives points back. */
  refund(spent: Spent, points: number): Row {
    return this.#give(spent, points, { at: this.world.now() });
  }

  /** Takes points. Nothing names the refund that this may undo: the newest one of that size is meant. */
  take(wallet: Wallet, points: number, description: string, channel: string): Row {
    const inWallet = (original: string) => this.#spends.get(original)?.wallet === wallet;
    const original =
      this.world.books.newestUnreversed('mircate', points, (refund) => inWallet(refund.original)) ??
      `wallet:${wallet.name}`;
    wallet.balance -= points;
    const row = this.#write(wallet, 'SPENT', points, { description, channel });
    this.world.books.add({
      provider: 'mircate',
      kind: 'reversal',
      original,
      ...(description !== '' && { key: description }),
      points,
      providerReference: row.transactionId,
      at: row.at,
    });
    return row;
  }

  #give(spent: Spent, points: number, how: { at: number; byHand?: true }): Row {
    spent.wallet.balance += points;
    spent.left -= points;
    const row = this.#write(spent.wallet, 'REFUNDED', points, { at: how.at });
    const original = spent.row.transactionId;
    const providerReference = row.transactionId;
    this.world.books.add({
      provider: 'mircate',
      kind: 'refund',
      original,
      points,
      providerReference,
      ...how,
    });
    return row;
  }

  #existing(transactionId: string): Spent {
    const spent = this.#spends.get(transactionId);
    if (!spent) throw new Error(`mircate: no transaction ${transactionId}`);
    return spent;
  }

  #write(wallet: Wallet, type: Row['type'], amount: number, own: Partial<Row> = {}): Row {
    const transactionId = `trx-${(this.#lastId += 1)}`;
    const row = {
      transactionId,
      type,
      amount,
      description: '',
      channel: 'WEB',
      at: this.world.now(),
      ...own,
    };
    wallet.rows.push(row);
    return row;
  }
}
