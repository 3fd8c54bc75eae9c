import type { MovementAnswer } from '../../domain/outcome';
import type { WyreLeg } from '../../domain/request';
import { codeOf, saysAlready, turnedAway, unexpectedBody, withoutBody, type HttpAnswer } from '../answers';
import type { HttpResult } from '../http-answer';
import type { ProviderCall } from '../provider';
import {
  holdsRecord,
  readException,
  readRecord,
  whatToMend,
  type RefundRecord,
  type WyreException,
} from './records';

/** One refund of a card order at Wyre. */
export type WyreCall = ProviderCall<WyreLeg>;

/** The sentence for a refund record that failed (sheet: classification). */
export const FAILED_FOR_EVER =
  'The refund failed at Wyre, which never takes a second one for the same order.';

/** Statuses under which an exception is a business answer (sheet: error body; design 5). */
const REFUSAL_STATUSES: ReadonlySet<number> = new Set([400, 404, 409, 422]);

const REFUSING_TYPES: ReadonlySet<string> = new Set([
  'ValidationException',
  'TransferException',
  'CustomerSupportException',
]);

interface Meaning {
  applies: (thrown: WyreException) => boolean;
  answer: (answer: HttpAnswer, thrown: WyreException) => MovementAnswer;
}

/** What an exception under a business status means; the first meaning that applies (sheet: classification). */
const MEANINGS: readonly Meaning[] = [
  {
    applies: ({ type, errorCode }) =>
      type === 'InsufficientFundsException' || errorCode === 'refund.insufficientFunds',
    answer: () => ({
      kind: 'declined',
      code: 'merchantBalance',
      message: 'Our balance at Wyre is too small for this refund.',
      // Whether this burnt the order's only attempt is not documented.
      lookUpFirst: true,
    }),
  },
  {
    applies: ({ type }) => type === 'NotFoundException',
    answer: (_, { errorCode }) => declined(`knows no such order: ${codeOf(errorCode)}`),
  },
  {
    applies: ({ type }) => type === 'RateLimitException',
    answer: (answer) => turnedAway(answer, `Wyre asks for fewer calls (HTTP ${answer.status}).`),
  },
  {
    applies: ({ type, errorCode, message }) => REFUSING_TYPES.has(type) && saysAlready(errorCode, message),
    answer: () => ({ kind: 'alreadyDone', message: 'Wyre says that this order was refunded before.' }),
  },
  {
    applies: ({ type, errorCode }) => REFUSING_TYPES.has(type) && /window/i.test(errorCode ?? ''),
    answer: () => ({
      kind: 'declined',
      code: 'windowClosed',
      message: 'Wyre refuses this refund, because the 30 days since the purchase are over.',
    }),
  },
  {
    applies: ({ type }) => REFUSING_TYPES.has(type),
    answer: (_, { errorCode }) => declined(`refused this refund: ${codeOf(errorCode)}`),
  },
];

/** What the refund call did, by the success test and the classification of the sheet. */
export function readRefund(result: HttpResult, call: WyreCall): MovementAnswer {
  const thrown = readException(result);
  if (result.kind === 'answer' && thrown?.transient === true) return transient(result);
  // `withoutBody` decides everything that is no whole answer.
  return withoutBody(result) ?? judgeRefund(result as HttpAnswer, thrown, call);
}

function judgeRefund(
  answer: HttpAnswer,
  thrown: WyreException | undefined,
  { leg }: WyreCall,
): MovementAnswer {
  const found = readRecord(answer, leg);
  if (found) return answerOf(found);
  if (answer.status < 300 || holdsRecord(answer)) return unexpectedBody(answer);
  const mend = whatToMend(answer);
  if (mend !== undefined) return turnedAway(answer, mend);
  const meaning =
    thrown && REFUSAL_STATUSES.has(answer.status) && MEANINGS.find(({ applies }) => applies(thrown));
  return meaning ? meaning.answer(answer, thrown) : unexpectedBody(answer);
}

function answerOf({ status, walletOrderId }: RefundRecord): MovementAnswer {
  const answers: Record<RefundRecord['status'], MovementAnswer> = {
    COMPLETED: { kind: 'done', providerReference: walletOrderId },
    FAILED: { kind: 'declined', code: 'declined', message: FAILED_FOR_EVER },
    CREATED: { kind: 'ambiguous', message: 'Wyre has begun the refund and not ended it.' },
  };
  return answers[status];
}

function transient({ status, retryAfterMs }: HttpAnswer): MovementAnswer {
  return {
    kind: 'transient',
    message: `Wyre says that its failure is a passing one (HTTP ${status}): the refund may be tried again.`,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

function declined(what: string): MovementAnswer {
  return { kind: 'declined', code: 'declined', message: `Wyre ${what}; no money moved.` };
}
