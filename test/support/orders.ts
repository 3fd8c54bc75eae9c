import type { OrderState } from '../../src/domain/order/ledger';
import type { RefundRequest } from '../../src/domain/request';
import { aRefund, aSipayLeg, sipayPaymentOf } from './requests';
import type { Saga } from './saga';

/** A refund of a sipay payment alone. */
export function cashOnly(saga: Saga, amountMinor: number, more: Partial<RefundRequest> = {}): RefundRequest {
  const cash = { ...aSipayLeg(), amountMinor };
  return aRefund(saga.simulators, { loyalty: undefined, sale: undefined, cash, ...more });
}

/** Another refund of the same order and payment. */
export function another(first: RefundRequest, name: string, amountMinor: number): RefundRequest {
  const cash = { provider: 'sipay', transactionId: sipayPaymentOf(first), amountMinor } as const;
  return { ...first, refundId: `${first.refundId}-${name}`, cash };
}

/** What is refunded of the payment that the cash of a refund turns to, by the books. */
export function refundedOf(saga: Saga, request: RefundRequest): number {
  return saga.simulators.books.effective('sipay', sipayPaymentOf(request));
}

/** What the order of a refund knows. */
export function orderOf(saga: Saga, { orderId }: RefundRequest): Promise<OrderState> {
  return saga.client.workflow.getHandle(`order:${orderId}`).query<OrderState>('getOrder');
}
