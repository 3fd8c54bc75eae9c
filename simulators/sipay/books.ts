import { HOUR_MS } from '../engine/fields';
import type { World } from '../engine/provider';
import type { SipayTokens } from './tokens';

/** A payment to seed; it is a row of the summary list too. */
export interface Payment {
  transactionId: string;
  amountMinor: number;
  currency: string;
  /** @default an hour ago */
  at?: number;
}

/** One transaction as the summary list knows it. */
export interface SipayTransaction {
  id: string;
  kind: 'payment' | 'refund';
  /** The payment that a refund belongs to; a payment's own id. */
  paymentId: string;
  extTransactionId: string;
  amountMinor: number;
  currency: string;
  description: string;
  at: number;
  /** How many look-ups will still see it unfinished. */
  pendingReads: number;
}

/** A payment and how much of it went back. */
export interface Paid {
  payment: SipayTransaction;
  refundedMinor: number;
}

/** How each kind of transaction is typed in the summary list; the refund's type is assumed. */
export const TYPES = {
  payment: { code: 5001, text: 'Payment' },
  refund: { code: 5002, text: 'Refund Payment' },
} as const;

interface Refunding {
  key: string;
  at?: number;
  description?: string;
  pendingReads?: number;
  byHand?: true;
}

/** The payments of Sipay, their refunds and our float there. */
export class SipayBooks {
  readonly #payments = new Map<string, Paid>();
  readonly #transactions: SipayTransaction[] = [];
  readonly #references = new Set<string>();
  #lastId = 0;
  #merchantMinor: number;
  #customerMinor = 100_000;

  constructor(
    private readonly world: World,
    private readonly tokens: SipayTokens,
    merchantMinor: number,
  ) {
    this.#merchantMinor = merchantMinor;
  }

  /** Seeds a payment that a customer made. */
  addPayment({ transactionId, amountMinor, currency, at = this.world.now() - HOUR_MS }: Payment): void {
    const facts = { amountMinor, currency, description: 'payment', at, pendingReads: 0 };
    const ids = { id: transactionId, paymentId: transactionId, extTransactionId: `pay-${transactionId}` };
    const payment = { kind: 'payment', ...ids, ...facts } as const;
    this.#transactions.push(payment);
    this.#payments.set(transactionId, { payment, refundedMinor: 0 });
  }

  /** Sets our float, in minor units. */
  setMerchantBalance(amountMinor: number): void {
    this.#merchantMinor = amountMinor;
  }

  /** Our float now, in minor units. */
  get merchantBalance(): number {
    return this.#merchantMinor;
  }

  /** What is in the customers' wallet now, in minor units. */
  get customerBalance(): number {
    return this.#customerMinor;
  }

  /** Ends every bearer token that was given out. */
  expireTokens(): void {
    this.tokens.expire();
  }

  /** Someone else refunds a payment, or a part of it, under a reference of his own. */
  refundByHand(transactionId: string, amountMinor: number, at?: number): void {
    const paid = this.paid(transactionId);
    if (!paid) throw new Error(`sipay: no payment ${transactionId}`);
    this.refund(paid, amountMinor, {
      key: `hand-${this.#lastId + 1}`,
      byHand: true,
      ...(at !== undefined && { at }),
    });
  }

  /** The payment with this id. */
  paid(transactionId: string): Paid | undefined {
    return this.#payments.get(transactionId);
  }

  /** Whether a reference was used for a refund. */
  isUsed(extTransactionId: string): boolean {
    return this.#references.has(extTransactionId);
  }

  /** The transactions that the summary list knew at a time. */
  transactions(asOf: number): SipayTransaction[] {
    return this.#transactions.filter(({ at }) => at <= asOf);
  }

  /** Gives money back. */
  refund(paid: Paid, amountMinor: number, how: Refunding): SipayTransaction {
    const { key, at = this.world.now(), description = '', pendingReads = 0, byHand } = how;
    const { id: paymentId, currency } = paid.payment;
    paid.refundedMinor += amountMinor;
    this.#merchantMinor -= amountMinor;
    this.#customerMinor += amountMinor;
    this.#references.add(key);
    const id = `744${String((this.#lastId += 1)).padStart(16, '0')}`;
    const facts = { amountMinor, currency, description, at, pendingReads };
    const transaction = { id, kind: 'refund', paymentId, extTransactionId: key, ...facts } as const;
    this.#transactions.push(transaction);
    const entry = { original: paymentId, amountMinor, providerReference: id, at };
    this.world.books.add({ provider: 'sipay', kind: 'refund', ...entry, ...(byHand ? { byHand } : { key }) });
    return transaction;
  }
}

/** 10 is pending, 20 completed. */
export function statusOf({ pendingReads }: SipayTransaction): 10 | 20 {
  return pendingReads > 0 ? 10 : 20;
}
