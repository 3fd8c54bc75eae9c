import type { MovementAnswer, Retryable, Unanswered } from '../domain/outcome';
import type { HttpResult } from './http-answer';

/** A whole HTTP answer. */
export type HttpAnswer = Extract<HttpResult, { kind: 'answer' }>;

/** How a provider says no; see `codeOf` for what may be shown of it. */
const SHOWABLE_CODE = /^(?:[A-Za-z][A-Za-z_-]*(?:\.[A-Za-z][A-Za-z_-]*)*|-?\d{1,4})$/;

/**
 * A provider's error code as it may be shown. Free text never is: it can hold a phone number.
 */
export function codeOf(code: unknown): string {
  return typeof code === 'string' && code.length <= 64 && SHOWABLE_CODE.test(code)
    ? code
    : '(code not shown)';
}

/** Whether a provider's text says that this was done before. Only used to look closer, never to conclude. */
export function saysAlready(...texts: unknown[]): boolean {
  return texts.some((text) => typeof text === 'string' && /already|duplicate/i.test(text));
}

/**
 * What a call that moves money means when its body has no say in it: it never left, it was lost, or its status
 * decides alone (408, 429, 5xx, a redirect).
 * @returns undefined when the body must be read
 */
export function withoutBody(result: HttpResult): Exclude<MovementAnswer, { kind: 'done' }> | undefined {
  if (result.kind === 'notSent') return result;
  if (result.kind === 'lost') return { kind: 'ambiguous', message: result.message };
  const { status } = result;
  if (status === 429) return turnedAway(result, 'The provider asks for fewer calls (HTTP 429).');
  if (status === 408 || status >= 500 || (status >= 300 && status < 400)) {
    return {
      kind: 'ambiguous',
      message: `The provider answered HTTP ${status}, which does not tell what it did.`,
    };
  }
  return undefined;
}

/** The provider turned the call away at its door: nothing moved. `message` names what to mend. */
export function turnedAway(answer: HttpAnswer, message: string): Retryable {
  return {
    kind: 'turnedAway',
    message,
    ...(answer.retryAfterMs !== undefined && { retryAfterMs: answer.retryAfterMs }),
  };
}

/** A body that is not what the sheet promises: money may have moved. */
export function unexpectedBody({ status }: HttpAnswer): MovementAnswer {
  return {
    kind: 'ambiguous',
    message: `The provider answered HTTP ${status} with a body that proves nothing.`,
  };
}

/**
 * A question that proves nothing, whatever the reason.
 * @param whatToMend names the credential or route at fault, where a status tells
 */
export function unansweredLookUp(
  result: HttpResult,
  whatToMend: (answer: HttpAnswer) => string | undefined = () => undefined,
): Unanswered {
  if (result.kind !== 'answer') return { kind: 'unanswered', message: result.message };
  return {
    kind: 'unanswered',
    message: whatToMend(result) ?? `The look-up answered HTTP ${result.status} and proves nothing.`,
    ...(result.retryAfterMs !== undefined && { retryAfterMs: result.retryAfterMs }),
  };
}
