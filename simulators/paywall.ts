import { randomUUID } from 'node:crypto';
import { HOUR_MS, hasAll, minorOf, textOf } from './fields';
import type { Credentials, Switches } from './options';
import { failed, listed, moved, type Transaction } from './paywall-envelope';
import type { Answer, ProviderSimulator, Route, SimulatedRequest, Wording, World } from './provider';

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

interface Booked {
  sale: Transaction;
  feeMinor: number;
  cashbackMinor: number;
  cashbackSpent: boolean;
  /** What gave the money back, if anything did. */
  endedBy?: 'Refund' | 'Cancel';
}

/** Paywall: the sale wallet; refunds are whole, and refund and sale share one reference. */
export class PaywallSimulator implements ProviderSimulator {
  readonly #wallets = new Map<string, { balanceMinor: number; currency: string; alias: string }>();
  readonly #sales = new Map<string, Booked>();
  readonly #transactions = new Map<string, Transaction[]>();

  constructor(
    private readonly world: World,
    private readonly switches: Switches['paywall'],
    private readonly credentials: Credentials['paywall'],
  ) {}

  get lookUpDelayMs(): number {
    return this.switches.lookUpDelayMs;
  }

  readonly wording: Wording = {
    unauthorized: failed(401, 'Auth.Invalid', 'Unauthorized'),
    tooMany: failed(429, 'General', 'Too many requests'),
    serverError: failed(500, 'General', 'Unexpected error'),
    transient: failed(500, 'General', 'Unexpected error'),
    alreadyDone: failed(400, 'Transaction.AlreadyRefunded', 'Transaction already refunded'),
    refused: (operation, code = operation === 'lookUp' ? 'General' : 'Transaction.NotRefundable') =>
      failed(400, code, operation === 'lookUp' ? 'Unexpected error' : 'Transaction cannot be refunded'),
    contradiction: { IsSuccess: true, IsFailure: true },
    amountFields: ['Amount'],
    referenceFields: ['ExternalReference'],
  };

