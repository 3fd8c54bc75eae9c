import type { AttemptFailure, CheckResult, LookUpResult, MovementResult, PlanResult } from './activity-types';
import { LEG_NAMES } from './plan';
import type { RefundPlan } from './plan';
import { PROBLEM_CODES } from './provider-answers';
import type { Baseline } from './provider-answers';

/*
 * Whoever may write to the namespace can complete or fail a call in a worker's place, with anything. What has not the form of
 * an answer of ours says nothing, and neither ends a leg nor stops the run.
 */

type Test = (value: unknown) => boolean;
type Shape = Readonly<Record<string, Test>>;

const isText: Test = (value) => typeof value === 'string';
const isNumber: Test = (value) => typeof value === 'number';
const isTime: Test = (value) =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value);
const isBoolean: Test = (value) => typeof value === 'boolean';
const oneOf =
  (values: readonly string[]): Test =>
  (value) =>
    typeof value === 'string' && values.includes(value);
const listOf =
  (test: Test): Test =>
  (value) =>
    Array.isArray(value) && value.every(test);
const shaped =
  (shape: Shape): Test =>
  (value) =>
    hasShape(value, shape);
/** JSON writes a number that is none as null. */
const maybe =
  (test: Test): Test =>
  (value) =>
    value === undefined || value === null || test(value);

function hasShape(value: unknown, shape: Shape): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Record<string, unknown>;
  return Object.entries(shape).every(([name, test]) => test(fields[name]));
}

/** Whether it is of a known kind, and has the fields of that kind. */
function isKind(value: unknown, shapes: Readonly<Record<string, Shape>>): boolean {
  const { kind } = (value ?? {}) as { kind?: unknown };
  if (typeof kind !== 'string' || !Object.hasOwn(shapes, kind)) return false;
  return hasShape(value, shapes[kind] ?? {});
}

const MESSAGE: Shape = { message: isText };
const MESSAGE_FOR_LATER: Shape = { ...MESSAGE, retryAfterMs: maybe(isNumber) };
const RECORD: Shape = {
  providerReference: isText,
  ...{ cashbackMinor: maybe(isNumber), feeMinor: maybe(isNumber) },
  ...{ worth: maybe(isText), note: maybe(isText), madeAt: maybe(isText) },
};

const MOVEMENT: Record<MovementResult['kind'], Shape> = {
  done: RECORD,
  declined: { ...MESSAGE, code: oneOf(PROBLEM_CODES), lookUpFirst: maybe(isBoolean) },
  unlistedRefusal: { ...MESSAGE, code: oneOf(['declined', 'windowClosed']) },
  alreadyDone: MESSAGE,
  ambiguous: MESSAGE_FOR_LATER,
  otherMovement: { ...MESSAGE, code: oneOf(['ambiguous', 'alreadyDone']) },
  transient: MESSAGE_FOR_LATER,
  uncleared: {},
  overCap: MESSAGE,
};

const OF_EACH_MOVEMENT: Shape = { at: isTime, sentAt: maybe(isTime), runId: maybe(isText) };

/** Whether it has the form in which our activities say how a refund or a reversal ended. */
export function isMovementResult(value: unknown): value is MovementResult {
  return isKind(value, MOVEMENT) && hasShape(value, OF_EACH_MOVEMENT);
}

const LOOK_UP: Record<LookUpResult['kind'], Shape> = {
  found: RECORD,
  ...{ declined: MESSAGE, absent: MESSAGE, unrelated: MESSAGE, pending: MESSAGE },
  conflict: { ...MESSAGE, notMade: maybe(isBoolean) },
  candidate: { ...MESSAGE, seen: maybe(listOf(isText)) },
  unreadable: MESSAGE_FOR_LATER,
  unanswered: MESSAGE_FOR_LATER,
};

const OF_EACH_LOOK_UP: Shape = { at: isTime, runId: isText, absenceAfterMs: maybe(isNumber) };

/** Whether it has the form in which our activities say what a look-up showed. */
export function isLookUpResult(value: unknown): value is LookUpResult {
  return isKind(value, LOOK_UP) && hasShape(value, OF_EACH_LOOK_UP);
}

const BASELINE: Record<Baseline['kind'], Shape> = {
  counters: { totalPoints: isNumber, redeemedPoints: isNumber, totalTransactions: isNumber },
  rows: { ids: listOf(isText), control: maybe(isText) },
  sale: { giftMinor: maybe(isNumber), cashbackMinor: isNumber },
};

const CHECK: Record<CheckResult['kind'], Shape> = {
  passed: { baseline: maybe((value) => isKind(value, BASELINE)) },
  refused: { ...MESSAGE, code: oneOf(PROBLEM_CODES) },
};

/** Whether it has the form in which our activities answer a preflight question. */
export function isCheckResult(value: unknown): value is CheckResult {
  return isKind(value, CHECK);
}

const FAILURE: Shape = { ...MESSAGE_FOR_LATER, startedAt: isNumber, failedAt: isNumber };

/** Whether it has the form in which our activities say that nothing moved. */
export function isAttemptFailure(value: unknown): value is AttemptFailure {
  return hasShape(value, FAILURE);
}

const OF_LEG: Shape = { leg: oneOf(LEG_NAMES) };

const PLAN: Shape = {
  legs: listOf(shaped({ ...OF_LEG, lookUp: isText, timeoutMs: isNumber })),
  exponent: maybe(isNumber),
  policy: shaped({
    ...{ fastRetries: isNumber, slowRetryMs: isNumber, giveUpAfterMs: isNumber, absenceAfterMs: isNumber },
    lookUpDelaysMs: listOf(isNumber),
  }),
  approval: maybe(
    shaped({
      timeoutMs: isNumber,
      overLimits: maybe(listOf(shaped({}))),
      repeats: maybe(listOf(shaped({}))),
    }),
  ),
  refusals: maybe(listOf(shaped({ ...OF_LEG, ...MESSAGE, code: oneOf(PROBLEM_CODES) }))),
  unanswered: maybe(listOf(shaped(OF_LEG))),
  earliestStart: maybe(isTime),
};

const PLANNING: Record<Exclude<PlanResult['kind'], 'orderAway'>, Shape> = {
  planned: { plan: shaped(PLAN), requestHash: isText },
  invalid: { problems: listOf(isText), hasEarlierRuns: isBoolean, earlier: maybe(shaped(PLAN)) },
};

/** Whether it has the form in which our activity ends planning for this request, where the order answered. */
export function isPlanning(
  value: unknown,
  request: unknown,
): value is Exclude<PlanResult, { kind: 'orderAway' }> {
  if (!isKind(value, PLANNING)) return false;
  const { plan, earlier } = value as { plan?: RefundPlan; earlier?: RefundPlan };
  const asked = (request ?? {}) as Record<string, unknown>;
  return (plan ?? earlier)?.legs.every(({ leg }) => hasShape(asked[leg], { provider: isText })) ?? true;
}
