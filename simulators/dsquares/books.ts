import type { BookEntry } from '../engine/books';
import { countersOf, type Log, type Wallet } from './wallet';
import { HOUR_MS } from '../engine/fields';
import type { World } from '../engine/provider';

/** A redemption to seed; its wallet is made on the way and holds `balance` points once it is redeemed. */
export interface Redemption {
  walletCode: string;
  contactMsisdn: string;
  transactionId: string;
  points: number;
  /** Of a wallet that is not there yet. @default 10000 */
  balance?: number;
  /** The wallet redeems only with this PIN. */
  pinCode?: string;
  /** @default an hour ago */
  at?: number;
}

const VERB = { 1: 'redeemed from', 2: 'accumulated to', 3: 'refunded to' } as const;

/** The wallets of Dsquares and every movement in them. */
export class DsquaresBooks {
  readonly #wallets = new Map<string, Wallet>();
  readonly #logs = new Map<number, { wallet: Wallet; log: Log }>();
  #lastId = 900_000_000;

  constructor(private readonly world: World) {}

  /** Seeds points that a customer paid with. */
  addRedemption(redemption: Redemption): void {
    const { walletCode, contactMsisdn, transactionId, points, balance = 10_000, pinCode, at } = redemption;
    const id = Number(transactionId);
    if (this.#logs.has(id)) throw new Error(`dsquares: transaction ${transactionId} is there already`);
    const fresh = { id: 3000 + this.#wallets.size, walletCode, contactMsisdn, opening: balance, logs: [] };
    const wallet: Wallet = this.#wallets.get(walletCode) ?? fresh;
    if (pinCode !== undefined) wallet.pinCode = pinCode;
    wallet.opening += points;
    this.#wallets.set(walletCode, wallet);
    this.#write(wallet, 1, points, { id, at: at ?? this.world.now() - HOUR_MS });
  }

  /** The customer earns points meanwhile. */
  earn(walletCode: string, points: number): void {
    this.#meanwhile(walletCode, 2, points);
  }

  /** The customer spends points meanwhile. */
  spend(walletCode: string, points: number): void {
    this.#meanwhile(walletCode, 1, points);
  }

  /** Someone else refunds a redemption, or a part of it. */
  refundByHand(transactionId: string, points: number, at = this.world.now()): void {
    const found = this.redemption(Number(transactionId));
    if (!found) throw new Error(`dsquares: no transaction ${transactionId}`);
    const log = this.#write(found.wallet, 3, points, { refundedLogId: found.log.id, at });
    this.#book(log, 'refund', transactionId, { byHand: true });
  }

  /** Points in a wallet now. */
  balance(walletCode: string): number {
    return countersOf(this.#existing(walletCode)).total;
  }

  /** The wallet with this code. */
  wallet(walletCode: unknown): Wallet | undefined {
    return typeof walletCode === 'string' ? this.#wallets.get(walletCode) : undefined;
  }

  /** The redemption with this id, and how many of its points are not refunded yet. */
  redemption(id: number): { wallet: Wallet; log: Log; left: number } | undefined {
    const found = this.#logs.get(id);
    if (found?.log.type !== 1) return undefined;
    const refunds = found.wallet.logs.filter(({ refundedLogId }) => refundedLogId === id);
    return { ...found, left: refunds.reduce((left, { points }) => left - points, found.log.points) };
  }

  /** Gives points back. */
  refund(wallet: Wallet, points: number, own: Partial<Log> & { refundedLogId: number }): Log {
    const log = this.#write(wallet, 3, points, own);
    this.#book(log, 'refund', String(own.refundedLogId), own.externalLogId ? { key: own.externalLogId } : {});
    return log;
  }

  /** Takes points; the comment is all that may say what for. */
  redeem(wallet: Wallet, points: number, branchMsisdn: string, comment?: string): Log {
    const original = this.#originalOf(wallet, points, comment);
    const log = this.#write(wallet, 1, points, { branchMsisdn });
    this.#book(log, 'reversal', original, comment === undefined ? {} : { key: comment });
    return log;
  }

  /** A redemption names no refund: its comment may, else the newest refund of that size is meant. */
  #originalOf(wallet: Wallet, points: number, comment?: string): string {
    const inWallet = ({ original }: BookEntry) => this.#logs.get(Number(original))?.wallet === wallet;
    const newest = (meets: (refund: BookEntry) => boolean) =>
      this.world.books.newestUnreversed('dsquares', points, (refund) => inWallet(refund) && meets(refund));
    const key = comment?.replace(/:undo$/, '');
    const named = newest((refund) => key !== undefined && refund.key === key);
    return named ?? newest(() => true) ?? `wallet:${wallet.walletCode}`;
  }

  #meanwhile(walletCode: string, type: 1 | 2, points: number): void {
    const log = this.#write(this.#existing(walletCode), type, points);
    this.#book(log, 'other', `wallet:${walletCode}`, { byHand: true });
  }

  #existing(walletCode: string): Wallet {
    const wallet = this.#wallets.get(walletCode);
    if (!wallet) throw new Error(`dsquares: no wallet ${walletCode}`);
    return wallet;
  }

  #write(wallet: Wallet, type: Log['type'], points: number, own: Partial<Log> = {}): Log {
    const comments = `Points ${VERB[type]} ${wallet.walletCode}`;
    const none = {
      refundedLogId: null,
      externalLogId: null,
      invoiceNumber: null,
      branchMsisdn: '201000000000',
    };
    const log = { id: (this.#lastId += 1), type, points, at: this.world.now(), comments, ...none, ...own };
    wallet.logs.push(log);
    this.#logs.set(log.id, { wallet, log });
    return log;
  }

  #book(
    { id, points, at }: Log,
    kind: BookEntry['kind'],
    original: string,
    who: Pick<BookEntry, 'key' | 'byHand'>,
  ): void {
    const entry = { original, points, providerReference: String(id), at };
    this.world.books.add({ provider: 'dsquares', kind, ...entry, ...who });
  }
}
