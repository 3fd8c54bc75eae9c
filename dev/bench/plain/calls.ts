import http from 'node:http';
import axios from 'axios';
import type { DsquaresLeg, PaywallLeg, RefundRequest, SipayLeg } from '../../../src/client';
import { refundBody as loyaltyBody } from '../../../src/providers/dsquares/wire';
import { writeJson } from '../../../src/providers/json';
import { startBudget } from '../../../src/providers/time-budget';
import { refundBody as saleBody } from '../../../src/providers/paywall/wire';
import { lookUpBody } from '../../../src/providers/sipay/wire';
import { refundBody as cashBody } from '../../../src/providers/sipay/wire';

/** A refund of the shape that is measured. */
export type Shape = RefundRequest & { loyalty: DsquaresLeg; sale: PaywallLeg; cash: SipayLeg };

/** What an adapter needs to know for its look-ups; the bodies that are sent here do not. */
const UNUSED = { notBefore: '', notOurs: [], budget: startBudget(0) };

/** The calls of one refund, one by one. */
export type PlainCalls = ReturnType<typeof plainCalls>;

/**
 * The calls of a refund by axios and nothing else: of an answer only the HTTP status is looked at.
 * @param at the addresses and credentials of the providers, as the worker's environment names them
 */
export function plainCalls(at: Record<string, string | undefined>) {
  const client = axios.create({ httpAgent: new http.Agent({ keepAlive: true }), proxy: false });
  const dsquares = `${at.DSQUARES_BASE_URL ?? ''}/api/Integration/${at.DSQUARES_API_VERSION ?? ''}`;
  const paywall = `${at.PAYWALL_BASE_URL ?? ''}/api/v1/wallet`;
  const sipay = `${at.SIPAY_BASE_URL ?? ''}/v1/Transaction`;
  const toDsquares = { ClientId: at.DSQUARES_CLIENT_ID };
  const toPaywall = { apikeypublic: at.PAYWALL_API_KEY, apiclientpublic: at.PAYWALL_API_CLIENT };
  const toSipay = { Authorization: `Bearer ${at.SIPAY_TOKEN ?? ''}` };

  const ask = (url: string, headers: object) => client.get(url, { headers: { ...headers } });
  const send = async (url: string, headers: object, body: object): Promise<void> => {
    await client.post(url, writeJson(body), { headers: { 'Content-Type': 'application/json', ...headers } });
  };
  const call = <Leg>({ currency, refundId }: Shape, leg: Leg, name: string) => {
    return {
      leg,
      currency,
      exponent: 2,
      key: `${refundId}:${name}`,
      now: { earliest: Date.now(), latest: Date.now() },
      since: new Date().toISOString(),
      ...UNUSED,
    };
  };

  /** Nothing may stand under our reference yet, whichever way Sipay counts its pages. */
  const askSipay = async (refund: Shape): Promise<void> => {
    for (const page of [0, 1] as const) {
      const body = lookUpBody(call(refund, refund.cash, 'cash'), page);
      await send(`${sipay}Data/SummaryRecordByFilter`, toSipay, body);
    }
  };

  return {
    /** What the saga asks before anything moves, at the same time. */
    async preflight(refund: Shape): Promise<void> {
      await Promise.all([
        ask(`${dsquares}/GetWalletData?query=${refund.loyalty.walletCode}`, toDsquares),
        ask(`${paywall}/transaction/by/external-reference/${refund.sale.externalReference}`, toPaywall),
        askSipay(refund),
      ]);
    },
    refundLoyalty: (refund: Shape) =>
      send(`${dsquares}/Refund`, toDsquares, loyaltyBody(call(refund, refund.loyalty, 'loyalty'))),
    refundSale: (refund: Shape) => send(`${paywall}/purchase/refund`, toPaywall, saleBody(refund.sale)),
    refundCash: (refund: Shape) =>
      send(
        `${sipay}/RefundPaymentInstant`,
        toSipay,
        cashBody(call(refund, refund.cash, 'cash'), { integerIds: false }),
      ),
  };
}
