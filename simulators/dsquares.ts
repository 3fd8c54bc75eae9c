import { failureBody, movementBody, walletData } from './dsquares-answers';
import type { DsquaresBooks } from './dsquares-books';
import { countersOf, REDEEM_FACTOR } from './dsquares-wallet';
import { hasAll, integerOf, textOf } from './fields';
import type { Credentials, Operation, Switches } from './options';
import type { Answer, ProviderSimulator, Route, Wording } from './provider';

type Fields = Record<string, unknown>;

const no = (code: string, message: string): Answer => ({ status: 200, body: failureBody(code, message) });
const says = (status: number, message: string): Answer => {
  return { status, body: { errorCode: String(status), errorMessage: message } };
};
const INVALID: Answer = { status: 400, body: failureBody('11', 'A required field is missing or not valid') };
const REQUIRED = ['WalletCode', 'ContactMsisdn', 'BranchMsisdn'];

const wording: Wording = {
  unauthorized: says(401, 'Invalid ClientId'),
  tooMany: says(429, 'Too many requests'),
  serverError: says(500, 'Internal server error'),
  transient: says(500, 'Internal server error'),
  alreadyDone: no('13', 'Transaction already refunded'),
  refused: refusal,
  contradiction: { errorMessage: 'Failed' },
  amountFields: ['amountValue'],
  referenceFields: ['refundedLogId', 'externalLogId', 'walletCode'],
};

/** Dsquares: loyalty points, one API key, refusals with HTTP 200, no reference on the way back. */
export function dsquaresApi(
  books: DsquaresBooks,
  switches: Switches['dsquares'],
  { apiVersion, clientId }: Credentials['dsquares'],
): ProviderSimulator {
  const usedExternalIds = new Set<string>();

  function refund(fields: Fields): Answer {
    const id = integerOf(fields.TransactionId);
    if (!hasAll(fields, REQUIRED) || id === undefined) return INVALID;
    const wallet = books.wallet(fields.WalletCode);
    const redemption = books.redemption(id);
    if (!wallet || wallet.contactMsisdn !== fields.ContactMsisdn) return no('14', 'Invalid wallet');
    if (redemption?.wallet !== wallet) return no('12', 'Transaction not found');

    const points = pointsOf(fields, redemption.left);
    const externalLogId = textOf(fields.ExternalLogId) ?? null;
    if (redemption.left <= 0) return wording.alreadyDone;
    if (points === undefined || points <= 0) return no('15', 'Points are not valid');
    if (points > redemption.left) return no('16', 'Points exceed the redeemed points');
    if (externalLogId !== null) {
      if (switches.uniqueExternalLogId && usedExternalIds.has(externalLogId))
        return no('17', 'Duplicate ExternalLogId');
      usedExternalIds.add(externalLogId);
    }
    const invoiceNumber = textOf(fields.InvoiceNumber) ?? null;
    const branchMsisdn = String(fields.BranchMsisdn);
    const log = books.refund(wallet, points, {
      refundedLogId: id,
      externalLogId,
      invoiceNumber,
      branchMsisdn,
    });
    return { status: 200, body: movementBody(wallet, log) };
  }

  function redeem(fields: Fields): Answer {
    const value = integerOf(fields.PointsValue);
    if (!hasAll(fields, REQUIRED) || value === undefined) return INVALID;
    const wallet = books.wallet(fields.WalletCode);
    const points = switches.redeemUnit === 'money' ? value * REDEEM_FACTOR : value;
    if (!wallet || wallet.contactMsisdn !== fields.ContactMsisdn) return no('14', 'Invalid wallet');
    if (wallet.pinCode !== undefined && wallet.pinCode !== fields.PinCode) return no('18', 'Invalid PinCode');
    if (points <= 0) return no('15', 'Points are not valid');
    if (points > countersOf(wallet).total) return no('19', 'Insufficient points');
    const log = books.redeem(wallet, points, String(fields.BranchMsisdn), textOf(fields.Comment));
    return { status: 200, body: movementBody(wallet, log) };
  }

  function lookUp(walletCode: string | null, asOf: number): Answer {
    const wallet = books.wallet(walletCode);
    return wallet
      ? { status: 200, body: walletData(wallet, asOf, switches.refundListed) }
      : { status: 200, body: { errorMessage: 'Wallet not found', errorCode: '14', data: null } };
  }

  const base = `/api/Integration/${apiVersion}`;
  const routes: Route[] = [
    {
      operation: 'refund',
      method: 'POST',
      path: `${base}/Refund`,
      subject: ({ fields }) => textOf(fields.ExternalLogId) ?? integerOf(fields.TransactionId)?.toString(),
      handle: ({ fields }) => refund(fields),
    },
    {
      operation: 'reverse',
      method: 'POST',
      path: `${base}/RedeemUser`,
      subject: ({ fields }) => textOf(fields.Comment) ?? textOf(fields.WalletCode),
      handle: ({ fields }) => redeem(fields),
    },
    {
      operation: 'lookUp',
      method: 'GET',
      path: `${base}/GetWalletData`,
      subject: ({ query }) => query.get('query') ?? undefined,
      handle: ({ query, asOf }) => lookUp(query.get('query'), asOf),
    },
  ];
  const authorize: ProviderSimulator['authorize'] = (request) =>
    request.header('ClientId') === clientId ? undefined : wording.unauthorized;
  return { routes, wording, authorize, lookUpDelayMs: switches.lookUpDelayMs };
}

function refusal(operation: Operation, code?: string): Answer {
  if (operation === 'lookUp') {
    return { status: 200, body: { errorMessage: 'Failed', errorCode: code ?? '14', data: null } };
  }
  return operation === 'reverse'
    ? no(code ?? '19', 'Insufficient points')
    : no(code ?? '12', 'Transaction not found');
}

/** `Points`, or `PointsValue` in money, or what is left when neither is sent; undefined when the two disagree. */
function pointsOf({ Points, PointsValue }: Fields, left: number): number | undefined {
  if (Points === undefined && PointsValue === undefined) return left;
  const money = integerOf(PointsValue);
  const byMoney = money === undefined ? undefined : money * REDEEM_FACTOR;
  if (Points === undefined) return byMoney;
  const points = integerOf(Points);
  return PointsValue === undefined || byMoney === points ? points : undefined;
}
