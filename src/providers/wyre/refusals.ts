import type { MovementAnswer } from '../../domain/provider-answers';
import { codeOf, foreignAnswer, saysAlready, turnedAway, unexpectedBody, type HttpAnswer } from '../answers';
import type { HttpResult } from '../http-answer';
import { exception, holdsRecord, type WyreException } from './wire';

const ACCESS_TYPES: ReadonlySet<string> = new Set(['AccessDeniedException', 'MFARequiredException']);

/** Statuses under which an exception is a "no" (sheet: error body; design 5). */
const REFUSAL_STATUSES: ReadonlySet<number> = new Set([400, 404, 409, 422]);

const INSUFFICIENT_FUNDS = 'refund.insufficientFunds';

interface Meaning {
  applies: (thrown: WyreException) => boolean;
  answer: (answer: HttpAnswer, thrown: WyreException) => MovementAnswer;
}

/** What an exception means by its words, whatever its type and its 4xx; the first that applies. */
const MEANINGS_BEFORE_TYPE: readonly Meaning[] = [
  {
    applies: ({ errorCode, message }) => saysAlready(errorCode, message),
    answer: () => ({ kind: 'alreadyDone', message: 'Wyre says that this order was already refunded.' }),
  },
  {
    applies: ({ errorCode, transient }) => errorCode === INSUFFICIENT_FUNDS && transient !== true,
    answer: insufficientFunds,
  },
];

/** What an exception under a status of refusal means; the first meaning that applies (sheet: classification). */
const MEANINGS: readonly Meaning[] = [
  {
    applies: ({ type }) => type === 'InsufficientFundsException',
    answer: insufficientFunds,
  },
  {
    applies: ({ type }) => type === 'RateLimitException',
    answer: (answer) => turnedAway(answer, `Wyre asks for fewer calls (HTTP ${answer.status}).`),
  },
  {
    // It says that Wyre itself does not know what happened.
    applies: ({ type }) => type === 'UnknownException',
    answer: unexpectedBody,
  },
  {
    applies: ({ errorCode }) => /window/i.test(errorCode ?? ''),
    answer: (_, { errorCode }) => ({
      kind: 'unlistedRefusal',
      code: 'windowClosed',
      message: `Wyre refused this refund and spoke of its window of 30 days: ${codeOf(errorCode)}.`,
    }),
  },
  {
    applies: () => true,
    answer: (_, { errorCode }) => ({
      kind: 'unlistedRefusal',
      code: 'declined',
      message: `Wyre refused this refund: ${codeOf(errorCode)}.`,
    }),
  },
];

/** The exception in an answer, unless it poses as a refund record too; undefined when it is not Wyre's own. */
export function readException(result: HttpResult): WyreException | undefined {
  if (result.kind !== 'answer' || holdsRecord(result)) return undefined;
  return exception.safeParse(result.body).data;
}

/** Whether Wyre says that something does not exist: by type, as the status differs by edition (sheet: error body). */
export function isNotFound(result: HttpResult): boolean {
  const hasStatus = result.kind === 'answer' && (result.status === 404 || result.status === 400);
  return hasStatus && readException(result)?.type === 'NotFoundException';
}

/** Whether Wyre says that there is no refund record. "No such order" is another matter and proves nothing of refunds. */
export function hasNoRecord(result: HttpResult): boolean {
  return isNotFound(result) && readException(result)?.errorCode?.startsWith('order.') !== true;
}

/**
 * The configuration problem because of which Wyre does not listen to us; undefined when it did listen. A body that is
 * not Wyre's makes it a guess, which is good enough for a question only.
 */
export function setupProblem(answer: HttpAnswer): string | undefined {
  const { status } = answer;
  const thrown = readException(answer);
  const isDenied = thrown ? ACCESS_TYPES.has(thrown.type) : status === 401 || status === 403;
  if (isDenied) {
    const shown = thrown ? `, ${codeOf(thrown.errorCode)}` : '';
    return `Wyre denied us access (HTTP ${status}${shown}): check WYRE_API_KEY and that its account owns the order.`;
  }
  const isRoute = thrown === undefined && (status === 404 || status === 405 || status === 415);
  return isRoute ? `Wyre does not know this route (HTTP ${status}): check WYRE_BASE_URL.` : undefined;
}

/** What an exception means by its words under any 4xx; undefined where its type and its status decide. */
export function meaningBeforeType({ status }: HttpAnswer, thrown: WyreException): Meaning | undefined {
  const isNo = status >= 400 && status < 500;
  return isNo ? MEANINGS_BEFORE_TYPE.find(({ applies }) => applies(thrown)) : undefined;
}

function insufficientFunds(): MovementAnswer {
  return {
    kind: 'declined',
    code: 'merchantBalance',
    message: 'Our balance at Wyre is too small for this refund.',
    // Whether this burnt the order's only attempt is not documented.
    lookUpFirst: true,
  };
}

/** What an answer means that confirms nothing, by its status and by the type of its exception (sheet: classification). */
export function refusalAnswer(answer: HttpAnswer): MovementAnswer {
  if (answer.status < 300) return unexpectedBody(answer);
  const thrown = readException(answer);
  if (thrown === undefined && !answer.isEmpty) return foreignAnswer(answer);
  const problem = setupProblem(answer);
  if (problem !== undefined) return turnedAway(answer, problem);
  const meaning =
    thrown && REFUSAL_STATUSES.has(answer.status) && MEANINGS.find(({ applies }) => applies(thrown));
  return meaning ? meaning.answer(answer, thrown) : unexpectedBody(answer);
}

/** A failure that Wyre itself calls a passing one. */
export function transient({ status, retryAfterMs }: HttpAnswer): MovementAnswer {
  return {
    kind: 'transient',
    message: `Wyre says that its failure is a passing one (HTTP ${status}): the refund may be tried again.`,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}
