import type { LoggedRequest } from '../../simulators';
import { formatMinor } from '../../src/domain/money';
import { LEG_NAMES } from '../../src/domain/plan';
import type { RefundRequest, RequestLeg } from '../../src/domain/request';

type Text = [provider: string, text: string];
type LoyaltyLeg = NonNullable<RefundRequest['loyalty']>;

/** Each refund names its original and its amount to the last digit, and each reversal its amount, where the provider has fields for them. */
export function exactOnTheWire(request: RefundRequest, requests: readonly LoggedRequest[]): string[] {
  const wanted = LEG_NAMES.flatMap((leg) => onTheWire(request[leg]));
  const reversed = request.loyalty ? onTheWireBack(request.loyalty) : [];
  return requests.flatMap(({ provider, operation, path, body }) => {
    const texts = { refund: wanted, reverse: reversed }[operation as string] ?? [];
    const missing = texts.filter(([name, text]) => name === provider && !`${path} ${body}`.includes(text));
    return missing.map(([name, text]) => `${name}: a ${operation} was sent without ${text}`);
  });
}

function onTheWireBack({ provider, points }: LoyaltyLeg): Text[] {
  return [[provider, provider === 'dsquares' ? `"PointsValue":${points}` : `"amount":${points}`]];
}

function onTheWire(leg: RequestLeg | undefined): Text[] {
  switch (leg?.provider) {
    case undefined:
      return [];
    case 'dsquares':
      return [
        [leg.provider, `"TransactionId":${leg.transactionId}`],
        [leg.provider, `"Points":${leg.points}`],
      ];
    case 'mircate':
      return [
        [leg.provider, `"transactionId":"${leg.transactionId}"`],
        [leg.provider, `"amount":${leg.points}`],
      ];
    case 'paywall':
      return [
        [leg.provider, `"ExternalReference":"${leg.externalReference}"`],
        [leg.provider, `"RollbackFee":${leg.rollbackFee}`],
        [leg.provider, `"RollbackCashback":${leg.rollbackCashback}`],
      ];
    case 'sipay':
      return [
        [leg.provider, `"tx_correlation_id":"${leg.transactionId}"`],
        [leg.provider, `"refund_amount":${formatMinor(leg.amountMinor, 2)}`],
      ];
    case 'wyre':
      return [[leg.provider, `/v3/orders/${leg.orderId}/refund/partner`]];
  }
}
