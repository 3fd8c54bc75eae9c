import { randomUUID } from 'node:crypto';
import { LosslessNumber } from 'lossless-json';
import { HOUR_MS, hasAll, integerOf, major, minorOf, textOf } from './fields';
import type { Credentials, Switches } from './options';
import type { Answer, ProviderSimulator, Route, SimulatedRequest, Wording, World } from './provider';
import { idOnWire, rowOf, selected, walletInfo, type SipayTransaction } from './sipay-rows';

/** A payment to seed; it is a row of the summary list too. */
export interface Payment {
  transactionId: string;
  amountMinor: number;
  currency: string;
  /** @default an hour ago */
  at?: number;
}

interface Paid {
  payment: SipayTransaction;
  refundedMinor: number;
}

const TOKEN_LIFE_S = 3600;

/** Sipay: cash to an instant wallet; one reference of ours per refund, duplicates answered with 301. */
export class SipaySimulator implements ProviderSimulator {
  readonly #payments = new Map<string, Paid>();
  readonly #transactions: SipayTransaction[] = [];
  readonly #used = new Set<string>();
  readonly #tokens = new Map<string, number>();
  #merchantMinor: number;
  #customerMinor = 100_000;
  #lastId = 0;

  constructor(
    private readonly world: World,
    private readonly switches: Switches['sipay'],
    private readonly credentials: Credentials['sipay'],
  ) {
    this.#merchantMinor = switches.merchantBalance;
  }

  get lookUpDelayMs(): number {
    return this.switches.lookUpDelayMs;
  }

  readonly wording: Wording = {
    unauthorized: failed(401, '401', 'Unauthorized'),
    tooMany: failed(429, null, 'Too many requests'),
    serverError: { status: 500, body: SYSTEM_ERROR },
    transient: { status: 500, body: SYSTEM_ERROR },
    alreadyDone: failed(200, '301', 'Duplicate ext_transaction_id'),
    refused: (operation, code = '300') => {
      if (operation === 'token') return { status: 400, body: { error: 'invalid_client' } };
      return operation === 'refund'
        ? failed(this.switches.refusalStatus, code, 'Wallet not found or invalid')
        : { status: 200, body: SYSTEM_ERROR };
    },
    contradiction: { code: '301' },
    amountFields: ['transaction_amount', 'tx_base_amount'],
    referenceFields: ['ext_transaction_id'],
  };

  get routes(): Route[] {
    const subject = ({ fields }: SimulatedRequest) => textOf(fields.ext_transaction_id) ?? idOf(fields.id);
    return [
      {
        operation: 'token',
        method: 'POST',
        path: '/identity/connect/token',
        subject: () => 'token',
        handle: ({ form }) => this.#token(form),
        open: true,
      },
      {
        operation: 'refund',
        method: 'POST',
        path: '/v1/Transaction/RefundPaymentInstant',
        subject,
        handle: (request) => this.#refund(request),
      },
      {
        operation: 'lookUp',
        method: 'POST',
        path: '/v1/TransactionData/SummaryRecordByFilter',
        subject,
        handle: (request) => this.#list(request),
      },
    ];
  }

