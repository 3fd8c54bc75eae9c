import { movementBody, walletData } from './answers';
import type { DsquaresBooks } from './books';
import { errorObject, NO_WALLET, refusedWith, wording } from './refusals';
import { countersOf, REDEEM_FACTOR } from './wallet';
import { hasAll, integerOf, textOf } from '../engine/fields';
import type { Credentials } from '../options';
import type { Answer, ProviderSimulator, Route, SimulatedRequest } from '../engine/provider';
import type { Switches } from '../switches';

type Fields = Record<string, unknown>;

const INVALID = errorObject(400, 'A required field is missing or not valid');
const REQUIRED = ['WalletCode', 'ContactMsisdn', 'BranchMsisdn'];

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
    if (!wallet) return refusedWith('3');
    if (wallet.contactMsisdn !== fields.ContactMsisdn) return refusedWith('5');
    if (redemption?.wallet !== wallet) return refusedWith('20');

    const isWhole = fields.Points === undefined && fields.PointsValue === undefined;
    const points = pointsOf(fields, redemption.left);
    const externalLogId = textOf(fields.ExternalLogId) ?? null;
    if ((isWhole || switches.capped) && redemption.left <= 0) return wording.alreadyDone;
    if (points === undefined) return refusedWith('34');
    if (points <= 0) return refusedWith('2');
    if (switches.capped && points > redemption.left) return refusedWith('41');
    if (externalLogId !== null) {
      if (switches.uniqueExternalLogId && usedExternalIds.has(externalLogId)) return refusedWith('48');
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
    if (!wallet) return refusedWith('3');
    if (wallet.contactMsisdn !== fields.ContactMsisdn) return refusedWith('5');
    if (wallet.pinCode !== undefined && wallet.pinCode !== fields.PinCode) return refusedWith('28');
    if (points <= 0) return refusedWith('2');
    if (points > countersOf(wallet).total) return refusedWith('35');
    const log = books.redeem(wallet, points, String(fields.BranchMsisdn), textOf(fields.Comment));
    return { status: 200, body: movementBody(wallet, log) };
  }

  function lookUp(walletCode: string | null, asOf: number): Answer {
    const wallet = books.wallet(walletCode);
    return wallet ? { status: 200, body: walletData(wallet, asOf, switches) } : NO_WALLET;
  }

  function refundInPanel({ fields }: SimulatedRequest): void {
    const redemption = books.redemption(integerOf(fields.TransactionId) ?? 0);
    const points = redemption && pointsOf(fields, redemption.left);
    if (!redemption || points === undefined || points <= 0) return;
    if (switches.capped && points > redemption.left) return;
    books.refundByHand(String(redemption.log.id), points);
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
  return { routes, wording, authorize, refundInPanel, lookUpDelayMs: switches.lookUpDelayMs };
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
