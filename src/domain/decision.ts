import { faultOfPerson, faultOfWords } from './persons-words';
import type { Approval } from './state';
import { isSamePerson } from './text';

/** The longest note of a decision, in code points. */
export const LONGEST_NOTE = 500;

/** The most signed decisions that wait for their check at a time, and the most that one run checks. */
export const MOST_STATEMENTS = { waiting: 20, inAll: 200 } as const;

/** The argument of `approve` and `reject`. */
export interface DecisionMessage {
  by: string;
  note?: string | null;
  /** The decision as its approver signed it: a compact JWS. Counts only where the plan asks for signed decisions. */
  statement?: string | null;
  /** Refused when it names another refund. */
  refundId?: string | null;
}

/** The argument of the update `decide`. */
export interface DecideMessage extends DecisionMessage {
  decision: 'approve' | 'reject';
}

/** What each decision does to the money. */
export const DECISION_CONSEQUENCES = {
  approve: 'the legs are refunded now, one after another',
  reject: 'nothing is sent, and the refund ends as rejected',
} as const;

/** What a decision is checked against. */
export interface DecisionContext {
  refundId: string;
  requestedBy: string;
  approval: Approval | undefined;
  /** False once the question is closed: decided, expired or the refund is past it. */
  open: boolean;
  /** Whether a person is asked at all; only the plan says so. */
  needed: 'unknown' | 'yes' | 'no';
  /** Whether the plan asks for a signed statement; it is checked for real elsewhere, where the keys are. */
  signed: boolean;
}

/** A compact JWS with an Ed25519 signature, of a reasonable length. */
const STATEMENT = /^[A-Za-z0-9_-]{1,200}\.[A-Za-z0-9_-]{1,1500}\.[A-Za-z0-9_-]{86}$/;

/** What is wrong with a decision in itself, in any refund; undefined when nothing is. */
export function faultOfDecision(message: unknown): string | undefined {
  if (!isRecord(message)) return NEEDED;
  if (message.by === undefined) return NEEDED;
  const faultOfBy = faultOfPerson(message.by);
  if (faultOfBy !== undefined) return `by ${faultOfBy}`;
  const fault = faultOfNote(message.note ?? '');
  return fault === undefined ? undefined : `note ${fault}`;
}

const NEEDED = `it needs {"by": an id, "note"?: up to ${LONGEST_NOTE} characters}`;

function faultOfNote(note: unknown): string | undefined {
  return note === '' ? undefined : faultOfWords(note, LONGEST_NOTE);
}

/** Why this decision changes nothing, in words for its sender; undefined when it counts. */
export function refusalOfDecision(message: unknown, context: DecisionContext): string | undefined {
  const fault = faultOfDecision(message);
  if (fault !== undefined || !isDecisionMessage(message)) return fault;
  if (isAboutAnother(message, context.refundId)) return ABOUT_ANOTHER;
  if (isSamePerson(message.by, context.requestedBy)) return 'the requester of a refund cannot decide on it';
  if (context.approval?.decision) return `the decision was already made: ${context.approval.decision}`;
  if (context.needed === 'no') return 'no approval is needed; to stop the refund, cancel it';
  if (!context.open) return 'no decision is awaited';
  if (context.signed && !isStatement(message.statement)) return UNSIGNED;
  return undefined;
}

const UNSIGNED =
  'this refund accepts only signed decisions: "refund approve" and "refund reject" sign them with --key';

/** Said of a message that names another refund than the one it was sent to. */
export const ABOUT_ANOTHER = 'it names another refund';

/** Whether a message names a refund, and not this one: it was pasted to the wrong place. */
export function isAboutAnother(message: unknown, refundId: string): boolean {
  const named = isRecord(message) ? (message.refundId ?? refundId) : refundId;
  return named !== refundId;
}

/** Why this argument of `decide` changes nothing; undefined when it counts. */
export function refusalOfDecide(message: unknown, context: DecisionContext): string | undefined {
  const decision = isRecord(message) ? message.decision : undefined;
  if (decision !== 'approve' && decision !== 'reject') return 'decision must be "approve" or "reject"';
  return refusalOfDecision(message, context);
}

/** What waits for its check, in the plural, and what helps once no more of it is checked. */
export interface Checked {
  what: string;
  otherwise: string;
}

/** Decisions of people. */
export const OF_DECISIONS: Checked = {
  what: 'signed decisions',
  otherwise: 'cancel the refund and start it under another id',
};

/** Why no further one is checked now; undefined when one is. */
export function refusalOfChecks(
  { waiting, inAll }: Record<keyof typeof MOST_STATEMENTS, number>,
  { what, otherwise }: Checked,
): string | undefined {
  if (inAll >= MOST_STATEMENTS.inAll)
    return `this run has checked ${MOST_STATEMENTS.inAll} ${what} and checks no more; ${otherwise}`;
  if (waiting >= MOST_STATEMENTS.waiting)
    return `${MOST_STATEMENTS.waiting} ${what} are waiting to be checked; send yours again in a minute`;
  return undefined;
}

function isDecisionMessage(message: unknown): message is DecisionMessage {
  return faultOfDecision(message) === undefined;
}

/** Whether this may be a statement. The rest of a message was only read; what stands here may be of any kind. */
export function isStatement(value: unknown): boolean {
  return typeof value === 'string' && STATEMENT.test(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
