import { integerOf, textOf } from '../engine/fields';
import type { MircateBooks } from './books';
import { walletName, type Row } from './wallet';
import type { Credentials, Operation } from '../options';
import type { Answer, ProviderSimulator, Route, SimulatedRequest, Wording } from '../engine/provider';
import type { Switches } from '../switches';

type Fields = Record<string, unknown>;

const says = (status: number, message: string): Answer => ({ status, body: { message } });
const BAD = says(400, 'Bad or missing parameter');
const MISSING = says(404, 'Record not found');
const OVER_CAP = says(400, 'Refund amount exceeds refundable amount');
const INSUFFICIENT = says(400, 'Insufficient balance');

const wording: Wording = {
  unauthorized: says(403, 'Forbidden'),
  tooMany: says(429, 'Too many requests'),
  serverError: says(500, 'Internal server error'),
  transient: says(500, 'Internal server error'),
  alreadyDone: says(400, 'Transaction already refunded'),
  refused: (operation, message) => (message === undefined ? refusal(operation) : says(400, message)),
  unlisted: (_, message = 'Conflict') => says(409, message),
  contradiction: { message: 'Refund failed' },
  amountFields: ['amount'],
  referenceFields: ['refundedTransactionId', 'description'],
};

/** Mircate: loyalty points; the same partial refund twice moves twice, and no refund carries a reference of ours. */
export function mircateApi(
  books: MircateBooks,
  switches: Switches['mircate'],
  { apiKey, projectId, accountId }: Credentials['mircate'],
): ProviderSimulator {
  function refund(fields: Fields): Answer {
    const isWhole = fields.amount === undefined;
    const amount = integerOf(fields.amount) ?? 0;
    const id = textOf(fields.transactionId);
    if (walletName(fields) === undefined || id === undefined || (!isWhole && amount <= 0)) return BAD;
    const spent = books.spent(id);
    if (!spent || spent.wallet !== books.walletAt(fields)) return MISSING;
    if ((isWhole || switches.capped) && spent.left <= 0) return wording.alreadyDone;
    if (switches.capped && amount > spent.left) return OVER_CAP;
    const row = books.refund(spent, isWhole ? spent.left : amount);
    if (switches.answer204) return { status: 204 };
    const { transactionId, amount: moved, channel, createdAt } = shown(row, switches);
    const transaction = {
      transactionId,
      type: switches.refundType,
      amount: moved,
      channel,
      createdAt,
      refundedTransactionId: id,
    };
    return succeeded({ transaction, balance: spent.wallet.balance });
  }

  function spend(fields: Fields): Answer {
    const amount = integerOf(fields.amount) ?? 0;
    const channel = textOf(fields.channel);
    if (walletName(fields) === undefined || amount <= 0 || channel === undefined) return BAD;
    const wallet = books.walletAt(fields);
    if (!wallet) return MISSING;
    if (amount > wallet.balance) return INSUFFICIENT;
    const row = books.take(wallet, amount, textOf(fields.description) ?? '', channel);
    return succeeded({ transaction: shown(row, switches), balance: wallet.balance });
  }

  function list({ fields, asOf }: SimulatedRequest): Answer {
    const from = integerOf(fields.from) ?? 0;
    const pageSize = Math.min(integerOf(fields.pageSize) ?? 20, switches.maxPageSize);
    if (walletName(fields) === undefined || from < 0 || pageSize <= 0) return BAD;
    const wallet = books.walletAt(fields);
    if (!wallet) return MISSING;
    const rows = wallet.rows.filter((row) => row.at <= asOf && passes(row, fields.filters));
    const transactions = rows.slice(from, from + pageSize).map((row) => shown(row, switches));
    const total = switches.listTotal && { total: rows.length };
    return { status: 200, body: { transactions, from, pageSize, ...total, size: transactions.length } };
  }

  function succeeded(body: Fields): Answer {
    return { status: 200, body: { ...body, ...(switches.successMessage && { message: 'Success' }) } };
  }

  function refundInPanel({ fields }: SimulatedRequest): void {
    const spent = books.spent(textOf(fields.transactionId) ?? '');
    const points = fields.amount === undefined ? spent?.left : integerOf(fields.amount);
    if (!spent || points === undefined || points <= 0) return;
    if (switches.capped && points > spent.left) return;
    books.refundByHand(spent.row.transactionId, points);
  }

  const route = (operation: Route['operation'], path: string, handle: Route['handle']): Route => {
    return { operation, method: 'POST', path: `/CALL/WalletAPI/${path}`, subject: subjectOf, handle };
  };
  const routes = [
    route('refund', `refund/${projectId}-${accountId}`, ({ fields }) => refund(fields)),
    route('reverse', `spend/${projectId}-${accountId}`, ({ fields }) => spend(fields)),
    route('lookUp', `listTransactions/${projectId}`, list),
  ];
  const authorize: ProviderSimulator['authorize'] = (request) =>
    request.header('x-api-key') === apiKey ? undefined : wording.unauthorized;
  return { routes, wording, authorize, refundInPanel, lookUpDelayMs: switches.lookUpDelayMs };
}

function subjectOf({ fields }: SimulatedRequest): string | undefined {
  return textOf(fields.description) ?? textOf(fields.transactionId) ?? walletName(fields);
}

function refusal(operation: Operation): Answer {
  if (operation === 'reverse') return INSUFFICIENT;
  return operation === 'refund' ? OVER_CAP : BAD;
}

function shown(row: Row, { negativeAmounts }: Switches['mircate']) {
  const { transactionId, type, description, channel } = row;
  const amount = negativeAmounts ? -row.amount : row.amount;
  return { transactionId, type, amount, description, channel, createdAt: new Date(row.at).toISOString() };
}

/** Whether a row passes one of the filters: the type is equal, the search text contained. */
function passes(row: Row, filters: unknown): boolean {
  if (!Array.isArray(filters) || filters.length === 0) return true;
  return (filters as Fields[]).some(
    ({ type, search }) =>
      (type === undefined || type === row.type) &&
      (typeof search !== 'string' || `${row.transactionId} ${row.description}`.includes(search)),
  );
}
