import { HOUR_MS, major } from '../engine/fields';
import type { Credentials, Operation } from '../options';
import type { Answer, ProviderSimulator, Route, SimulatedRequest, Wording, World } from '../engine/provider';
import type { Switches } from '../switches';
import { WYRE_ACCOUNT, type Ordered, type Refund, type WyreBooks } from './books';

const WINDOW_MS = 30 * 24 * HOUR_MS;

const wording: Wording = {
  unauthorized: failed(401, 'AccessDeniedException', 'accessDenied.invalidSession', 'Invalid Session'),
  tooMany: failed(429, 'RateLimitException', 'rateLimit', 'Too many requests'),
  serverError: failed(500, 'UnknownException', 'unknown', 'Internal error'),
  transient: failed(500, 'UnknownException', 'unknown', 'Internal error', true),
  alreadyDone: failed(400, 'ValidationException', 'refund.alreadyRefunded', 'Order already refunded'),
  refused: (_, code = 'refund.rejected') => failed(400, 'ValidationException', code, 'Refund not possible'),
  unlisted: (_, code = 'order.processing') =>
    failed(400, 'ValidationException', code, 'Request not accepted'),
  contradiction: { failedReason: 'Card network rejected the refund' },
  amountFields: ['sourceAmount'],
  referenceFields: ['walletOrderId', 'id'],
};
const NOT_OWNER = failed(401, 'AccessDeniedException', 'accessDenied.notOwner', 'Not the owner of the order');
const TOO_LATE = failed(400, 'ValidationException', 'refund.windowExpired', 'Refund window is over');
const NOT_COMPLETE = failed(400, 'ValidationException', 'refund.orderNotComplete', 'Order is not complete');
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
    const isHostileRepeat = order.refund?.status === 'COMPLETED' && switches.hostileSecondRefund;
    if (order.refund && !isHostileRepeat) return wording.alreadyDone;
    if (order.status !== 'COMPLETE') return NOT_COMPLETE;
    if (world.now() - Math.min(order.purchasedAt, order.createdAt) > WINDOW_MS) return TOO_LATE;
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
  const refundInPanel = ({ params: { id } }: SimulatedRequest) => {
    const order = books.ordered(id);
    if (order && !order.refund) books.refundByHand(order.orderId);
  };
  return { routes, wording, authorize, refundInPanel, lookUpDelayMs: switches.lookUpDelayMs };
}

function orderBody({ orderId, createdAt, owner, status, amountMinor, currency }: Ordered): Answer {
  const body = {
    id: orderId,
    createdAt,
    owner,
    status,
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
