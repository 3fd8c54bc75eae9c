import type { Approval } from './state';
import { codePoints, isPrintable, isSamePerson } from './text';

/** The argument of `approve` and `reject`. */
export interface DecisionMessage {
  by: string;
  note?: string;
  /** The decision as its approver signed it: a compact JWS. Counts only where the plan asks for signed decisions. */
  statement?: string;
}

/** The argument of the update `decide`. */
export interface DecideMessage extends DecisionMessage {
  decision: 'approve' | 'reject';
}

/** What a decision is checked against. */
export interface DecisionContext {
  requestedBy: string;
  approval: Approval | undefined;
  /** False once the question is closed: decided, expired, not needed or the refund is past it. */
  open: boolean;
  /** Whether the plan asks for a signed statement; it is checked for real elsewhere, where the keys are. */
  signed?: boolean;
}

/** A compact JWS with an Ed25519 signature, of a reasonable length. */
const STATEMENT = /^[A-Za-z0-9_-]{1,200}\.[A-Za-z0-9_-]{1,1500}\.[A-Za-z0-9_-]{86}$/;

/** Why this decision changes nothing, in words for its sender; undefined when it counts. */
export function refusalOfDecision(message: unknown, context: DecisionContext): string | undefined {
  if (!isDecisionMessage(message)) {
    return 'it needs {"by": 1 to 64 printable characters, "note"?: up to 500 characters}';
  }
  if (isSamePerson(message.by, context.requestedBy)) return 'whoever requested a refund cannot decide on it';
  if (context.approval?.decision) return `the decision was already made: ${context.approval.decision}`;
  if (!context.open) return 'no decision is awaited';
  if (context.signed && !isStatement(message.statement)) return UNSIGNED;
  return undefined;
}

const UNSIGNED =
  'this refund takes signed decisions only, which "refund approve" and "refund reject" make with --key';

/** Why this argument of `decide` changes nothing; undefined when it counts. */
export function refusalOfDecide(message: unknown, context: DecisionContext): string | undefined {
  const decision = isRecord(message) ? message.decision : undefined;
  if (decision !== 'approve' && decision !== 'reject') return 'decision must be "approve" or "reject"';
  return refusalOfDecision(message, context);
}

function isDecisionMessage(message: unknown): message is DecisionMessage {
  return isRecord(message) && isPrintable(message.by, 64) && isNote(message.note);
}

function isNote(note: unknown): boolean {
  return note === undefined || (typeof note === 'string' && codePoints(note) <= 500);
}

/** The rest of a message was only read; what stands here may be of any kind. */
function isStatement(value: unknown): boolean {
  return typeof value === 'string' && STATEMENT.test(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
