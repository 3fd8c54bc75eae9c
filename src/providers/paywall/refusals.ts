import type { MovementAnswer } from '../../domain/provider-answers';
import { codeOf, saysAlready, type HttpAnswer } from '../answers';
import { coded, isGood, readEnvelope, type Envelope } from './wire';

/** Statuses beside 2xx under which a failure envelope is a "no" (sheet: classification; design 5). */
const REFUSAL_STATUSES: ReadonlySet<number> = new Set([400, 404, 409, 422]);

/** "Unauthorized" alone names no keys: a sale that may not be refunded twice can be called that too. */
const NAMES_KEYS = /^auth\b|api ?-?(?:key|client)/i;

/** Whether Paywall says no without a contradiction, whatever the status. */
export function isFailure({ IsSuccess, IsFailure, Value }: Envelope): boolean {
  return IsFailure && !IsSuccess && (Value ?? null) === null;
}

/** Whether a failure envelope is a "no" under this status; under another it proves nothing (sheet: classification). */
export function isRefusalStatus(answer: HttpAnswer): boolean {
  return isGood(answer) || REFUSAL_STATUSES.has(answer.status);
}

/** Whether a status is one by which Paywall refuses our keys. */
export function isDoor({ status }: HttpAnswer): boolean {
  return status === 401 || status === 403;
}

/** The code and the texts of a failure. The sheet knows no shape of `Errors`: plain texts, or objects of them. */
export function errorsOf({ Errors }: Envelope): { code: string | undefined; texts: string[] } {
  const items: unknown[] = Array.isArray(Errors) ? Errors : [Errors];
  const parts = items.flatMap((item): unknown[] =>
    typeof item === 'object' && item !== null ? Object.values(item) : [item],
  );
  const [code] = items.flatMap((item) => coded.safeParse(item).data?.Code ?? []);
  return { code, texts: parts.filter((part) => typeof part === 'string') };
}

/** A failure that speaks of a repeat was no refusal at the door, whatever its status says. */
export function repeatIn(answer: HttpAnswer): MovementAnswer | undefined {
  const body = readEnvelope(answer);
  const isNo = isGood(answer) || (answer.status >= 400 && answer.status < 500 && answer.status !== 408);
  if (!isNo || body === undefined || !isFailure(body)) return undefined;
  const { code, texts } = errorsOf(body);
  return saysAlready(code, ...texts)
    ? { kind: 'alreadyDone', message: 'Paywall says that this sale was already refunded.' }
    : undefined;
}

/** Paywall documents no code, so no refusal is a listed one; its words may be in any language (sheet: classification). */
export function refusalOf(body: Envelope): MovementAnswer {
  return {
    kind: 'unlistedRefusal',
    code: 'declined',
    message: `Paywall refused to refund the sale: ${codeOf(errorsOf(body).code)}.`,
  };
}

/**
 * The configuration problem because of which Paywall does not listen to us; undefined when it did listen. A body that
 * is not Paywall's makes it a guess, which is good enough for a question only.
 */
export function setupProblem(answer: HttpAnswer): string | undefined {
  const { status } = answer;
  const known = readEnvelope(answer);
  const namesKeys = known?.IsFailure === true && errorsOf(known).texts.some((text) => NAMES_KEYS.test(text));
  if (isDoor(answer) || namesKeys) {
    return `Paywall refused our keys (HTTP ${status}): check PAYWALL_API_KEY and PAYWALL_API_CLIENT.`;
  }
  const isRoute = known === undefined && (status === 404 || status === 405 || status === 415);
  return isRoute ? `Paywall does not know this route (HTTP ${status}): check PAYWALL_BASE_URL.` : undefined;
}
