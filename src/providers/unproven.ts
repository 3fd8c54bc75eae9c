import { LosslessNumber } from 'lossless-json';
import type { CheckAnswer, Unanswered, Unreadable } from '../domain/provider-answers';
import type { HttpAnswer } from './answers';
import { unansweredQuestion } from './answers';
import type { HttpResult } from './http-answer';

/** One JSON object of an answer, of which nothing is known. */
export type JsonObject = Record<string, unknown>;

/**
 * Whether an answer shows anything that looks like this, however deep and whatever else is wrong with it. Only used to be
 * more careful: what was shown once is not gone because a later answer does not show it.
 */
export function shows(result: HttpResult, looksLike: (shown: JsonObject) => boolean): boolean {
  const open: unknown[] = result.kind === 'answer' ? [result.body] : [];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value !== 'object' || value === null || value instanceof LosslessNumber) continue;
    if (!Array.isArray(value) && looksLike(value as JsonObject)) return true;
    for (const inner of Object.values(value) as unknown[]) open.push(inner);
  }
  return false;
}

/**
 * A question that proves nothing, whatever the reason.
 * @param showsOurs whether its answer shows something that may be the movement it is about
 * @param setupProblem the credential or route at fault, where a status tells
 */
export function unproven(
  result: HttpResult,
  { showsOurs }: { showsOurs: boolean },
  setupProblem?: (answer: HttpAnswer) => string | undefined,
): Unanswered | Unreadable {
  const unanswered = unansweredQuestion(result, setupProblem);
  if (!showsOurs) return unanswered;
  const message = `${unanswered.message} It shows something that may be this movement.`;
  return { ...unanswered, kind: 'unreadable', message };
}

/** What preflight learns from it: what is there before anything was sent is not ours, and is not forgotten. */
export function beforeOurs(answer: Unanswered | Unreadable): CheckAnswer {
  if (answer.kind === 'unanswered') return answer;
  const message = `Something that may be a refund of the same payment was there before this refund began. ${answer.message}`;
  return { kind: 'refused', code: 'alreadyDone', message };
}
