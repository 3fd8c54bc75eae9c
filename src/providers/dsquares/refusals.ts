import type { Declined, MovementAnswer } from '../../domain/provider-answers';
import { codeOf, foreignAnswer, turnedAway, unexpectedBody, type HttpAnswer } from '../answers';
import { errorObject, isOk, refusing, REFUSING, type Refusal, type Side } from './wire';

const BAD_CREDENTIAL = [401, 403];
const BAD_ROUTE = [404, 405, 415];

/** Codes that say no and move nothing (dsquares sheet: codes). */
const LISTED = '-4 1 2 3 4 5 7 8 12 18 19 20 23 24 34 35 38 39 40 41 43 45'.split(' ');

const ALREADY_DONE = ['21', '37'];

/** Codes that say more about a redemption that reverses a refund (dsquares sheet: codes). */
const POINTS_ARE_SPENT = ['18', '35', '43'];

const DEMANDS_THE_CUSTOMER = ['27', '28', '30', '46'];
const ASKED: Record<Side, string> = { refund: 'refund the points', reversal: 'reverse the refund' };

/** What an answer means that confirms nothing and hints at no movement (dsquares sheet: classification). */
export function refusalAnswer(answer: HttpAnswer, side: Side): MovementAnswer {
  const { status, body } = answer;
  const { data: refusal } = refusing.safeParse(body);
  if (refusal && ALREADY_DONE.includes(refusal.errorCode)) return alreadyDone(refusal, side);
  if (refusal && saysNo(status, refusal, side)) return refused(answer, refusal, side);
  const isMistake = holdsMistake(answer);
  if (isMistake && REFUSING.includes(status)) return unlisted(side, `HTTP ${status}`);
  if (isOk(status)) return unexpectedBody(answer);
  if (!answer.isEmpty && !refusal && !isMistake) return foreignAnswer(answer);
  if (BAD_CREDENTIAL.includes(status)) return turnedAway(answer, refusedClientId(status));
  return BAD_ROUTE.includes(status) ? turnedAway(answer, badRoute(answer)) : unexpectedBody(answer);
}

/** What is wrong with our settings, where the status of an answer to a question tells. */
export function setupProblem(answer: HttpAnswer): string | undefined {
  const { status } = answer;
  if (BAD_CREDENTIAL.includes(status)) return refusedClientId(status);
  const isMistake = REFUSING.includes(status) && holdsMistake(answer);
  return BAD_ROUTE.includes(status) && !isMistake ? badRoute(answer) : undefined;
}

/** Whether a code says more than the status that it comes under. A text never does: it may be in any language. */
function saysNo(status: number, { errorCode }: Refusal, side: Side): boolean {
  if (BAD_CREDENTIAL.includes(status)) return listedRefusal(errorCode, side) !== undefined;
  return isOk(status) || REFUSING.includes(status) || BAD_ROUTE.includes(status);
}

function refused({ status }: HttpAnswer, { errorCode }: Refusal, side: Side): MovementAnswer {
  const listed = isOk(status) ? listedRefusal(errorCode, side) : undefined;
  return listed ?? unlisted(side, `code ${codeOf(errorCode)}`);
}

function listedRefusal(errorCode: string, side: Side): Declined | undefined {
  if (side === 'reversal' && DEMANDS_THE_CUSTOMER.includes(errorCode)) {
    const message = `This programme demands the customer's PIN or one-time password for a redemption (code ${errorCode}): the refund cannot be reversed without the customer.`;
    return { kind: 'declined', code: 'noReversal', message };
  }
  if (!LISTED.includes(errorCode)) return undefined;
  const message =
    side === 'reversal' && POINTS_ARE_SPENT.includes(errorCode)
      ? `The refund cannot be reversed: the customer has spent the points (code ${errorCode}).`
      : `The provider refused to ${ASKED[side]} (code ${errorCode}).`;
  return { kind: 'declined', code: 'declined', message };
}

function alreadyDone({ errorCode }: Refusal, side: Side): MovementAnswer {
  const message = `Asked to ${ASKED[side]}, the provider says it was done before (code ${codeOf(errorCode)}).`;
  return { kind: 'alreadyDone', message };
}

/** Whether the answer holds the vendor's Error Object. */
function holdsMistake({ status, body }: HttpAnswer): boolean {
  return !isOk(status) && errorObject.safeParse(body).data?.statusCode === status;
}

function unlisted(side: Side, code: string): MovementAnswer {
  const message = `The provider refused to ${ASKED[side]} in a way that its documentation does not list (${code}).`;
  return { kind: 'unlistedRefusal', code: 'declined', message };
}

function refusedClientId(status: number): string {
  return `The provider refused our client id (HTTP ${status}): check DSQUARES_CLIENT_ID.`;
}

function badRoute({ status }: HttpAnswer): string {
  return `The provider knows no such call (HTTP ${status}): check DSQUARES_BASE_URL and DSQUARES_API_VERSION.`;
}
