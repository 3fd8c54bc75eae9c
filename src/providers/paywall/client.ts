import type { PaywallLeg } from '../../domain/request';
import { connectionTo, deadlineOf, type Provider, type ProviderSettings } from '../provider';
import { readCheck, readLookUp } from './look-up';
import { readRefund, refundBody, type PaywallCall } from './wire';

/** What the Paywall adapter is built from: the public key pair of the vendor panel (sheet: auth). */
export interface PaywallSettings extends ProviderSettings {
  apiKey: string;
  apiClient: string;
}

/** The sale wallet: whole sales only, found again by the sale's own reference (provider sheet: Paywall). */
export function createPaywall(settings: PaywallSettings): Provider<PaywallLeg> {
  const http = connectionTo(settings);
  const headers = { apikeypublic: settings.apiKey, apiclientpublic: settings.apiClient };

  const fetchHistory = ({ leg }: PaywallCall) =>
    http.send({
      method: 'GET',
      path: ['api', 'v1', 'wallet', 'transaction', 'by', 'external-reference', leg.externalReference],
      headers,
    });

  return {
    name: 'paywall',
    lookUpDecides: true,
    preparesCalls: false,
    async refund(call) {
      if (!Number.isSafeInteger(call.leg.amountMinor) || call.leg.amountMinor <= 0) {
        return {
          kind: 'notSent',
          message: 'Not sent: the amount is no positive whole number of minor units.',
        };
      }
      const path = ['api', 'v1', 'wallet', 'purchase', 'refund'];
      const json = refundBody(call.leg);
      return readRefund(await http.send({ method: 'POST', path, headers, json, ...deadlineOf(call) }), call);
    },
    check: async (call) => readCheck(await fetchHistory(call), call),
    lookUp: async (call) => readLookUp(await fetchHistory(call), call),
    close: () => http.close(),
  };
}
