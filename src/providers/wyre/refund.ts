import { WYRE_FAILED_FOR_EVER } from '../../domain/closing';
import type { MovementAnswer } from '../../domain/provider-answers';
import { unexpectedBody, unlessDecided, type HttpAnswer } from '../answers';
import type { HttpResult } from '../http-answer';
import { madeBefore } from '../provider';
import { refusalAnswer, meaningBeforeType, readException, transient } from './refusals';
import { holdsRecord, isOfOtherOrder, readRecord, type RefundRecord, type WyreCall } from './wire';

/** What the refund call did, by the success test and the classification of the sheet. */
export function readRefund(result: HttpResult, call: WyreCall): MovementAnswer {
  if (result.kind === 'answer') {
    if (holdsRecord(result)) return readConfirmation(result, call);
    const thrown = readException(result);
    const meaning = thrown && meaningBeforeType(result, thrown);
    if (meaning) return meaning.answer(result, thrown);
    if (thrown?.transient === true) return transient(result);
  }
  return unlessDecided(result, (answer) => refusalAnswer(answer));
}

/** A record under any status but 200 is a contradiction, also where the status alone would decide. */
function readConfirmation(answer: HttpAnswer, call: WyreCall): MovementAnswer {
  if (isOfOtherOrder(answer, call.leg)) {
    return {
      kind: 'otherMovement',
      code: 'ambiguous',
      message: 'Wyre confirmed a refund of another order than the one we asked for.',
    };
  }
  const found = readRecord(answer, call);
  if (found === undefined) return unexpectedBody(answer);
  // What failed before our request moved nothing, and neither will a request after it.
  const told = { id: found.walletOrderId, at: found.createdAt };
  return (found.status === 'FAILED' ? undefined : madeBefore('Wyre', told, call)) ?? answerOf(found);
}

function answerOf({ status, walletOrderId }: RefundRecord): MovementAnswer {
  const answers: Record<RefundRecord['status'], MovementAnswer> = {
    COMPLETED: { kind: 'done', providerReference: walletOrderId },
    FAILED: { kind: 'declined', code: 'declined', message: WYRE_FAILED_FOR_EVER },
    CREATED: { kind: 'ambiguous', message: 'Wyre has begun the refund and not ended it.' },
  };
  return answers[status];
}
