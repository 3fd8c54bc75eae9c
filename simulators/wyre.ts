import { HOUR_MS, major } from './fields';
import type { Credentials, Operation, Switches } from './options';
import type { Answer, ProviderSimulator, Route, SimulatedRequest, Wording, World } from './provider';
import { WYRE_ACCOUNT, type Ordered, type Refund, type WyreBooks } from './wyre-books';

const WINDOW_MS = 30 * 24 * HOUR_MS;

const wording: Wording = {
  unauthorized: failed(401, 'AccessDeniedException', 'accessDenied.invalidSession', 'Invalid Session'),
  tooMany: failed(429, 'RateLimitException', 'rateLimit', 'Too many requests'),
  serverError: failed(500, 'UnknownException', 'unknown', 'Internal error'),
  transient: failed(500, 'UnknownException', 'unknown', 'Internal error', true),
  alreadyDone: failed(400, 'ValidationException', 'refund.alreadyRefunded', 'Order already refunded'),
  refused: (_, code = 'refund.rejected') => failed(400, 'ValidationException', code, 'Refund not possible'),
  contradiction: { failedReason: 'Card network rejected the refund' },
  amountFields: ['sourceAmount'],
  referenceFields: ['walletOrderId', 'id'],
};
const NOT_OWNER = failed(401, 'AccessDeniedException', 'accessDenied.notOwner', 'Not the owner of the order');
const TOO_LATE = failed(400, 'ValidationException', 'refund.windowExpired', 'Refund window is over');
const NO_FUNDS = failed(400, 'InsufficientFundsException', 'refund.insufficientFunds', 'Insufficient funds');

/** Wyre: card orders, refunded whole and once only, even when that once fails. */
export function wyreApi(
  world: World,
  books: WyreBooks,
  switches: Switches['wyre'],
  { apiKey }: Credentials['wyre'],
): ProviderSimulator {
  const missing = (record: 'order' | 'refund') => {
    const message = record === 'order' ? 'Order not found' : 'Refund not found';
    return failed(switches.notFoundStatus, 'NotFoundException', `${record}.notFound`, message);
  };

  function refund(order: Ordered, { pendingReads = 0 }: SimulatedRequest): Answer {
    if (order.owner !== WYRE_ACCOUNT) return NOT_OWNER;
    if (order.refund) return wording.alreadyDone;
    if (world.now() - order.purchasedAt > WINDOW_MS) return TOO_LATE;
    if (books.partnerBalance(order.currency) < order.amountMinor) {
      if (switches.insufficientFundsBurns) books.fail(order, 'Insufficient funds');
      return NO_FUNDS;
    }
    return { status: 200, body: recordOf(order, books.refund(order, pendingReads)) };
  }

  function lookUp(order: Ordered, { asOf }: SimulatedRequest): Answer {
    if (!order.refund || order.refund.at > asOf) return missing('refund');
    const body = recordOf(order, order.refund);
    order.refund.pendingReads -= 1;
    return { status: 200, body };
  }

  const route = (
    operation: Operation,
    method: Route['method'],
    path: string,
    act: (order: Ordered, request: SimulatedRequest) => Answer,
  ): Route => ({
    operation,
    method,
    path: `/v3/orders/:id${path}`,
    subject: ({ params }) => params.id,
    handle: (request) => {
      const order = books.ordered(request.params.id);
      return order ? act(order, request) : missing('order');
    },
  });
  const routes = [
    route('refund', 'POST', '/refund/partner', refund),
    route('lookUp', 'GET', '/refund', lookUp),
    route('check', 'GET', '', orderBody),
  ];
  const authorize: ProviderSimulator['authorize'] = (request) =>
    request.header('Authorization') === `Bearer ${apiKey}` ? undefined : wording.unauthorized;
  return { routes, wording, authorize, lookUpDelayMs: switches.lookUpDelayMs };
}

function orderBody({ orderId, purchasedAt, owner, amountMinor, currency }: Ordered): Answer {
  const body = {
    id: orderId,
    createdAt: purchasedAt,
    owner,
    status: 'COMPLETE',
    sourceAmount: major(amountMinor, currency),
    sourceCurrency: currency,
    transferId: `TF_${orderId}`,
  };
  return { status: 200, body };
}

function recordOf(
  { orderId }: Ordered,
  { at, status, failedReason, pendingReads }: Refund,
): Record<string, unknown> {
  const isPending = pendingReads > 0;
  return {
    walletOrderId: orderId,
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
