import { z } from 'zod';
import { formatMinor, parseMinor } from '../../domain/money';
import type { MovementAnswer } from '../../domain/outcome';
import type { SipayLeg } from '../../domain/request';
import { turnedAway, unexpectedBody, withoutBody, type HttpAnswer } from '../answers';
import type { HttpResult } from '../http-answer';
import { decimalOnWire, isAmount, wireDecimal, wireId } from '../json';
import type { ProviderCall } from '../provider';
import { isGood, readEnvelope, readPayload, whatToMend, type Envelope } from './envelope';

/** One refund of a payment at Sipay. */
export type SipayCall = ProviderCall<SipayLeg>;

/** "System error": it does not tell what was done (sheet: classification). */
const SYSTEM_ERROR = 2;

/** Statuses beside 2xx under which a listed code counts: errors come under 200 and 400 (sheet: traps; design 5). */
const REFUSAL_STATUSES: ReadonlySet<number> = new Set([400, 403, 404, 409, 422]);

/** Sipay's listed refusals (sheet: codes). */
const REFUSALS: ReadonlyMap<string, MovementAnswer> = new Map([
  ['300', declined('code 300, wallet not found')],
  ['301', { kind: 'alreadyDone', message: 'Sipay has seen our reference of this refund before (code 301).' }],
  ['303', declined('code 303, wallets must differ')],
  ['310', declined('code 310, limit')],
  [
    '311',
    {
      kind: 'declined',
      code: 'merchantBalance',
      message: 'Our wallet at Sipay holds too little money for this refund (code 311).',
    },
  ],
  [
    '360',
    { kind: 'alreadyDone', message: 'Sipay has processed our reference of this refund before (code 360).' },
  ],
  ['361', declined('code 361, limit')],
  // Not documented: our simulator's and fixtures' stand-in for a refund above what is left of the payment.
  ['399', declined('code 399, more than the payment')],
]);

const refunded = z.object({
  transaction_id: wireId,
  ext_transaction_id: z.string(),
  transaction_amount: wireDecimal,
  transaction_fee_amount: wireDecimal.nullish(),
  wallet_info: z.object({ currency_code: z.string().nullish() }).nullish(),
});

/** The body of the refund call; our key is the reference that Sipay does not take twice (sheet: refund call). */
export function refundBody({ leg, key, currency, exponent }: SipayCall) {
  return {
    tx_correlation_id: leg.transactionId,
    ext_transaction_id: key,
    currency_code: currency,
    refund_amount: decimalOnWire(leg.amountMinor, exponent),
    description: `refund ${key}`,
  };
}

/**
 * What the refund call did, by the success test and the classification of the sheet.
 * @param credentials names of the settings that hold our credentials
 */
export function readRefund(result: HttpResult, call: SipayCall, credentials: string): MovementAnswer {
  // `withoutBody` decides everything that is no whole answer.
  return withoutBody(result) ?? judgeRefund(result as HttpAnswer, call, credentials);
}

function judgeRefund(answer: HttpAnswer, call: SipayCall, credentials: string): MovementAnswer {
  const body = readEnvelope(answer);
  if (body?.status === 0) return judgeSuccess(answer, call);
  const mend = whatToMend(answer, credentials);
  if (mend !== undefined) return turnedAway(answer, mend);
  return (body && refusalOf(answer.status, body)) ?? unexpectedBody(answer);
}

function judgeSuccess(answer: HttpAnswer, { leg, key, currency, exponent }: SipayCall): MovementAnswer {
  const payload = refunded.safeParse(readPayload(answer)).data;
  if (payload === undefined) return unexpectedBody(answer);
  const sameness = {
    reference: payload.ext_transaction_id === key,
    amount: isAmount(payload.transaction_amount, leg.amountMinor, exponent),
    currency: (payload.wallet_info?.currency_code ?? currency) === currency,
  };
  const differences = Object.entries(sameness).flatMap(([name, isSame]) => (isSame ? [] : [name]));
  if (differences.length > 0) {
    const message = `Sipay confirmed a movement that differs from this refund in: ${differences.join(', ')}.`;
    return { kind: 'ambiguous', message };
  }
  const note = feeNote(payload.transaction_fee_amount, currency, exponent);
  return { kind: 'done', providerReference: payload.transaction_id, ...note };
}

/** What to reconcile when Sipay kept a fee; the money is refunded all the same (sheet: success test). */
export function feeNote(
  fee: string | null | undefined,
  currency: string,
  exponent: number,
): { note?: string } {
  if (Number(fee ?? 0) === 0) return {};
  const feeMinor = parseMinor(fee ?? '', exponent);
  const shown = feeMinor === undefined ? '' : ` of ${formatMinor(feeMinor, exponent)} ${currency}`;
  return { note: `The provider kept a fee${shown}; reconcile.` };
}

function refusalOf(httpStatus: number, { status, code, payload }: Envelope): MovementAnswer | undefined {
  // A refusal that hands out a payload contradicts itself.
  if ((payload ?? null) !== null) return undefined;
  const counts = isGood(httpStatus) || REFUSAL_STATUSES.has(httpStatus);
  if (typeof code === 'string') return counts ? REFUSALS.get(code) : undefined;
  const isValidation = httpStatus === 400 && (code ?? null) === null && status !== SYSTEM_ERROR;
  return isValidation ? declined('HTTP 400 without a code') : undefined;
}

function declined(reason: string): MovementAnswer {
  return {
    kind: 'declined',
    code: 'declined',
    message: `Sipay refused this refund (${reason}) and moved no money.`,
  };
}