  get routes(): Route[] {
    const wallet = '/api/v1/wallet';
    const subject = ({ fields }: SimulatedRequest) => textOf(fields.ExternalReference);
    const post = (operation: Route['operation'], path: string, handle: Route['handle']): Route => {
      return { operation, method: 'POST', path: `${wallet}/${path}`, subject, handle };
    };
    return [
      post('refund', 'purchase/refund', ({ fields }) => this.#refund(fields)),
      post('cancel', 'purchase/cancel', ({ fields }) => this.#cancel(String(fields.ExternalReference))),
      post('reverse', 'withdraw', ({ fields }) => this.#withdraw(fields)),
      {
        operation: 'lookUp',
        method: 'GET',
        path: `${wallet}/transaction/by/external-reference/:reference`,
        subject: ({ params }) => params.reference,
        handle: ({ params, asOf }) =>
          listed((this.#transactions.get(params.reference ?? '') ?? []).filter(({ at }) => at <= asOf)),
      },
    ];
  }

  authorize(request: SimulatedRequest): Answer | undefined {
    const isKnown =
      request.header('apikeypublic') === this.credentials.apiKey &&
      request.header('apiclientpublic') === this.credentials.apiClient;
    return isKnown ? undefined : this.wording.unauthorized;
  }

  /** Seeds a completed sale. */
  addSale({ walletId = randomUUID(), balanceMinor = 1_000_000, ...sale }: Sale): void {
    const { externalReference, amountMinor, currency, feeMinor = 0, cashbackMinor = 0, giftMinor, at } = sale;
    if (!this.#wallets.has(walletId)) {
      const alias = String(2_816_220_000 + this.#wallets.size);
      this.#wallets.set(walletId, { balanceMinor, currency, alias });
    }
    const transaction = this.#record(walletId, {
      type: 'Purchase',
      amountMinor,
      externalReference,
      cashbackMinor,
      at: at ?? this.world.now() - HOUR_MS,
      ...(giftMinor !== undefined && { giftMinor }),
    });
    this.#sales.set(externalReference, { sale: transaction, feeMinor, cashbackMinor, cashbackSpent: false });
  }

  /** The customer spends the cashback of a sale. */
  spendCashback(externalReference: string): void {
    this.#saleOf(externalReference).cashbackSpent = true;
  }

  /** Someone else refunds a sale. */
  refundByHand(externalReference: string, at?: number): void {
    this.#end(this.#saleOf(externalReference), 'Refund', { byHand: true, ...(at !== undefined && { at }) });
  }

  /** Someone else cancels a sale. */
  cancelByHand(externalReference: string, at?: number): void {
    this.#end(this.#saleOf(externalReference), 'Cancel', { byHand: true, ...(at !== undefined && { at }) });
  }

  /** The wallet of a sale and the minor units in it now. */
  walletOf(externalReference: string): { walletId: string; balanceMinor: number } {
    const { walletId } = this.#saleOf(externalReference).sale;
    return { walletId, balanceMinor: this.#wallets.get(walletId)?.balanceMinor ?? 0 };
  }

  #refund(fields: Record<string, unknown>): Answer {
    const booked = this.#sales.get(String(fields.ExternalReference));
    if (!booked) return UNKNOWN;
    const isRepeat = booked.endedBy === 'Refund' && this.switches.hostileSecondRefund;
    if (booked.endedBy && !isRepeat) return this.wording.alreadyDone;
    const cashbackMinor = fields.RollbackCashback === true ? booked.cashbackMinor : 0;
    if (cashbackMinor > 0 && booked.cashbackSpent && this.switches.spentCashback === 'refuse') {
      return failed(400, 'Wallet.CashbackSpent', 'Cashback was spent');
    }
    const feeMinor = fields.RollbackFee === true ? booked.feeMinor : 0;
    return moved(this.#end(booked, 'Refund', { cashbackMinor, feeMinor }), this.switches);
  }

  #cancel(externalReference: string): Answer {
    const booked = this.#sales.get(externalReference);
    if (!booked) return UNKNOWN;
    return booked.endedBy ? this.wording.alreadyDone : moved(this.#end(booked, 'Cancel'), this.switches);
  }

  #withdraw(fields: Record<string, unknown>): Answer {
    const wallet = this.#wallets.get(String(fields.Id));
    if (!hasAll(fields, ['ExternalReference', 'Amount']) || !wallet) return UNKNOWN;
    const amountMinor = minorOf(fields.Amount, wallet.currency) ?? 0;
    if (amountMinor <= 0) return failed(400, 'Transaction.Invalid', 'Amount is not valid');
    if (amountMinor > wallet.balanceMinor) return failed(400, 'Wallet.Insufficient', 'Insufficient balance');
    const externalReference = String(fields.ExternalReference);
    const description = textOf(fields.Description) ?? '';
    wallet.balanceMinor -= amountMinor;
    const withdrawal = this.#record(String(fields.Id), {
      type: 'Withdraw',
      amountMinor,
      externalReference,
      description,
    });
    this.#book(withdrawal, 'other', amountMinor, { key: externalReference });
    return moved(withdrawal, this.switches);
  }

  /** Gives a sale's money back, and takes back what hangs on it. */
  #end(booked: Booked, type: 'Refund' | 'Cancel', how: Partial<Ending> = {}): Transaction {
    const { cashbackMinor = 0, feeMinor = 0, byHand, at } = how;
    const { walletId, externalReference, amountMinor, giftMinor, id } = booked.sale;
    const wallet = this.#wallets.get(walletId);
    if (wallet) wallet.balanceMinor += amountMinor - cashbackMinor;
    booked.endedBy = type;
    const transaction = this.#record(walletId, {
      type,
      amountMinor,
      externalReference,
      description: `${type} of Purchase ${externalReference}`,
      cashbackMinor,
      mainId: id,
      ...(giftMinor !== undefined && { giftMinor }),
      ...(at !== undefined && { at }),
    });
    const hand = byHand && { byHand };
    this.#book(transaction, 'refund', amountMinor, { ...hand });
    if (cashbackMinor > 0) this.#book(transaction, 'other', cashbackMinor, { ...hand });
    if (feeMinor > 0) this.#book(transaction, 'other', feeMinor, { ...hand });
    return transaction;
  }

  #book(
    { id, externalReference, at }: Transaction,
    kind: 'refund' | 'other',
    amountMinor: number,
    more: { key?: string; byHand?: true },
  ): void {
    const original = externalReference;
    this.world.books.add({
      provider: 'paywall',
      kind,
      original,
      amountMinor,
      providerReference: id,
      at,
      ...more,
    });
  }

  #saleOf(externalReference: string): Booked {
    const booked = this.#sales.get(externalReference);
    if (!booked) throw new Error(`paywall: no sale ${externalReference}`);
    return booked;
  }

  #record(
    walletId: string,
    own: Pick<Transaction, 'type' | 'amountMinor' | 'externalReference'> & Partial<Transaction>,
  ): Transaction {
    const { balanceMinor = 0, currency = '', alias = '' } = this.#wallets.get(walletId) ?? {};
    const ids = { id: randomUUID(), uniqueCode: randomUUID(), mainId: null };
    const facts = { walletId, balanceMinor, currency, alias, description: 'order', cashbackMinor: 0 };
    const transaction = { ...ids, ...facts, at: this.world.now(), ...own };
    const { externalReference } = own;
    this.#transactions.set(externalReference, [
      ...(this.#transactions.get(externalReference) ?? []),
      transaction,
    ]);
    return transaction;
  }
}

interface Ending {
  cashbackMinor: number;
  feeMinor: number;
  byHand: true;
  at: number;
}

const UNKNOWN = failed(400, 'Transaction.NotFound', 'Transaction not found');
