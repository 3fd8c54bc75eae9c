import type { MovementAnswer, Retryable, Unanswered } from '../domain/provider-answers';
import type { HttpResult } from './http-answer';

/** A whole HTTP answer. */
export type HttpAnswer = Extract<HttpResult, { kind: 'answer' }>;

/** Numbers of a list, dotted words such as `refund.alreadyRefunded`, and a word of several such as `AlreadyRefunded`. */
const SHOWABLE_CODE =
  /^(?:-?\d{1,4}|[a-z]+(?:[A-Z][a-z]+)*(?:\.[a-z]+(?:[A-Z][a-z]+)*)+|[A-Z][a-z]+(?:[A-Z][a-z]+)+)$/;

/**
 * A provider's error code as it may be shown. Free text never is: a word can be a name, digits a phone number, and both
 * together a key of ours.
 */
export function codeOf(code: unknown): string {
  return typeof code === 'string' && code.length <= 64 && SHOWABLE_CODE.test(code)
    ? code
    : '(code not shown)';
}

/** Whether a provider's text says that this was done before. Only used to be more careful, never to conclude. */
export function saysAlready(...texts: unknown[]): boolean {
  return texts.some((text) => typeof text === 'string' && /already|duplicate/i.test(text));
}

const OUTCOME_NAME = /status|state|result|success|type/i;
const FAILURE_TEXT = /fail|reject|declin|cancel|error|revers|denied|void|unsuccessful/i;

/**
 * Whether a record calls its own outcome a failure. Only used to be more careful: numbers, nested records and fields of
 * other names are not read.
 */
export function saysFailure(record: Record<string, unknown>): boolean {
  return Object.entries(record).some(([name, value]) => {
    if (!OUTCOME_NAME.test(name)) return false;
    if (/success/i.test(name) && (value === false || value === 'false')) return true;
    return typeof value === 'string' && FAILURE_TEXT.test(value);
  });
}

/**
 * What a call that moves money means: its body is read only where it has a say. It has none where the request never left, the
 * answer was lost, or the status decides alone (408, 429, 5xx, a redirect).
 */
export function unlessDecided(
  result: HttpResult,
  read: (answer: HttpAnswer) => MovementAnswer,
): MovementAnswer {
  if (result.kind === 'notSent') return result;
  if (result.kind === 'lost') return { kind: 'ambiguous', message: result.message };
  const { status } = result;
  if (status === 429) return turnedAway(result, 'The provider asks for fewer calls (HTTP 429).');
  if (status === 408 || status >= 500 || (status >= 300 && status < 400)) {
    return {
      kind: 'ambiguous',
      message: `The provider answered HTTP ${status}, which does not tell what it did.`,
      ...waitOf(result),
    };
  }
  return read(result);
}

/** The provider confirmed something else than was asked for. */
export function somethingElse(confirmed: string, differing: readonly string[]): MovementAnswer {
  const message = `The provider confirmed a ${confirmed}, but not the one that was asked for: ${differing.join(', ')} differ.`;
  return { kind: 'otherMovement', code: 'ambiguous', message };
}

/** The provider turned the call away at its door: nothing moved. `message` names the configuration problem. */
export function turnedAway(answer: HttpAnswer, message: string): Retryable {
  return { kind: 'turnedAway', message, ...waitOf(answer) };
}

/**
 * Something that is not the provider answered in its place (a gateway, a filter, an ingress): the provider may have
 * executed the call all the same.
 */
export function foreignAnswer(answer: HttpAnswer): MovementAnswer {
  return {
    kind: 'ambiguous',
    message: `Something else answered in the provider's place (HTTP ${answer.status}, a body that is not the provider's).`,
    ...waitOf(answer),
  };
}

/** A body that is not what the sheet promises: money may have moved. */
export function unexpectedBody(answer: HttpAnswer): MovementAnswer {
  return {
    kind: 'ambiguous',
    message: `The provider answered HTTP ${answer.status} with a body that proves nothing.`,
    ...waitOf(answer),
  };
}

/**
 * A question that proves nothing, whatever the reason.
 * @param setupProblem the credential or route at fault, where a status tells
 */
export function unansweredQuestion(
  result: HttpResult,
  setupProblem: (answer: HttpAnswer) => string | undefined = () => undefined,
): Unanswered {
  if (result.kind === 'lost') return { kind: 'unanswered', message: result.message };
  const message =
    result.kind === 'notSent'
      ? result.message
      : (setupProblem(result) ?? `The question was answered by HTTP ${result.status}, which proves nothing.`);
  return { kind: 'unanswered', message, ...waitOf(result) };
}

function waitOf({ retryAfterMs }: { retryAfterMs?: number }): { retryAfterMs?: number } {
  return retryAfterMs === undefined ? {} : { retryAfterMs };
}
