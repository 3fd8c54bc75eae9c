import type { SipayLeg } from '../../domain/request';
import { createHttpClient, type HttpResult } from '../http';
import type { Provider, ProviderSettings } from '../provider';
import { wantsAnotherToken } from './envelope';
import { controlBody, lookUpBody, readAbsence, readLookUp } from './look-up';
import { createTokenSource, type SipayCredentials } from './token';
import { readRefund, refundBody } from './wire';

/** What the Sipay adapter is built from (sheet: token). */
export interface SipaySettings extends ProviderSettings {
  credentials: SipayCredentials;
}

const REFUND = ['v1', 'Transaction', 'RefundPaymentInstant'];
const LOOK_UP = ['v1', 'TransactionData', 'SummaryRecordByFilter'];

/** Cash by instant wallet refund, found again by our own reference (provider sheet: Sipay). */
export function createSipay(settings: SipaySettings): Provider<SipayLeg> {
  const http = createHttpClient(settings);
  const tokens = createTokenSource(settings.credentials, settings);
  const fetchesTokens = 'clientId' in settings.credentials;
  const credentials = fetchesTokens ? 'SIPAY_CLIENT_ID and SIPAY_CLIENT_SECRET' : 'SIPAY_TOKEN';

  const post = (path: string[], json: unknown, token: string) =>
    http.send({ method: 'POST', path, headers: { Authorization: `Bearer ${token}` }, json });

  /** Sends a call; one whose token was refused did nothing, and goes out once more with another token if there is one. */
  async function send(path: string[], json: unknown): Promise<HttpResult> {
    const first = await tokens.current();
    if (first.kind === 'notSent') return first;
    const result = await post(path, json, first.token);
    if (!fetchesTokens || !wantsAnotherToken(result)) return result;
    const second = await tokens.renew(first.token);
    return second.kind === 'notSent' ? second : post(path, json, second.token);
  }

  return {
    name: 'sipay',
    lookUpDecides: true,
    preparesCalls: fetchesTokens,
    async refund(call) {
      if (!Number.isSafeInteger(call.leg.amountMinor) || call.leg.amountMinor <= 0) {
        return {
          kind: 'notSent',
          message: 'Not sent: the amount is no positive whole number of minor units.',
        };
      }
      return readRefund(await send(REFUND, refundBody(call)), call, credentials);
    },
    async lookUp(call) {
      const now = Date.now();
      const answer = readLookUp(await send(LOOK_UP, lookUpBody(call, now, 1)), call, credentials);
      if (answer !== undefined) return answer;
      const [pageBefore, control] = await Promise.all([
        send(LOOK_UP, lookUpBody(call, now, 0)),
        send(LOOK_UP, controlBody(call, now)),
      ]);
      return readAbsence({ pageBefore, control }, call, credentials);
    },
    close() {
      http.close();
      tokens.close();
    },
  };
}
