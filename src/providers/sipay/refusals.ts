import type { MovementAnswer } from '../../domain/provider-answers';
import { codeOf, saysAlready, unexpectedBody, type HttpAnswer } from '../answers';
import type { HttpResult } from '../http-answer';
import { isGood, readEnvelope, SUCCESS, type Envelope } from './wire';

/** "System error": it does not tell what was done (sheet: classification). */
const SYSTEM_ERROR = 2;

/** Sipay's listed refusals (sheet: codes). */
const REFUSALS: ReadonlyMap<string, MovementAnswer> = new Map([
  ['300', declined('code 300, wallet not found')],
  ['301', { kind: 'alreadyDone', message: 'Sipay has seen our reference of this refund before (code 301).' }],
  ['303', declined('code 303, wallets must differ')],
  ['310', declined('code 310, limit')],
  [
    '311',
    {
      kind: 'declined',
      code: 'merchantBalance',
      message: 'Our wallet at Sipay holds too little money for this refund (code 311).',
    },
  ],
  [
    '360',
    { kind: 'alreadyDone', message: 'Sipay has processed our reference of this refund before (code 360).' },
  ],
  ['361', declined('code 361, limit')],
]);

const REPEAT: MovementAnswer = {
  kind: 'alreadyDone',
  message: 'Sipay says that this refund was already made.',
};

/** Whether this is a "no" that contradicts itself nowhere: no success, no system error, and nothing handed out. */
export function isRefusal({ status, code, payload }: Envelope): boolean {
  return status !== 0 && status !== SYSTEM_ERROR && code !== SUCCESS && (payload ?? null) === null;
}

/** Whether a "no" is Sipay's: by its own envelope, or without a byte (design 5: turned away). */
export function isOwnRefusal(answer: HttpAnswer): boolean {
  const known = readEnvelope(answer);
  return known ? isRefusal(known) : answer.isEmpty;
}

/** What a "no" of Sipay's own says by a listed code, or of a repeat, under 2xx and 4xx alike (sheet: traps). */
export function listedRefusal(answer: HttpAnswer): MovementAnswer | undefined {
  const { status } = answer;
  const body = readEnvelope(answer);
  const isNo = (status >= 200 && status < 300) || (status >= 400 && status < 500 && status !== 408);
  if (!isNo || body === undefined || !isRefusal(body)) return undefined;
  const code = businessCodeOf(answer);
  return REFUSALS.get(code ?? '') ?? (saysAlready(code, body.message) ? REPEAT : undefined);
}

/** An unlisted "no" of Sipay's own: a code counts under 200 as under 400 (sheet: traps); a failure without one only under 4xx. */
export function unlistedRefusal(answer: HttpAnswer): MovementAnswer {
  const code = businessCodeOf(answer);
  if (code === undefined && isGood(answer.status)) return unexpectedBody(answer);
  const message = `Sipay refused this refund by HTTP ${answer.status} ${shownCode(code)}, which its documents do not list.`;
  return { kind: 'unlistedRefusal', code: 'declined', message };
}

/** Whether the call was refused for its token and did nothing, so that it may go out again with another (sheet: 401). */
export function wantsAnotherToken(result: HttpResult): boolean {
  return (
    result.kind === 'answer' &&
    result.status === 401 &&
    isOwnRefusal(result) &&
    listedRefusal(result) === undefined
  );
}

/** Sipay's own code; one that repeats the HTTP status, as its 401 does, says nothing of the business. */
function businessCodeOf(answer: HttpAnswer): string | undefined {
  const code = readEnvelope(answer)?.code ?? undefined;
  return code === String(answer.status) ? undefined : code;
}

/**
 * The configuration problem because of which Sipay does not listen to us, whoever said so; undefined when nothing of the
 * kind was said.
 * @param credentials names of the settings that hold our credentials
 */
export function setupProblem(answer: HttpAnswer, credentials: string): string | undefined {
  const { status } = answer;
  const isDoor = status === 401 || status === 405 || status === 415;
  if (!isDoor && (businessCodeOf(answer) !== undefined || (status !== 403 && status !== 404)))
    return undefined;
  if (readEnvelope(answer) === undefined && !answer.isEmpty) {
    return `Something else answered in Sipay's place (HTTP ${status}): check SIPAY_BASE_URL, and ${credentials}.`;
  }
  if (status === 401) return `Sipay refused our token (HTTP 401): check ${credentials}.`;
  if (status === 403) {
    return `Sipay forbids us this call (HTTP 403): check the rights of ${credentials}, SIPAY_SCOPE and SIPAY_X_CLIENT_ID.`;
  }
  return `Sipay does not know this route (HTTP ${status}): check SIPAY_BASE_URL.`;
}

/** A refusal's code as it may be shown. */
function shownCode(code: string | undefined): string {
  return code === undefined ? 'without a code' : `code ${codeOf(code)}`;
}

function declined(reason: string): MovementAnswer {
  return { kind: 'declined', code: 'declined', message: `Sipay refused this refund (${reason}).` };
}
