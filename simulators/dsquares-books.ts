import { HOUR_MS } from './fields';
import type { World } from './provider';

/** How many points a unit of money costs. */
export const REDEEM_FACTOR = 4;

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

const VERB = { 1: 'redeemed from', 2: 'accumulated to', 3: 'refunded to' } as const;
const ACCOUNTED = { 1: 'other', 2: 'other', 3: 'refund' } as const;

/** The wallets of Dsquares and every movement in them. */
export class DsquaresBooks {
  readonly #wallets = new Map<string, Wallet>();
  readonly #logs = new Map<number, { wallet: Wallet; log: Log }>();
  #lastId = 900_000_000;

  constructor(private readonly world: World) {}

  /** Seeds points that a customer paid with. */
  addRedemption({
    walletCode,
    contactMsisdn,
    transactionId,
    points,
    balance,
    pinCode,
    at,
  }: Redemption): void {
    const id = Number(transactionId);
    if (this.#logs.has(id)) throw new Error(`dsquares: transaction ${transactionId} is there already`);
    const wallet = this.#wallets.get(walletCode) ?? {
      id: 3000 + this.#wallets.size,
      walletCode,
      contactMsisdn,
      opening: balance ?? 10_000,
      logs: [],
    };
    if (pinCode !== undefined) wallet.pinCode = pinCode;
    wallet.opening += points;
    this.#wallets.set(walletCode, wallet);
    this.#write(wallet, 1, points, { id, at: at ?? this.world.now() - HOUR_MS });
  }

  /** The customer earns points meanwhile. */
  earn(walletCode: string, points: number): void {
    this.#byHand(this.#write(this.#existing(walletCode), 2, points), `wallet:${walletCode}`);
  }

  /** The customer spends points meanwhile. */
  spend(walletCode: string, points: number): void {
    this.#byHand(this.#write(this.#existing(walletCode), 1, points), `wallet:${walletCode}`);
  }

  /** Someone else refunds a redemption, or a part of it. */
  refundByHand(transactionId: string, points: number, at = this.world.now()): void {
    const found = this.redemption(Number(transactionId));
    if (!found) throw new Error(`dsquares: no transaction ${transactionId}`);
    this.#byHand(this.#write(found.wallet, 3, points, { refundedLogId: found.log.id, at }), transactionId);
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
    this.#book(log, 'refund', String(own.refundedLogId), own.externalLogId);
    return log;
  }

  /** Takes points; the comment is all that may say what for. */
  redeem(wallet: Wallet, points: number, branchMsisdn: string, comment?: string): Log {
    const original = this.#originalOf(wallet, points, comment);
    const log = this.#write(wallet, 1, points, { branchMsisdn });
    this.#book(log, 'reversal', original, comment);
    return log;
  }

  /** A redemption names no refund: its comment may, else the newest refund of that size is meant. */
  #originalOf(wallet: Wallet, points: number, comment?: string): string {
    const newest = (key?: string) =>
      this.world.books.newestUnreversed(
        'dsquares',
        points,
        (refund) =>
          this.#logs.get(Number(refund.original))?.wallet === wallet &&
          (key === undefined || refund.key === key),
      );
    const named = comment === undefined ? undefined : newest(comment.replace(/:undo$/, ''));
    return named ?? newest() ?? `wallet:${wallet.walletCode}`;
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

  #book({ id, points, at }: Log, kind: 'refund' | 'reversal', original: string, key?: string | null): void {
    const reference = key ? { key } : {};
    this.world.books.add({
      provider: 'dsquares',
      kind,
      original,
      ...reference,
      points,
      providerReference: String(id),
      at,
    });
  }

  #byHand({ id, type, points, at }: Log, original: string): void {
    const kind = ACCOUNTED[type];
    this.world.books.add({
      provider: 'dsquares',
      kind,
      original,
      points,
      providerReference: String(id),
      at,
      byHand: true,
    });
  }
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
