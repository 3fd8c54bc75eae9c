import type { z } from 'zod';
import type { MovementAnswer } from '../../domain/provider-answers';
import { somethingElse, unexpectedBody, unlessDecided, type HttpAnswer } from '../answers';
import type { HttpResult } from '../http-answer';
import { refusalAnswer } from './refusals';
import { knownBefore, timeOf } from './rows';
import { confirmed, hintsAtMovement, isOfType, isPoints, naming, type MircateCall, type Side } from './wire';

const MOVED_ELSE: Record<Side, string> = { refund: 'refund', reversal: 'spend' };

/** What the answer to a refund means (mircate sheet: success test, classification). */
export function readRefund(result: HttpResult, call: MircateCall): MovementAnswer {
  return readMovement(result, call, 'refund');
}

/** The same of the spend that reverses it. */
export function readReversal(result: HttpResult, call: MircateCall): MovementAnswer {
  return readMovement(result, call, 'reversal');
}

function readMovement(result: HttpResult, call: MircateCall, side: Side): MovementAnswer {
  return unlessDecided(result, (answer) => readBody(answer, call, side));
}

function readBody(answer: HttpAnswer, call: MircateCall, side: Side): MovementAnswer {
  const { status, body } = answer;
  if (!hintsAtMovement.safeParse(body).success) return refusalAnswer(answer, side);
  const named = naming.safeParse(body).data?.transaction;
  if (status < 200 || status >= 300 || !named) return unexpectedBody(answer);
  if (isNamed(named.transactionId) && knownBefore(call).includes(named.transactionId)) {
    const message = `The provider confirmed a ${MOVED_ELSE[side]} under the id of a transaction that was there before.`;
    return { kind: 'otherMovement', code: 'alreadyDone', message };
  }
  const differing = differences(named, call, side);
  if (differing.length > 0) {
    return somethingElse(MOVED_ELSE[side], differing);
  }
  const transaction = confirmed.safeParse(body).data?.transaction;
  const isOurs =
    status === 200 &&
    transaction !== undefined &&
    (side === 'reversal' || transaction.refundedTransactionId === call.leg.transactionId);
  return isOurs ? done(transaction) : unexpectedBody(answer);
}

function done({ transactionId, createdAt }: z.infer<typeof confirmed>['transaction']): MovementAnswer {
  const madeAt = timeOf(createdAt ?? '');
  const isDated = !Number.isNaN(madeAt);
  return {
    kind: 'done',
    providerReference: transactionId,
    ...(isDated && { madeAt: new Date(madeAt).toISOString() }),
  };
}

type Named = NonNullable<ReturnType<typeof naming.safeParse>['data']>['transaction'];

/** In what a success names something else than was asked for. */
function differences(named: Named, { leg, key }: MircateCall, side: Side): string[] {
  const { type, amount, refundedTransactionId, description } = named;
  const differs: [string, boolean][] = [
    ['kind', isNamed(type) && !isOfType(side, type)],
    ['points', isNamed(amount) && !isPoints(amount, leg.points)],
    [
      'transaction',
      side === 'refund' && isNamed(refundedTransactionId) && refundedTransactionId !== leg.transactionId,
    ],
    ['reference', side === 'reversal' && isNamed(description) && description !== key],
  ];
  return differs.flatMap(([name, differ]) => (differ ? [name] : []));
}

function isNamed(value: string | null | undefined): value is string {
  return value !== null && value !== undefined;
}
