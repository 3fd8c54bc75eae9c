import { hasAll, minorOf, textOf } from '../engine/fields';
import type { Credentials, Operation } from '../options';
import { failed, listed, moved, refusing } from './answers';
import type { PaywallBooks } from './books';
import type { Sold } from './records';
import type { Answer, ProviderSimulator, Route, SimulatedRequest, Wording } from '../engine/provider';
import type { Switches } from '../switches';

/** What is rolled back unasked at a sale that earned no cashback. */
const UNASKED_MINOR = 777;

/** Paywall: the sale wallet; refunds are whole, and refund and sale share one reference. */
export function paywallApi(
  books: PaywallBooks,
  switches: Switches['paywall'],
  { apiKey, apiClient }: Credentials['paywall'],
): ProviderSimulator {
  const no = refusing(switches);
  const unknown = no(400, 'Transaction.NotFound');
  const wording = wordingOf(switches);

  function refund({ fields, cashback }: SimulatedRequest): Answer {
    const sold = books.sold(fields.ExternalReference);
    if (!sold) return unknown;
    const isHostileRepeat = sold.endedBy === 'Refund' && switches.hostileSecondRefund;
    if (sold.endedBy && !isHostileRepeat) return wording.alreadyDone;
    const isAsked = fields.RollbackCashback === true;
    const cashbackMinor = cashbackOf(sold, isAsked, cashback);
    if (isAsked && cashbackMinor > 0 && sold.cashbackSpent && switches.spentCashback === 'refuse') {
      return no(400, 'Transaction.CashbackSpent');
    }
    const feeMinor = fields.RollbackFee === true ? sold.feeMinor : 0;
    return moved(books.end(sold, 'Refund', { cashbackMinor, feeMinor }), switches);
  }

  function cancel({ fields }: SimulatedRequest): Answer {
    const sold = books.sold(fields.ExternalReference);
    if (!sold) return unknown;
    return sold.endedBy ? wording.alreadyDone : moved(books.end(sold, 'Cancel'), switches);
  }

  function withdraw({ fields }: SimulatedRequest): Answer {
    const wallet = books.wallet(fields.Id);
    if (!wallet) return unknown;
    const amountMinor = minorOf(fields.Amount, wallet.currency) ?? 0;
    if (!hasAll(fields, ['ExternalReference']) || amountMinor <= 0) return no(400, 'Transaction.Invalid');
    if (amountMinor > wallet.balanceMinor) return no(400, 'Wallet.Insufficient');
    const description = textOf(fields.Description) ?? '';
    return moved(
      books.withdraw(wallet, amountMinor, String(fields.ExternalReference), description),
      switches,
    );
  }

  const post = (operation: Operation, path: string, handle: Route['handle']): Route => ({
    operation,
    method: 'POST',
    path: `/api/v1/wallet/${path}`,
    subject: ({ fields }) => textOf(fields.ExternalReference),
    handle,
  });
  const routes: Route[] = [
    post('refund', 'purchase/refund', refund),
    post('cancel', 'purchase/cancel', cancel),
    post('reverse', 'withdraw', withdraw),
    {
      operation: 'lookUp',
      method: 'GET',
      path: '/api/v1/wallet/transaction/by/external-reference/:reference',
      subject: ({ params }) => params.reference,
      handle: ({ params, asOf }) => listed(books.under(params.reference ?? '', asOf), switches),
    },
  ];
  const authorize: ProviderSimulator['authorize'] = (request) =>
    request.header('apikeypublic') === apiKey && request.header('apiclientpublic') === apiClient
      ? undefined
      : wording.unauthorized;
  const refundInPanel: ProviderSimulator['refundInPanel'] = ({ fields, params }) => {
    const sold = books.sold(fields.ExternalReference ?? params.reference);
    if (sold && !sold.endedBy) books.refundByHand(sold.sale.externalReference);
  };
  return { routes, wording, authorize, refundInPanel, lookUpDelayMs: switches.lookUpDelayMs };
}

/** How much cashback a refund takes, which may be another thing than was asked. */
function cashbackOf(
  { cashbackMinor }: Sold,
  isAsked: boolean,
  against: SimulatedRequest['cashback'],
): number {
  if (against === 'kept') return 0;
  if (against === 'unasked' && !isAsked) return cashbackMinor || UNASKED_MINOR;
  return isAsked ? cashbackMinor : 0;
}

function wordingOf(switches: Switches['paywall']): Wording {
  const no = refusing(switches);
  return {
    unauthorized: no(401, 'Auth.Invalid'),
    tooMany: no(429, 'General.Limit', 'General'),
    serverError: no(500, 'General'),
    transient: no(500, 'General'),
    alreadyDone: no(400, 'Transaction.AlreadyRefunded'),
    refused: (operation, code) =>
      no(400, operation === 'lookUp' ? 'General' : 'Transaction.NotRefundable', code),
    unlisted: (_, text = 'Mükerrer işlem') => failed(400, text),
    contradiction: { IsSuccess: true, IsFailure: true },
    amountFields: ['Amount'],
    referenceFields: ['ExternalReference'],
  };
}
