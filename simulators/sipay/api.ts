import { LosslessNumber } from 'lossless-json';
import { hasAll, integerOf, major, minorOf, textOf } from '../engine/fields';
import type { Operation } from '../options';
import type { Answer, ProviderSimulator, Route, SimulatedRequest, Wording, World } from '../engine/provider';
import { idOnWire, rowOf, walletInfo } from './answers';
import type { Paid, SipayBooks } from './books';
import { selected } from './filter';
import type { SipayTokens } from './tokens';
import type { Switches } from '../switches';

const SYSTEM_ERROR = { status: 2, code: null, message: 'Sistem Hatası!', payload: null };
const INCOMPLETE = failed(400, null, 'A required field is missing');
const REQUIRED = ['tx_correlation_id', 'ext_transaction_id', 'currency_code', 'refund_amount'];
const REQUIRED_TO_LIST = ['order_column', 'page_size', 'page_index'];

const REFUSALS = {
  '300': 'Wallet not found or invalid',
  '301': 'Duplicate ext_transaction_id',
  '311': 'Insufficient wallet balance',
  '399': 'Refund amount exceeds payment amount',
} as const;

/** Sipay: cash to an instant wallet; one reference of ours per refund, duplicates answered with 301. */
export function sipayApi(
  world: World,
  books: SipayBooks,
  tokens: SipayTokens,
  switches: Switches['sipay'],
): ProviderSimulator {
  const no = (code: keyof typeof REFUSALS) => failed(switches.refusalStatus, code, REFUSALS[code]);

  function refund({ fields, pendingReads = 0 }: SimulatedRequest): Answer {
    if (!hasAll(fields, REQUIRED)) return INCOMPLETE;
    const currency = String(fields.currency_code);
    const key = String(fields.ext_transaction_id);
    const amountMinor = minorOf(fields.refund_amount, currency);
    if (amountMinor === undefined) return failed(400, null, 'refund_amount is not valid');
    if (amountMinor === 0) return { status: 200, body: SYSTEM_ERROR };
    const isText = !(fields.tx_correlation_id instanceof LosslessNumber);
    if (switches.wantsIntegerIds && isText) return failed(400, null, 'tx_correlation_id is not valid');
    const paid = books.paid(idOf(fields.tx_correlation_id) ?? '');
    if (paid?.payment.currency !== currency) return no('300');
    if (books.isUsed(key) && !switches.executesDuplicates) return no('301');
    if (switches.capped && amountMinor > leftOf(paid)) return no('399');
    if (amountMinor > books.merchantBalance) return no('311');
    const previousMinor = paid.refundedMinor;
    const description = textOf(fields.description) ?? '';
    const { id } = books.refund(paid, amountMinor, { key, description, pendingReads });
    if (pendingReads > 0) return { status: 504 };
    return succeeded('İşlem başarılı', {
      transaction_id: idOnWire(id, switches),
      ext_transaction_id: key,
      transaction_amount: major(amountMinor, currency),
      transaction_fee_amount: major(switches.feeMinor, currency),
      previous_amount: major(previousMinor, currency),
      wallet_info: walletInfo(books.customerBalance, currency, switches),
    });
  }

  function list({ fields, asOf }: SimulatedRequest): Answer {
    if (!hasAll(fields, REQUIRED_TO_LIST)) return INCOMPLETE;
    const { page, total } = selected(books.transactions(asOf), fields, switches, world.now());
    const results = page.map((transaction) => rowOf(transaction, switches));
    for (const transaction of page) {
      // Only a look-up of this very refund counts: others may list it by the way.
      if (transaction.extTransactionId === fields.ext_transaction_id) transaction.pendingReads -= 1;
    }
    const asked = { page_index: integerOf(fields.page_index), page_size: integerOf(fields.page_size) };
    return succeeded('İşlem Başarılı', { results, ...asked, total_count: total });
  }

  function refundInPanel({ fields }: SimulatedRequest): void {
    const paid = books.paid(idOf(fields.tx_correlation_id) ?? '');
    const amountMinor = paid && minorOf(fields.refund_amount, paid.payment.currency);
    if (!paid || amountMinor === undefined || amountMinor === 0) return;
    if (switches.capped && amountMinor > leftOf(paid)) return;
    books.refundByHand(paid.payment.id, amountMinor);
  }

  const wording: Wording = {
    unauthorized: failed(401, '401', 'Unauthorized'),
    tooMany: failed(429, null, 'Too many requests'),
    serverError: { status: 500, body: SYSTEM_ERROR },
    transient: { status: 500, body: SYSTEM_ERROR },
    alreadyDone: no('301'),
    refused: (operation, code = '300') => {
      if (operation === 'token') return { status: 400, body: { error: 'invalid_client' } };
      if (operation === 'lookUp') return { status: 200, body: SYSTEM_ERROR };
      return failed(switches.refusalStatus, code, REFUSALS['300']);
    },
    unlisted: (operation, code = '999') =>
      operation === 'token'
        ? { status: 400, body: { error: code } }
        : failed(switches.refusalStatus, code, 'İşlem gerçekleştirilemedi'),
    contradiction: { code: '301' },
    amountFields: ['transaction_amount', 'tx_base_amount'],
    referenceFields: ['ext_transaction_id'],
  };
  const post = (operation: Operation, path: string, handle: Route['handle']): Route => {
    return { operation, method: 'POST', path, subject: subjectOf, handle };
  };
  const routes: Route[] = [
    { ...post('token', '/identity/connect/token', ({ form }) => tokens.issue(form)), open: true },
    post('refund', '/v1/Transaction/RefundPaymentInstant', refund),
    post('lookUp', '/v1/TransactionData/SummaryRecordByFilter', list),
  ];
  const authorize: ProviderSimulator['authorize'] = (request) =>
    tokens.accepts(request) ? undefined : wording.unauthorized;
  return { routes, wording, authorize, refundInPanel, lookUpDelayMs: switches.lookUpDelayMs };
}

function subjectOf({ fields }: SimulatedRequest): string | undefined {
  return textOf(fields.ext_transaction_id) ?? idOf(fields.id);
}

function succeeded(message: string, payload: Record<string, unknown>): Answer {
  return { status: 200, body: { status: 0, code: '100', message, payload } };
}

function failed(status: number, code: string | null, message: string): Answer {
  return { status, body: { status: 1, code, message, payload: null } };
}

function leftOf({ payment, refundedMinor }: Paid): number {
  return payment.amountMinor - refundedMinor;
}

/** An id sent as text or as bare digits. */
function idOf(value: unknown): string | undefined {
  return value instanceof LosslessNumber ? value.value : textOf(value);
}
