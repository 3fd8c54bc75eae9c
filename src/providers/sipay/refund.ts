import { z } from 'zod';
import { formatMinor, parseMinor } from '../../domain/money';
import type { MovementAnswer } from '../../domain/provider-answers';
import {
  foreignAnswer,
  saysFailure,
  turnedAway,
  unexpectedBody,
  unlessDecided,
  type HttpAnswer,
} from '../answers';
import type { HttpResult } from '../http-answer';
import { isAmount } from '../json';
import { isSameCurrency, madeBefore } from '../provider';
import { isOwnRefusal, isRefusal, unlistedRefusal, listedRefusal, setupProblem } from './refusals';
import { named, readEnvelope, readPayload, refunded, type SipayCall } from './wire';

/**
 * What the refund call did, by the success test and the classification of the sheet.
 * @param credentials names of the settings that hold our credentials
 */
export function readRefund(result: HttpResult, call: SipayCall, credentials: string): MovementAnswer {
  // A listed code is believed before the status: 401 with one is not about our token.
  const listed = result.kind === 'answer' ? listedRefusal(result) : undefined;
  return listed ?? unlessDecided(result, (answer) => readBody(answer, call, credentials));
}

function readBody(answer: HttpAnswer, call: SipayCall, credentials: string): MovementAnswer {
  const body = readEnvelope(answer);
  if (body === undefined && !answer.isEmpty) return foreignAnswer(answer);
  if (body?.status === 0) return readSuccess(answer, call);
  const problem = isOwnRefusal(answer) ? setupProblem(answer, credentials) : undefined;
  if (problem !== undefined) return turnedAway(answer, problem);
  return body && isRefusal(body) ? unlistedRefusal(answer) : unexpectedBody(answer);
}

function readSuccess(answer: HttpAnswer, call: SipayCall): MovementAnswer {
  const { leg, key, currency, exponent } = call;
  const payload = readPayload(answer);
  const said = named.safeParse(payload).data ?? {};
  const sameness = {
    reference: (said.ext_transaction_id ?? key) === key,
    amount:
      said.transaction_amount === undefined || isAmount(said.transaction_amount, leg.amountMinor, exponent),
    currency: isSameCurrency(said.wallet_info?.currency_code ?? currency, currency),
  };
  const differences = Object.entries(sameness).flatMap(([name, isSame]) => (isSame ? [] : [name]));
  if (differences.length > 0) {
    const message = `Sipay confirmed a movement that differs from this refund in: ${differences.join(', ')}.`;
    return { kind: 'otherMovement', code: 'ambiguous', message };
  }
  const record = refunded.safeParse(payload).data;
  if (record === undefined || record.transaction_id === leg.transactionId || isCalledFailure(answer)) {
    return unexpectedBody(answer);
  }
  const earlier = madeBefore('Sipay', { id: record.transaction_id, at: NaN }, call);
  if (earlier) return earlier;
  const fee = feeOf(record.transaction_fee_amount, currency, exponent);
  return { kind: 'done', providerReference: record.transaction_id, ...fee };
}

/** Whether a success, or the message beside it, calls the refund a failure. */
function isCalledFailure(answer: HttpAnswer): boolean {
  const fields = z.record(z.string(), z.unknown()).safeParse(readPayload(answer)).data ?? {};
  return saysFailure(fields) || saysFailure({ result: readEnvelope(answer)?.message });
}

/** What to reconcile when Sipay kept a fee; the money is refunded all the same (sheet: success test). */
export function feeOf(
  fee: string | null | undefined,
  currency: string,
  exponent: number,
): { feeMinor?: number; note?: string } {
  if (Number(fee ?? 0) === 0) return {};
  const feeMinor = parseMinor(fee ?? '', exponent);
  if (feeMinor === undefined) return { note: 'The provider kept a fee; reconcile.' };
  const shown = `${formatMinor(feeMinor, exponent)} ${currency}`;
  return { feeMinor, note: `The provider kept a fee of ${shown}; reconcile.` };
}
