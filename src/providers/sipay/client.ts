import type { SipayLeg } from '../../domain/request';
import type { HttpResult } from '../http-answer';
import type { HttpRequest } from '../http-request';
import { connectionTo, deadlineOf, type Provider, type ProviderSettings } from '../provider';
import { wantsAnotherToken } from './envelope';
import { controlBody, lookUpBody, readAbsence, readLookUp } from './look-up';
import { createTokenSource, type SipayCredentials } from './token';
import { readRefund, refundBody } from './wire';

/** What the Sipay adapter is built from (sheet: token). */
export interface SipaySettings extends ProviderSettings {
  credentials: SipayCredentials;
}

type Posted = Pick<HttpRequest, 'path' | 'json' | 'sendBefore'>;

const REFUND = ['v1', 'Transaction', 'RefundPaymentInstant'];
const LOOK_UP = ['v1', 'TransactionData', 'SummaryRecordByFilter'];

/** Cash by instant wallet refund, found again by our own reference (provider sheet: Sipay). */
export function createSipay(settings: SipaySettings): Provider<SipayLeg> {
  const http = connectionTo(settings);
  const tokens = createTokenSource(settings.credentials, settings);
  const fetchesTokens = 'clientId' in settings.credentials;
  const credentials = fetchesTokens ? 'SIPAY_CLIENT_ID and SIPAY_CLIENT_SECRET' : 'SIPAY_TOKEN';

  const post = (request: Posted, token: string) =>
    http.send({ ...request, method: 'POST', headers: { Authorization: `Bearer ${token}` } });

  /** Sends a call; one whose token was refused did nothing, and goes out once more with another token if there is one. */
  async function send(request: Posted): Promise<HttpResult> {
    const first = await tokens.current();
    if (first.kind === 'notSent') return first;
    const result = await post(request, first.token);
    if (!fetchesTokens || !wantsAnotherToken(result)) return result;
    const second = await tokens.renew(first.token);
    return second.kind === 'notSent' ? second : post(request, second.token);
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
      const result = await send({ path: REFUND, json: refundBody(call), ...deadlineOf(call) });
      return readRefund(result, call, credentials);
    },
    async lookUp(call) {
      const now = Date.now();
      const lookUp = (json: unknown) => send({ path: LOOK_UP, json });
      const answer = readLookUp(await lookUp(lookUpBody(call, now, 1)), call, credentials);
      if (answer !== undefined) return answer;
      const [pageBefore, control] = await Promise.all([
        lookUp(lookUpBody(call, now, 0)),
        lookUp(controlBody(call, now)),
      ]);
      return readAbsence({ pageBefore, control }, call, credentials);
    },
    close() {
      http.close();
      tokens.close();
    },
  };
}
