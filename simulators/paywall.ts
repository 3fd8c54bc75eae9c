import { hasAll, minorOf, textOf } from './fields';
import type { Credentials, Operation, Switches } from './options';
import { failed, listed, moved } from './paywall-answers';
import type { PaywallBooks } from './paywall-books';
import type { Answer, ProviderSimulator, Route, Wording } from './provider';

type Fields = Record<string, unknown>;

const UNKNOWN = failed(400, 'Transaction.NotFound', 'Transaction not found');
const INVALID = failed(400, 'Transaction.Invalid', 'A field is missing or not valid');

const wording: Wording = {
  unauthorized: failed(401, 'Auth.Invalid', 'Unauthorized'),
  tooMany: failed(429, 'General', 'Too many requests'),
  serverError: failed(500, 'General', 'Unexpected error'),
  transient: failed(500, 'General', 'Unexpected error'),
  alreadyDone: failed(400, 'Transaction.AlreadyRefunded', 'Transaction already refunded'),
  refused: refusal,
  contradiction: { IsSuccess: true, IsFailure: true },
  amountFields: ['Amount'],
  referenceFields: ['ExternalReference'],
};

/** Paywall: the sale wallet; refunds are whole, and refund and sale share one reference. */
export function paywallApi(
  books: PaywallBooks,
  switches: Switches['paywall'],
  { apiKey, apiClient }: Credentials['paywall'],
): ProviderSimulator {
  function refund({ ExternalReference, RollbackFee, RollbackCashback }: Fields): Answer {
    const sold = books.sold(ExternalReference);
    if (!sold) return UNKNOWN;
    const isHostileRepeat = sold.endedBy === 'Refund' && switches.hostileSecondRefund;
    if (sold.endedBy && !isHostileRepeat) return wording.alreadyDone;
    const cashbackMinor = RollbackCashback === true ? sold.cashbackMinor : 0;
    if (cashbackMinor > 0 && sold.cashbackSpent && switches.spentCashback === 'refuse') {
      return failed(400, 'Wallet.CashbackSpent', 'Cashback was spent');
    }
    const feeMinor = RollbackFee === true ? sold.feeMinor : 0;
    return moved(books.end(sold, 'Refund', { cashbackMinor, feeMinor }), switches);
  }

  function cancel({ ExternalReference }: Fields): Answer {
    const sold = books.sold(ExternalReference);
    if (!sold) return UNKNOWN;
    return sold.endedBy ? wording.alreadyDone : moved(books.end(sold, 'Cancel'), switches);
  }

  function withdraw(fields: Fields): Answer {
    const wallet = books.wallet(fields.Id);
    if (!wallet) return UNKNOWN;
    const amountMinor = minorOf(fields.Amount, wallet.currency) ?? 0;
    if (!hasAll(fields, ['ExternalReference']) || amountMinor <= 0) return INVALID;
    if (amountMinor > wallet.balanceMinor) return failed(400, 'Wallet.Insufficient', 'Insufficient balance');
    const description = textOf(fields.Description) ?? '';
    return moved(
      books.withdraw(wallet, amountMinor, String(fields.ExternalReference), description),
      switches,
    );
  }

  const post = (operation: Operation, path: string, act: (fields: Fields) => Answer): Route => ({
    operation,
    method: 'POST',
    path: `/api/v1/wallet/${path}`,
    subject: ({ fields }) => textOf(fields.ExternalReference),
    handle: ({ fields }) => act(fields),
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
      handle: ({ params, asOf }) => listed(books.under(params.reference ?? '', asOf)),
    },
  ];
  const authorize: ProviderSimulator['authorize'] = (request) =>
    request.header('apikeypublic') === apiKey && request.header('apiclientpublic') === apiClient
      ? undefined
      : wording.unauthorized;
  return { routes, wording, authorize, lookUpDelayMs: switches.lookUpDelayMs };
}

function refusal(operation: Operation, code?: string): Answer {
  return operation === 'lookUp'
    ? failed(400, code ?? 'General', 'Unexpected error')
    : failed(400, code ?? 'Transaction.NotRefundable', 'Transaction cannot be refunded');
}
