import type { PaywallLeg } from '../../domain/request';
import { connectionTo, type Provider, type ProviderSettings, type ProviderTraits } from '../provider';
import { readCheck } from './check';
import { readLookUp } from './look-up';
import { readRefund } from './refund';
import { refundBody, type PaywallCall } from './wire';

/** What the Paywall adapter is built from: the public key pair of the vendor panel (sheet: auth). */
export interface PaywallSettings extends ProviderSettings {
  apiKey: string;
  apiClient: string;
}

/** What a plan knows of Paywall. */
export const PAYWALL_TRAITS: ProviderTraits = {
  lookUpKind: 'original',
  requestsInSequence: { movement: 1, question: 1 },
};

/** The sale wallet: whole sales only, found again by the sale's own reference (provider sheet: Paywall). */
export function createPaywall(settings: PaywallSettings): Provider<PaywallLeg> {
  const http = connectionTo(settings);
  const headers = { apikeypublic: settings.apiKey, apiclientpublic: settings.apiClient };

  const fetchHistory = ({ leg, budget }: PaywallCall) =>
    http.send({
      method: 'GET',
      path: ['api', 'v1', 'wallet', 'transaction', 'by', 'external-reference', leg.externalReference],
      headers,
      budget,
    });

  return {
    name: 'paywall',
    ...PAYWALL_TRAITS,
    async refund(call) {
      if (!Number.isSafeInteger(call.leg.amountMinor) || call.leg.amountMinor <= 0) {
        return {
          kind: 'notSent',
          message: 'Not sent: the amount is no positive whole number of minor units.',
        };
      }
      const result = await http.send({
        method: 'POST',
        path: ['api', 'v1', 'wallet', 'purchase', 'refund'],
        headers,
        json: refundBody(call.leg),
        budget: call.budget,
        movesMoney: true,
      });
      return readRefund(result, call);
    },
    check: async (call) => readCheck(await fetchHistory(call), call),
    lookUp: async (call) => readLookUp(await fetchHistory(call), call),
    close: () => http.close(),
  };
}
