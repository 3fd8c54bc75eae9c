import { z } from 'zod';
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
import { madeBefore } from '../provider';
import { utcTime } from '../utc';
import { isDoor, isFailure, isRefusalStatus, refusalOf, repeatIn, setupProblem } from './refusals';
import { differencesOf, partsSeenBefore, recordOf } from './sale';
import {
  isCalledFailure,
  isGood,
  isHealthy,
  readEnvelope,
  toldOfTransaction,
  transaction,
  type Envelope,
  type PaywallCall,
} from './wire';

/** What the refund call did, by the success test and the classification of the sheet. */
export function readRefund(result: HttpResult, call: PaywallCall): MovementAnswer {
  // A success under any status that is none is a contradiction, also where the status alone would decide.
  if (result.kind === 'answer' && !isGood(result) && readEnvelope(result)?.IsSuccess) {
    return unexpectedBody(result);
  }
  const repeat = result.kind === 'answer' ? repeatIn(result) : undefined;
  return repeat ?? unlessDecided(result, (answer) => readBody(answer, call));
}

function readBody(answer: HttpAnswer, call: PaywallCall): MovementAnswer {
  const body = readEnvelope(answer);
  if (body === undefined && !answer.isEmpty) {
    return isGood(answer) ? unexpectedBody(answer) : foreignAnswer(answer);
  }
  if (body !== undefined && !isFailure(body)) return readSuccess(answer, body, call);
  // What names our keys under a status of refusal may be about the sale all the same: its language is not known.
  const problem = body === undefined || isDoor(answer) ? setupProblem(answer) : undefined;
  if (problem !== undefined) return turnedAway(answer, problem);
  return body !== undefined && isRefusalStatus(answer) ? refusalOf(body) : unexpectedBody(answer);
}

function readSuccess(answer: HttpAnswer, body: Envelope, call: PaywallCall): MovementAnswer {
  if (!isHealthy(answer, body)) return unexpectedBody(answer);
  const values: unknown[] = Array.isArray(body.Value) ? body.Value : [body.Value];
  const sale = partsSeenBefore(call);
  const told = toldOfTransaction.safeParse(values[0]).data;
  if (told === undefined) return unexpectedBody(answer);
  const differences = values.length > 1 ? ['number of transactions'] : differencesOf(told, call, sale);
  if (differences.length > 0) {
    return {
      kind: 'otherMovement',
      code: 'ambiguous',
      message: `Paywall confirmed something that differs from this refund, or cannot be compared with it, in: ${differences.join(', ')}.`,
    };
  }
  const confirmed = transaction.safeParse(values[0]).data;
  if (confirmed === undefined || confirmed.Id === confirmed.MainTransactionId) return unexpectedBody(answer);
  const { Id, CreatedAt } = confirmed;
  const earlier = madeBefore('Paywall', { id: Id, at: utcTime(CreatedAt ?? '') }, call);
  if (earlier) return earlier;
  const isContradicted = isCalledFailure(values[0]) || saysFailureBeside(answer);
  return isContradicted ? unexpectedBody(answer) : { kind: 'done', ...recordOf(confirmed, call, sale) };
}

/** Whether anything beside the frame, such as a message, calls the outcome a failure. */
function saysFailureBeside({ body }: HttpAnswer): boolean {
  const fields = z.record(z.string(), z.unknown()).safeParse(body).data ?? {};
  return Object.entries(fields).some(([name, value]) =>
    saysFailure({ [/message|description/i.test(name) ? 'result' : name]: value }),
  );
}