  authorize(request: SimulatedRequest): Answer | undefined {
    const token = /^Bearer (.+)$/.exec(request.header('Authorization') ?? '')?.[1] ?? '';
    const isLive = token === this.credentials.token || (this.#tokens.get(token) ?? 0) > this.world.now();
    return isLive ? undefined : this.wording.unauthorized;
  }

  /** Seeds a payment that a customer made. */
  addPayment({ transactionId, amountMinor, currency, at = this.world.now() - HOUR_MS }: Payment): void {
    const payment = this.#record({
      id: transactionId,
      kind: 'payment',
      paymentId: transactionId,
      extTransactionId: `pay-${transactionId}`,
      amountMinor,
      currency,
      description: 'payment',
      at,
      pendingReads: 0,
    });
    this.#payments.set(transactionId, { payment, refundedMinor: 0 });
  }

  /** Sets our float, in minor units. */
  setMerchantBalance(amountMinor: number): void {
    this.#merchantMinor = amountMinor;
  }

  /** Our float now, in minor units. */
  merchantBalance(): number {
    return this.#merchantMinor;
  }

  /** Ends every token that was given out. */
  expireTokens(): void {
    this.#tokens.clear();
  }

  /** Someone else refunds a payment, or a part of it, under a reference of his own. */
  refundByHand(transactionId: string, amountMinor: number, at?: number): void {
    const paid = this.#payments.get(transactionId);
    if (!paid) throw new Error(`sipay: no payment ${transactionId}`);
    this.#give(paid, amountMinor, { key: `hand-${this.#lastId}`, at: at ?? this.world.now(), byHand: true });
  }

  #token(form: URLSearchParams): Answer {
    const { clientId, clientSecret } = this.credentials;
    const failure = (error: string): Answer => ({ status: 400, body: { error } });
    if (form.get('grant_type') !== 'client_credentials') return failure('unsupported_grant_type');
    if (form.get('client_id') !== clientId || form.get('client_secret') !== clientSecret)
      return failure('invalid_client');
    if (form.get('scope') !== SCOPE) return failure('invalid_scope');
    const token = `token-${randomUUID()}`;
    this.#tokens.set(token, this.world.now() + TOKEN_LIFE_S * 1000);
    return {
      status: 200,
      body: { access_token: token, token_type: 'Bearer', expires_in: TOKEN_LIFE_S, scope: SCOPE },
    };
  }

  #refund({ fields, pendingReads = 0 }: SimulatedRequest): Answer {
    const { switches } = this;
    const refuse = (code: string, message: string) => failed(switches.refusalStatus, code, message);
    const required = ['tx_correlation_id', 'ext_transaction_id', 'currency_code', 'refund_amount'];
    if (!hasAll(fields, required)) return failed(400, null, 'A required field is missing');
    const currency = String(fields.currency_code);
    const amountMinor = minorOf(fields.refund_amount, currency);
    if (amountMinor === undefined) return failed(400, null, 'refund_amount is not valid');
    if (amountMinor === 0) return { status: 200, body: SYSTEM_ERROR };
    const key = String(fields.ext_transaction_id);
    const paid = this.#payments.get(idOf(fields.tx_correlation_id) ?? '');
    if (!paid) return refuse('300', 'Wallet not found or invalid');
    if (this.#used.has(key) && !switches.executesDuplicates)
      return refuse('301', 'Duplicate ext_transaction_id');
    if (paid.payment.currency !== currency) return refuse('300', 'Wallet not found or invalid');
    if (amountMinor > paid.payment.amountMinor - paid.refundedMinor) {
      return refuse('399', 'Refund amount exceeds payment amount');
    }
    if (amountMinor > this.#merchantMinor) return refuse('311', 'Insufficient wallet balance');
    const previousMinor = paid.refundedMinor;
    const description = textOf(fields.description) ?? '';
    const { id } = this.#give(paid, amountMinor, { key, at: this.world.now(), description, pendingReads });
    if (pendingReads > 0) return { status: 504 };
    const payload = {
      transaction_id: idOnWire(id, switches),
      ext_transaction_id: key,
      transaction_amount: major(amountMinor, currency),
      transaction_fee_amount: major(switches.feeMinor, currency),
      previous_amount: major(previousMinor, currency),
      wallet_info: walletInfo(this.#customerMinor, currency, switches),
    };
    return { status: 200, body: { status: 0, code: '100', message: 'İşlem başarılı', payload } };
  }

  #list({ fields, asOf }: SimulatedRequest): Answer {
    if (!hasAll(fields, ['order_column', 'page_size', 'page_index'])) {
      return failed(400, null, 'A required field is missing');
    }
    const visible = this.#transactions.filter(({ at }) => at <= asOf);
    const { page, total } = selected(visible, fields, this.switches, this.world.now());
    const results = page.map((transaction) => rowOf(transaction, this.switches));
    for (const transaction of page) transaction.pendingReads -= 1;
    const paging = {
      page_index: integerOf(fields.page_index),
      page_size: integerOf(fields.page_size),
      total_count: total,
    };
    return {
      status: 200,
      body: { status: 0, code: '100', message: 'İşlem Başarılı', payload: { results, ...paging } },
    };
  }

  #give(paid: Paid, amountMinor: number, how: Refunding): SipayTransaction {
    const { id: paymentId, currency } = paid.payment;
    const { key, at, byHand, description = '', pendingReads = 0 } = how;
    paid.refundedMinor += amountMinor;
    this.#merchantMinor -= amountMinor;
    this.#customerMinor += amountMinor;
    this.#used.add(key);
    const id = `744${String((this.#lastId += 1)).padStart(16, '0')}`;
    const facts = { paymentId, extTransactionId: key, amountMinor, currency, description, at, pendingReads };
    this.world.books.add({
      provider: 'sipay',
      kind: 'refund',
      original: paymentId,
      ...(byHand ? { byHand } : { key }),
      amountMinor,
      providerReference: id,
      at,
    });
    return this.#record({ id, kind: 'refund', ...facts });
  }

  #record(transaction: SipayTransaction): SipayTransaction {
    this.#transactions.push(transaction);
    return transaction;
  }
}

interface Refunding {
  key: string;
  at: number;
  description?: string;
  pendingReads?: number;
  byHand?: true;
}

const SCOPE = 'sts_business_api';
const SYSTEM_ERROR = { status: 2, code: null, message: 'Sistem Hatası!', payload: null };

function failed(status: number, code: string | null, message: string): Answer {
  return { status, body: { status: 1, code, message, payload: null } };
}

/** An id sent as text or as bare digits. */
function idOf(value: unknown): string | undefined {
  return value instanceof LosslessNumber ? value.value : textOf(value);
}
