import type { MovementAnswer, Retryable } from '../../domain/provider-answers';
import type { DsquaresLeg } from '../../domain/request';
import type { HttpResult } from '../http-answer';
import type { HttpRequest } from '../http-request';
import { connectionTo, type Provider, type ProviderSettings, type ProviderTraits } from '../provider';
import { readCheck } from './check';
import { readLookUp } from './look-up';
import { readRefund, readReversal } from './refund';
import { readWallet, unreadWallet } from './wallet';
import { redemptionBody, refundBody, type DsquaresCall } from './wire';
import { moneyOfPoints, moneyOfWorth } from './worth';

const NO_WHOLE_POINTS: Retryable = {
  kind: 'notSent',
  message: 'Not sent: the points of this refund are no positive whole number.',
};

/** What the adapter is built from (dsquares sheet: auth, counter-movement). */
export interface DsquaresSettings extends ProviderSettings {
  apiVersion: string;
  clientId: string;
  /** Unit of a redemption's value, which the vendor does not state; without it nothing can be reversed. */
  redeemUnit?: 'money' | 'points';
}

/** What a plan knows of dsquares. */
export function dsquaresTraits({ redeemUnit }: Pick<DsquaresSettings, 'redeemUnit'>): ProviderTraits {
  return {
    lookUpKind: 'evidence',
    ...(redeemUnit && { reversal: 'blind' }),
    requestsInSequence: { movement: redeemUnit === 'money' ? 2 : 1, question: 1 },
  };
}

/** The loyalty platform of dsquares as the saga uses it (dsquares sheet). */
export function createDsquares(settings: DsquaresSettings): Provider<DsquaresLeg> {
  const http = connectionTo(settings);
  const { redeemUnit } = settings;

  function send(name: string, request: Omit<HttpRequest, 'path' | 'headers'>): Promise<HttpResult> {
    const path = ['api', 'Integration', settings.apiVersion, name];
    return http.send({ ...request, path, headers: { ClientId: settings.clientId } });
  }

  function move(name: string, { budget }: DsquaresCall, json: unknown): Promise<HttpResult> {
    return send(name, { method: 'POST', json, budget, movesMoney: true });
  }

  function askForWallet({ leg, budget }: DsquaresCall): Promise<HttpResult> {
    return send('GetWalletData', { method: 'GET', query: { query: leg.walletCode }, budget });
  }

  async function redeem(call: DsquaresCall, value: number): Promise<MovementAnswer> {
    return readReversal(await move('RedeemUser', call, redemptionBody(call, value)), call);
  }

  async function redeemAsMoney(call: DsquaresCall): Promise<MovementAnswer> {
    const money = call.worth === undefined ? await askForMoney(call) : moneyOfWorth(call.worth);
    return typeof money === 'number' ? redeem(call, money) : money;
  }

  async function askForMoney(call: DsquaresCall): Promise<number | MovementAnswer> {
    const result = await askForWallet(call);
    const reading = readWallet(result, call);
    return reading ? moneyOfPoints(call.leg.points, reading.redeemFactor) : withoutReading(result);
  }

  async function reverse(call: DsquaresCall): Promise<MovementAnswer> {
    if (!hasWholePoints(call)) return NO_WHOLE_POINTS;
    return redeemUnit === 'money' ? redeemAsMoney(call) : redeem(call, call.leg.points);
  }

  return {
    name: 'dsquares',
    ...dsquaresTraits(settings),

    async refund(call) {
      if (!hasWholePoints(call)) return NO_WHOLE_POINTS;
      return readRefund(await move('Refund', call, refundBody(call)), call);
    },

    lookUp: async (call) => readLookUp(await askForWallet(call), call),
    check: async (call) => readCheck(await askForWallet(call), call),

    ...(redeemUnit && { reverse }),

    close: () => http.close(),
  };
}

function hasWholePoints({ leg }: DsquaresCall): boolean {
  return Number.isSafeInteger(leg.points) && leg.points > 0;
}

/** Nothing was sent to reverse the refund: the reading that comes before it failed. */
function withoutReading(result: HttpResult): Retryable {
  const { message, retryAfterMs } = unreadWallet(result, { hasMoved: false });
  return {
    kind: 'notSent',
    message: `Not sent: what the points are worth could not be read. ${message}`,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}
