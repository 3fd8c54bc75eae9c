import type { Declined, MovementAnswer, Retryable } from '../../domain/outcome';
import type { DsquaresLeg } from '../../domain/request';
import { unansweredLookUp } from '../answers';
import type { HttpResult } from '../http-answer';
import type { HttpRequest } from '../http-request';
import {
  connectionTo,
  deadlineOf,
  type Provider,
  type ProviderCall,
  type ProviderSettings,
} from '../provider';
import { compareCounters, moneyOf } from './counters';
import { movementAnswer, readWallet, redemptionBody, refundBody } from './wire';

type Call = ProviderCall<DsquaresLeg>;

const NO_WHOLE_POINTS: Retryable = {
  kind: 'notSent',
  message: 'Not sent: the points of this refund are no positive whole number.',
};

const NO_WHOLE_MONEY: Declined = {
  kind: 'declined',
  code: 'noReversal',
  message:
    'The points cannot be taken back automatically: at the rate of this wallet they are no whole amount of money.',
};

/** What the adapter is built from (dsquares sheet: auth, counter-movement). */
export interface DsquaresSettings extends ProviderSettings {
  apiVersion: string;
  clientId: string;
  /** Unit of a redemption's value, which the vendor does not state; without it nothing can be taken back. */
  redeemUnit?: 'money' | 'points';
}

/** The loyalty platform of dsquares as the saga uses it (dsquares sheet). */
export function createDsquares(settings: DsquaresSettings): Provider<DsquaresLeg> {
  const http = connectionTo(settings);
  const { redeemUnit } = settings;

  function send(name: string, request: Omit<HttpRequest, 'path' | 'headers'>): Promise<HttpResult> {
    const path = ['api', 'Integration', settings.apiVersion, name];
    return http.send({ ...request, path, headers: { ClientId: settings.clientId } });
  }

  function askForWallet({ leg }: Call): Promise<HttpResult> {
    return send('GetWalletData', { method: 'GET', query: { query: leg.walletCode } });
  }

  async function redeem(call: Call, value: number): Promise<MovementAnswer> {
    const result = await send('RedeemUser', {
      method: 'POST',
      json: redemptionBody(call, value),
      ...deadlineOf(call),
    });
    return movementAnswer(result, call, 'reversal');
  }

  async function redeemAsMoney(call: Call): Promise<MovementAnswer> {
    const result = await askForWallet(call);
    const reading = readWallet(result, call);
    if (!reading) return withoutReading(result);
    const money = moneyOf(call.leg.points, reading.redeemFactor);
    return money === undefined ? NO_WHOLE_MONEY : redeem(call, money);
  }

  async function reverse(call: Call): Promise<MovementAnswer> {
    if (!hasWholePoints(call)) return NO_WHOLE_POINTS;
    return redeemUnit === 'money' ? redeemAsMoney(call) : redeem(call, call.leg.points);
  }

  return {
    name: 'dsquares',
    lookUpDecides: false,
    preparesCalls: redeemUnit === 'money',

    async refund(call) {
      if (!hasWholePoints(call)) return NO_WHOLE_POINTS;
      const result = await send('Refund', { method: 'POST', json: refundBody(call), ...deadlineOf(call) });
      return movementAnswer(result, call, 'refund');
    },

    async lookUp(call) {
      const result = await askForWallet(call);
      const reading = readWallet(result, call);
      if (!reading) return unansweredLookUp(result);
      return compareCounters(call.baseline, reading.counters, call.leg.points);
    },

    // The reading is only evidence for later: a wallet that cannot be read is no reason to hold a refund back.
    async check(call) {
      const reading = readWallet(await askForWallet(call), call);
      return { kind: 'passed', ...(reading && { baseline: reading.counters }) };
    },

    ...(redeemUnit && { reverse }),

    close: () => http.close(),
  };
}

function hasWholePoints({ leg }: Call): boolean {
  return Number.isSafeInteger(leg.points) && leg.points > 0;
}

/** Nothing was sent to take the points back: the reading that comes before it failed. */
function withoutReading(result: HttpResult): Retryable {
  const [reason, wait] =
    result.kind === 'answer' ? [`HTTP ${result.status}`, result.retryAfterMs] : ['no answer', undefined];
  const mend = 'if it stays so, check DSQUARES_CLIENT_ID and DSQUARES_API_VERSION';
  const message = `Not sent: the redeem factor of the wallet could not be read (${reason}); ${mend}.`;
  return { kind: 'notSent', message, ...(wait !== undefined && { retryAfterMs: wait }) };
}
