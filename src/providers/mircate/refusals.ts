import type { MovementAnswer } from '../../domain/provider-answers';
import { foreignAnswer, saysAlready, turnedAway, unexpectedBody, type HttpAnswer } from '../answers';
import type { Side } from './wire';

/** What a status says with an empty body, and with the provider's own `{"message"}` (mircate sheet: classification). */
interface Door {
  closedFor: 'key' | 'route';
  ownBody: 'turnedAway' | 'refused' | 'foreign';
}

const DOORS: Partial<Record<number, Door>> = {
  401: { closedFor: 'key', ownBody: 'foreign' },
  403: { closedFor: 'key', ownBody: 'turnedAway' },
  404: { closedFor: 'route', ownBody: 'refused' },
  405: { closedFor: 'route', ownBody: 'foreign' },
  415: { closedFor: 'route', ownBody: 'foreign' },
};

/** Statuses of a "no" whose body is not documented: any JSON object may be the provider's. */
const REFUSING = [400, 409, 422];

const ASKED: Record<Side, string> = { refund: 'refund the points', reversal: 'reverse the refund' };

/** What an answer means that confirms nothing and hints at no movement (mircate sheet: classification). */
export function refusalAnswer(answer: HttpAnswer, side: Side): MovementAnswer {
  const { status, body, isEmpty } = answer;
  const door = DOORS[status];
  if (!door) {
    if (REFUSING.includes(status) && isRecord(body)) return refused(answer, side);
    return isEmpty || status < 300 ? unexpectedBody(answer) : foreignAnswer(answer);
  }
  const saysMore = isEmpty ? 'turnedAway' : isOwnMessage(body) ? door.ownBody : 'foreign';
  if (saysMore === 'foreign') return foreignAnswer(answer);
  // What may have been done already must not be sent again.
  if (saysMore === 'refused' || hasWordAlready(body)) return refused(answer, side);
  return turnedAway(answer, setupProblem(answer) ?? '');
}

/** What to check when an answer comes from a closed door, by its status. */
export function setupProblem({ status }: HttpAnswer): string | undefined {
  const problems: Record<Door['closedFor'], string> = {
    key: `The provider refused our key (HTTP ${status}): check MIRCATE_API_KEY.`,
    route: `The provider knows no such call (HTTP ${status}): check MIRCATE_BASE_URL, MIRCATE_PROJECT_ID and MIRCATE_ACCOUNT_ID.`,
  };
  const door = DOORS[status];
  return door && problems[door.closedFor];
}

/** The same of an answer to a list of transactions. */
export function listProblem(answer: HttpAnswer): string | undefined {
  const { status } = answer;
  if (status === 400) {
    return "The provider refused to list this wallet's transactions (HTTP 400): check the refund's accountNumber, or its walletId and walletCurrency.";
  }
  if (status === 200) return 'The provider answered with a list of transactions that cannot be relied on.';
  return setupProblem(answer);
}

/** No refusal is documented with a body that could be known again: all of them are doubts. */
function refused({ status, body }: HttpAnswer, side: Side): MovementAnswer {
  const code = `HTTP ${status}`;
  if (hasWordAlready(body)) {
    const message = `Asked to ${ASKED[side]}, the provider says it was done before (${code}).`;
    return { kind: 'alreadyDone', message };
  }
  const message = `The provider refused to ${ASKED[side]} in a way that its documentation does not list (${code}).`;
  return { kind: 'unlistedRefusal', code: 'declined', message };
}

function hasWordAlready(body: unknown): boolean {
  return isRecord(body) && Object.values(body).some((text) => saysAlready(text));
}

function isOwnMessage(body: unknown): boolean {
  return isRecord(body) && Object.keys(body).length === 1 && typeof body.message === 'string';
}

function isRecord(body: unknown): body is Record<string, unknown> {
  return typeof body === 'object' && body !== null && !Array.isArray(body);
}
