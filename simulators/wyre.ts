import { HOUR_MS, major } from './fields';
import type { Credentials, Switches } from './options';
import type { Answer, ProviderSimulator, Route, SimulatedRequest, Wording, World } from './provider';

/** An order to seed. */
export interface Order {
  orderId: string;
  amountMinor: number;
  currency: string;
  /** ISO 8601, or milliseconds. @default an hour ago */
  purchasedAt?: string | number;
  /** Whose order it is; another's cannot be refunded. @default ours */
  owner?: string;
}

/** The account that the simulator's API key belongs to. */
export const WYRE_ACCOUNT = 'account:AC_DEMO0000001';

interface Refund {
  at: number;
  status: 'COMPLETED' | 'FAILED';
  failedReason: string | null;
  /** How many look-ups will still see it as CREATED. */
  pendingReads: number;
}

interface Booked {
  orderId: string;
  amountMinor: number;
  currency: string;
  purchasedAt: number;
  owner: string;
  failsNext: boolean;
  refund?: Refund;
}

const WINDOW_MS = 30 * 24 * HOUR_MS;
const FAILED_REASON = 'Card network rejected the refund';

/** Wyre: card orders, refunded whole and once only, even when that once fails. */
export class WyreSimulator implements ProviderSimulator {
  readonly #orders = new Map<string, Booked>();
  readonly #balances = new Map<string, number>();

  constructor(
    private readonly world: World,
    private readonly switches: Switches['wyre'],
    private readonly credentials: Credentials['wyre'],
  ) {}

  get lookUpDelayMs(): number {
    return this.switches.lookUpDelayMs;
  }

  readonly wording: Wording = {
    unauthorized: failed(401, 'AccessDeniedException', 'accessDenied.invalidSession', 'Invalid Session'),
    tooMany: failed(429, 'RateLimitException', 'rateLimit', 'Too many requests'),
    serverError: failed(500, 'UnknownException', 'unknown', 'Internal error'),
    transient: failed(500, 'UnknownException', 'unknown', 'Internal error', true),
    alreadyDone: failed(400, 'ValidationException', 'refund.alreadyRefunded', 'Order already refunded'),
    refused: (_, code = 'refund.rejected') => failed(400, 'ValidationException', code, 'Refund not possible'),
    contradiction: { failedReason: FAILED_REASON },
    amountFields: ['sourceAmount'],
    referenceFields: ['walletOrderId', 'id'],
  };

  get routes(): Route[] {
    const route = (
      operation: Route['operation'],
      method: Route['method'],
      path: string,
      handle: Route['handle'],
    ) => {
      return { operation, method, path, handle, subject: ({ params }: SimulatedRequest) => params.id };
    };
    return [
      route('refund', 'POST', '/v3/orders/:id/refund/partner', (request) => this.#refund(request)),
      route('lookUp', 'GET', '/v3/orders/:id/refund', (request) => this.#lookUp(request)),
      route('check', 'GET', '/v3/orders/:id', ({ params }) => this.#order(params.id ?? '')),
    ];
  }

  authorize(request: SimulatedRequest): Answer | undefined {
    return request.header('Authorization') === `Bearer ${this.credentials.apiKey}`
      ? undefined
      : this.wording.unauthorized;
  }

  /** Seeds a completed order. */
  addOrder({ orderId, amountMinor, currency, purchasedAt, owner = WYRE_ACCOUNT }: Order): void {
    const bought = purchasedAt === undefined ? this.world.now() - HOUR_MS : new Date(purchasedAt).getTime();
    this.#orders.set(orderId, {
      orderId,
      amountMinor,
      currency,
      purchasedAt: bought,
      owner,
      failsNext: false,
    });
  }

  /** Sets our float in a currency, in minor units. */
  setPartnerBalance(currency: string, amountMinor: number): void {
    this.#balances.set(currency, amountMinor);
  }

  /** Our float in a currency now, in minor units. */
  partnerBalance(currency: string): number {
    return this.#balances.get(currency) ?? this.switches.partnerBalance;
  }

  /** Makes the next refund of an order end as FAILED, which is final. */
  failNext(orderId: string): void {
    this.#orderOf(orderId).failsNext = true;
  }

  /** Someone else refunds an order. */
  refundByHand(orderId: string, at = this.world.now()): void {
    this.#complete(this.#orderOf(orderId), at, 0, true);
  }

  #refund({ params, pendingReads = 0 }: SimulatedRequest): Answer {
    const order = this.#orders.get(params.id ?? '');
    const now = this.world.now();
    if (!order) return this.#notFound('order.notFound', 'Order not found');
    if (order.owner !== WYRE_ACCOUNT) {
      return failed(401, 'AccessDeniedException', 'accessDenied.notOwner', 'Not the owner of the order');
    }
    if (order.refund) return this.wording.alreadyDone;
    if (now - order.purchasedAt > WINDOW_MS) {
      return failed(400, 'ValidationException', 'refund.windowExpired', 'Refund window is over');
    }
    if (this.partnerBalance(order.currency) < order.amountMinor) {
      if (this.switches.insufficientFundsBurns) order.refund = failure(now, 'Insufficient funds');
      return failed(400, 'InsufficientFundsException', 'refund.insufficientFunds', 'Insufficient funds');
    }
    if (order.failsNext) order.refund = failure(now, FAILED_REASON);
    const refund = order.refund ?? this.#complete(order, now, pendingReads);
    return { status: 200, body: recordOf(order.orderId, refund) };
  }

