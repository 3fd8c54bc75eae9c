import { integerOf, textOf } from './fields';
import type { MircateBooks } from './mircate-books';
import { walletName, type Row } from './mircate-wallet';
import type { Credentials, Switches } from './options';
import type { Answer, ProviderSimulator, Route, SimulatedRequest, Wording } from './provider';

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
  refused: (operation) => (operation === 'reverse' ? INSUFFICIENT : operation === 'refund' ? OVER_CAP : BAD),
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
    if (spent.left <= 0) return wording.alreadyDone;
    if (amount > spent.left) return OVER_CAP;
    const row = books.refund(spent, isWhole ? spent.left : amount);
    if (switches.answer204) return { status: 204 };
    const { transactionId, type, channel, createdAt } = shown(row);
    const transaction = {
      transactionId,
      type,
      amount: row.amount,
      channel,
      createdAt,
      refundedTransactionId: id,
    };
    const body = { transaction, balance: spent.wallet.balance };
    return { status: 200, body };
  }

  function spend(fields: Fields): Answer {
    const amount = integerOf(fields.amount) ?? 0;
    const channel = textOf(fields.channel);
    if (walletName(fields) === undefined || amount <= 0 || channel === undefined) return BAD;
    const wallet = books.walletAt(fields);
    if (!wallet) return MISSING;
    if (amount > wallet.balance) return INSUFFICIENT;
    const row = books.take(wallet, amount, textOf(fields.description) ?? '', channel);
    return { status: 200, body: { transaction: shown(row), balance: wallet.balance } };
  }

  function list({ fields, asOf }: SimulatedRequest): Answer {
    const from = integerOf(fields.from) ?? 0;
    const pageSize = Math.min(integerOf(fields.pageSize) ?? 20, switches.maxPageSize);
    if (walletName(fields) === undefined || from < 0 || pageSize <= 0) return BAD;
    const wallet = books.walletAt(fields);
    if (!wallet) return MISSING;
    const rows = wallet.rows.filter((row) => row.at <= asOf && passes(row, fields.filters));
    const transactions = rows.slice(from, from + pageSize).map(shown);
    return {
      status: 200,
      body: { transactions, from, pageSize, total: rows.length, size: transactions.length },
    };
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
  return { routes, wording, authorize, lookUpDelayMs: switches.lookUpDelayMs };
}

function subjectOf({ fields }: SimulatedRequest): string | undefined {
  return textOf(fields.description) ?? textOf(fields.transactionId) ?? walletName(fields);
}

function shown({ transactionId, type, amount, description, channel, at }: Row) {
  return { transactionId, type, amount, description, channel, createdAt: new Date(at).toISOString() };
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
