import type { WyreLeg } from '../../domain/request';
import { connectionTo, type Provider, type ProviderSettings, type ProviderTraits } from '../provider';
import { readCheck, readWindow } from './check';
import { readControl, readLookUp } from './look-up';
import { readRefund } from './refund';
import type { WyreCall } from './wire';

/** What the Wyre adapter is built from: its static bearer key (sheet: auth). */
export interface WyreSettings extends ProviderSettings {
  apiKey: string;
}

/** What a plan knows of Wyre. */
export const WYRE_TRAITS: ProviderTraits = {
  lookUpKind: 'original',
  requestsInSequence: { movement: 1, question: 2 },
};

/** Cash by card order refund: whole orders only, once for ever (provider sheet: Wyre). */
export function createWyre(settings: WyreSettings): Provider<WyreLeg> {
  const http = connectionTo(settings);
  const headers = { Authorization: `Bearer ${settings.apiKey}` };

  const get = ({ leg, budget }: WyreCall, ...rest: string[]) =>
    http.send({ method: 'GET', path: ['v3', 'orders', leg.orderId, ...rest], headers, budget });

  return {
    name: 'wyre',
    ...WYRE_TRAITS,
    async refund(call) {
      if (!Number.isSafeInteger(call.leg.amountMinor) || call.leg.amountMinor <= 0) {
        return {
          kind: 'notSent',
          message: 'Not sent: the amount is no positive whole number of minor units.',
        };
      }
      const result = await http.send({
        method: 'POST',
        path: ['v3', 'orders', call.leg.orderId, 'refund', 'partner'],
        // The sheet asks for this type although there is no body; axios would name a form.
        headers: { ...headers, 'Content-Type': 'application/json' },
        budget: call.budget,
        movesMoney: true,
      });
      return readRefund(result, call);
    },
    async check(call) {
      const closed = readWindow(call);
      if (closed) return closed;
      const [order, refund] = await Promise.all([get(call), get(call, 'refund')]);
      return readCheck({ order, refund }, call);
    },
    async lookUp(call) {
      return readLookUp(await get(call, 'refund'), call) ?? readControl(await get(call), call);
    },
    close: () => http.close(),
  };
}