  #lookUp({ params, asOf }: SimulatedRequest): Answer {
    const order = this.#orders.get(params.id ?? '');
    if (!order) return this.#notFound('order.notFound', 'Order not found');
    const { refund } = order;
    if (!refund || refund.at > asOf) return this.#notFound('refund.notFound', 'Refund not found');
    const body = recordOf(order.orderId, refund);
    refund.pendingReads -= 1;
    return { status: 200, body };
  }

  #order(orderId: string): Answer {
    const order = this.#orders.get(orderId);
    if (!order) return this.#notFound('order.notFound', 'Order not found');
    const { purchasedAt, owner, amountMinor, currency } = order;
    return {
      status: 200,
      body: {
        id: orderId,
        createdAt: purchasedAt,
        owner,
        status: 'COMPLETE',
        sourceAmount: major(amountMinor, currency),
        sourceCurrency: currency,
        transferId: `TF_${orderId}`,
      },
    };
  }

  #complete(order: Booked, at: number, pendingReads: number, byHand?: true): Refund {
    const { orderId, currency, amountMinor } = order;
    this.#balances.set(currency, this.partnerBalance(currency) - amountMinor);
    this.world.books.add({
      provider: 'wyre',
      kind: 'refund',
      original: orderId,
      amountMinor,
      providerReference: orderId,
      at,
      ...(byHand && { byHand }),
    });
    order.refund = { at, status: 'COMPLETED', failedReason: null, pendingReads };
    return order.refund;
  }

  #orderOf(orderId: string): Booked {
    const order = this.#orders.get(orderId);
    if (!order) throw new Error(`wyre: no order ${orderId}`);
    return order;
  }

  #notFound(errorCode: string, message: string): Answer {
    return failed(this.switches.notFoundStatus, 'NotFoundException', errorCode, message);
  }
}

function failure(at: number, failedReason: string): Refund {
  return { at, status: 'FAILED', failedReason, pendingReads: 0 };
}

function recordOf(
  walletOrderId: string,
  { at, status, failedReason, pendingReads }: Refund,
): Record<string, unknown> {
  const isPending = pendingReads > 0;
  return {
    walletOrderId,
    createdAt: at,
    requester: WYRE_ACCOUNT,
    status: isPending ? 'CREATED' : status,
    finishedAt: isPending ? null : at,
    failedReason,
  };
}

function failed(status: number, type: string, errorCode: string, message: string, transient = false): Answer {
  return { status, body: { language: 'en', exceptionId: 'TLFN90', errorCode, message, type, transient } };
}
