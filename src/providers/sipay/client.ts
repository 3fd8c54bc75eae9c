import type { SipayLeg } from '../../domain/request';
import type { HttpResult } from '../http-answer';
import type { HttpRequest } from '../http-request';
import { connectionTo, type Provider, type ProviderSettings, type ProviderTraits } from '../provider';
import type { TimeBudget } from '../time-budget';
import { readCheck } from './check';
import { firstPage } from './list';
import { readAbsence, readLookUp } from './look-up';
import { readRefund } from './refund';
import { wantsAnotherToken } from './refusals';
import { createTokenSource, type SipayCredentials } from './token';
import { controlBody, isIntegerId, lookUpBody, refundBody, type SipayCall } from './wire';

/** What the Sipay adapter is built from (sheet: refund call, token). */
export interface SipaySettings extends ProviderSettings {
  credentials: SipayCredentials;
  /** Sent as `x-client-id`. @default the header is not sent */
  xClientId?: string;
  /** Whether a payment's id goes out as a bare integer. @default false */
  integerIds?: boolean;
}

type Posted = Pick<HttpRequest, 'path' | 'json' | 'movesMoney'>;

const REFUND = ['v1', 'Transaction', 'RefundPaymentInstant'];
const LOOK_UP = ['v1', 'TransactionData', 'SummaryRecordByFilter'];

/** A question asks for two pages of ours and two of the control; fetched tokens add two, and a refusal between them. */
const REQUESTS = {
  handed: { movement: 1, question: 4 },
  fetched: { movement: 4, question: 7 },
};

const NO_AMOUNT = 'Not sent: the amount is no positive whole number of minor units.';
const NO_INTEGER = 'Not sent: the id of this payment is no integer: check SIPAY_INTEGER_IDS.';

/** What a plan knows of Sipay. */
export function sipayTraits({ fetchesTokens }: { fetchesTokens: boolean }): ProviderTraits {
  return {
    lookUpKind: 'ownReference',
    requestsInSequence: fetchesTokens ? REQUESTS.fetched : REQUESTS.handed,
  };
}

/** Cash by instant wallet refund, found again by our own reference (provider sheet: Sipay). */
export function createSipay(settings: SipaySettings): Provider<SipayLeg> {
  const { integerIds = false, xClientId } = settings;
  const http = connectionTo(settings);
  const tokens = createTokenSource(settings.credentials, settings);
  const fetchesTokens = 'clientId' in settings.credentials;
  const credentials = fetchesTokens ? 'SIPAY_CLIENT_ID and SIPAY_CLIENT_SECRET' : 'SIPAY_TOKEN';

  /**
   * Sends the requests of one call, all with one token. A request whose token was refused did nothing, and goes out once
   * more with another token if there is one; a call changes its token once.
   */
  function openCall(budget: TimeBudget): (request: Posted) => Promise<HttpResult> {
    const first = tokens.current(budget);
    let second: typeof first | undefined;

    async function post(request: Posted, token: Awaited<typeof first>): Promise<HttpResult> {
      if (token.kind === 'notSent') return token;
      const headers = {
        Authorization: `Bearer ${token.token}`,
        ...(xClientId !== undefined && { 'x-client-id': xClientId }),
      };
      return http.send({ ...request, method: 'POST', headers, budget });
    }

    return async (request) => {
      const isSecond = second !== undefined;
      const token = await (second ?? first);
      const result = await post(request, token);
      if (!fetchesTokens || isSecond || token.kind !== 'token' || !wantsAnotherToken(result)) return result;
      second ??= tokens.renew(token.token, budget);
      return post(request, await second);
    };
  }

  /** Asks for the first page of a list. */
  function listing(call: SipayCall) {
    const send = openCall(call.budget);
    return (body: (call: SipayCall, pageIndex: 0 | 1) => object) =>
      firstPage((index) => send({ path: LOOK_UP, json: body(call, index) }));
  }

  return {
    name: 'sipay',
    ...sipayTraits({ fetchesTokens }),
    async refund(call) {
      const { leg, budget } = call;
      const isAmount = Number.isSafeInteger(leg.amountMinor) && leg.amountMinor > 0;
      if (!isAmount) return { kind: 'notSent', message: NO_AMOUNT };
      if (!isSendableId(leg, settings)) return { kind: 'notSent', message: NO_INTEGER };
      const json = refundBody(call, { integerIds });
      const result = await openCall(budget)({ path: REFUND, json, movesMoney: true });
      return readRefund(result, call, credentials);
    },
    async lookUp(call) {
      const list = listing(call);
      const answer = readLookUp(await list(lookUpBody), call, credentials);
      return answer ?? readAbsence(await list(controlBody), credentials);
    },
    async check(call) {
      if (!isSendableId(call.leg, settings)) return { kind: 'unanswered', message: NO_INTEGER };
      return readCheck(await listing(call)(lookUpBody), call, credentials);
    },
    close() {
      http.close();
      tokens.close();
    },
  };
}

function isSendableId({ transactionId }: SipayLeg, { integerIds }: SipaySettings): boolean {
  return !integerIds || isIntegerId(transactionId);
}
