import { randomUUID } from 'node:crypto';
import { HOUR_MS } from '../engine/fields';
import type { Sold, Transaction, Wallet } from './records';
import type { World } from '../engine/provider';

/** A sale to seed; it has a wallet of its own unless one is named. */
export interface Sale {
  externalReference: string;
  amountMinor: number;
  currency: string;
  /** Commission that the sale cost. @default 0 */
  feeMinor?: number;
  /** Cashback that the sale earned. @default 0 */
  cashbackMinor?: number;
  /** Part of the amount that was paid from a gift balance. */
  giftMinor?: number;
  walletId?: string;
  /** Of a wallet that is not there yet, after the sale. @default 1000000 */
  balanceMinor?: number;
  /** @default an hour ago */
  at?: number;
}

interface Ending {
  cashbackMinor?: number;
  feeMinor?: number;
  at?: number;
  byHand?: true;
}

/** The wallets of Paywall and every transaction in them. */
export class PaywallBooks {
  readonly #wallets = new Map<string, Wallet>();
  readonly #sales = new Map<string, Sold>();
  readonly #transactions = new Map<string, Transaction[]>();

  constructor(private readonly world: World) {}

  /** Seeds a completed sale. */
  addSale({ walletId = randomUUID(), balanceMinor = 1_000_000, currency, ...sale }: Sale): void {
    const { externalReference, amountMinor, feeMinor = 0, cashbackMinor = 0, giftMinor = null, at } = sale;
    const alias = String(2_816_220_000 + this.#wallets.size);
    const wallet = this.#wallets.get(walletId) ?? { walletId, alias, currency, balanceMinor };
    this.#wallets.set(walletId, wallet);
    const facts = { type: 'Purchase', description: 'order', mainId: null } as const;
    const soldAt = at ?? this.world.now() - HOUR_MS;
    const money = { amountMinor, cashbackMinor, giftMinor };
    const purchase = this.#write(wallet, { ...facts, ...money, externalReference, at: soldAt });
    this.#sales.set(externalReference, {
      sale: purchase,
      wallet,
      feeMinor,
      cashbackMinor,
      cashbackSpent: false,
    });
  }

  /** The customer spends the cashback of a sale. */
  spendCashback(externalReference: string): void {
    this.#existing(externalReference).cashbackSpent = true;
  }

  /** Someone else refunds a sale. */
  refundByHand(externalReference: string, at = this.world.now()): void {
    this.end(this.#existing(externalReference), 'Refund', { at, byHand: true });
  }

  /** Someone else cancels a sale, which gives the money back too. */
  cancelByHand(externalReference: string, at = this.world.now()): void {
    this.end(this.#existing(externalReference), 'Cancel', { at, byHand: true });
  }

  /** The wallet of a sale, with what is in it now. */
  walletOf(externalReference: string): Readonly<Wallet> {
    return { ...this.#existing(externalReference).wallet };
  }

  /** The sale with this reference. */
  sold(externalReference: unknown): Sold | undefined {
    return typeof externalReference === 'string' ? this.#sales.get(externalReference) : undefined;
  }

  /** The wallet with this id. */
  wallet(walletId: unknown): Wallet | undefined {
    return typeof walletId === 'string' ? this.#wallets.get(walletId) : undefined;
  }

  /** Every transaction under a reference, as the look-up showed them at a time. */
  under(externalReference: string, asOf: number): Transaction[] {
    return (this.#transactions.get(externalReference) ?? []).filter(({ at }) => at <= asOf);
  }

  /** Gives a sale's money back, and takes back what hangs on it. */
  end(sold: Sold, type: 'Refund' | 'Cancel', how: Ending = {}): Transaction {
    const { cashbackMinor = 0, feeMinor = 0, at = this.world.now(), byHand } = how;
    const { externalReference, amountMinor, giftMinor, id: mainId } = sold.sale;
    sold.endedBy = type;
    sold.wallet.balanceMinor += amountMinor - cashbackMinor;
    const description = `${type} of Purchase ${externalReference}`;
    const money = { amountMinor, giftMinor, cashbackMinor };
    const transaction = this.#write(sold.wallet, {
      type,
      ...money,
      externalReference,
      description,
      mainId,
      at,
    });
    const hand = byHand ? { byHand } : {};
    this.#book(transaction, 'refund', amountMinor, hand);
    for (const other of [cashbackMinor, feeMinor])
      if (other > 0) this.#book(transaction, 'other', other, hand);
    return transaction;
  }

  /** Takes money out of a wallet. */
  withdraw(wallet: Wallet, amountMinor: number, externalReference: string, description: string): Transaction {
    wallet.balanceMinor -= amountMinor;
    const money = { amountMinor, giftMinor: null, cashbackMinor: 0 };
    const facts = { type: 'Withdraw', mainId: null, at: this.world.now() } as const;
    const withdrawal = this.#write(wallet, { ...facts, ...money, externalReference, description });
    this.#book(withdrawal, 'other', amountMinor, { key: externalReference });
    return withdrawal;
  }

  #existing(externalReference: string): Sold {
    const sold = this.#sales.get(externalReference);
    if (!sold) throw new Error(`paywall: no sale ${externalReference}`);
    return sold;
  }

  #write(wallet: Wallet, facts: Omit<Transaction, keyof Wallet | 'id' | 'uniqueCode'>): Transaction {
    const transaction = { id: randomUUID(), uniqueCode: randomUUID(), ...wallet, ...facts };
    const place = facts.externalReference;
    this.#transactions.set(place, [...(this.#transactions.get(place) ?? []), transaction]);
    return transaction;
  }

  #book(
    { id, externalReference, at }: Transaction,
    kind: 'refund' | 'other',
    amountMinor: number,
    more: { key?: string; byHand?: true },
  ): void {
    const facts = { original: externalReference, providerReference: id, at };
    this.world.books.add({ provider: 'paywall', kind, ...facts, amountMinor, ...more });
  }
}
