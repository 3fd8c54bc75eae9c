import type { LookUpResult } from '../domain/activity-types';
import { ask, asSeen, lookUpAnew, provesNothing, decidedBy, waitUntilAmbiguousFor, whenCleared } from './ask';
import { absenceAfter, canLookUp, decides, parked } from './movement';
import type { Ambiguity, Certainty, Movement, OpenProblem, Phase } from './movement';
import { declined, showWaiting, stopped } from './phases';

type Open = Exclude<Certainty, { kind: 'undoubted' }>;

/** What follows once look-ups have shown no sign of the movement. */
const AFTER_ABSENCE: Record<Ambiguity['cause'], 'send' | 'declined' | 'park'> = {
  ambiguous: 'send',
  unlistedRefusal: 'declined',
  alreadyDone: 'park',
  echo: 'park',
  otherMovement: 'park',
};

/** How long a look-up is put off at most because a provider asks for fewer calls. Milliseconds. */
const LONGEST_WAIT_MS = 3_600_000;

/** Finds out what became of a movement, on schedule, before anything else is done about it. */
export async function lookUp(movement: Movement, ambiguity: Ambiguity): Promise<Phase> {
  const { lookUpDelaysMs } = movement.run.refundPlan.policy;
  const open = { kind: 'open' as const, ambiguity, forMs: 0 };
  movement.certainty = open;
  movement.tries.startedAt ??= ambiguity.at === undefined ? null : Date.parse(ambiguity.at);
  if (ambiguity.runId !== undefined) movement.clearance = { kind: 'seen', runId: ambiguity.runId };
  showWaiting(movement, 'lookUp', { ...shown(ambiguity), patienceMs: lookUpDelaysMs.at(-1) ?? 0 });
  let problem: OpenProblem = { code: codeOf(ambiguity), message: ambiguity.message };
  let empty = 0;
  let notBefore = ambiguity.retryAfterMs ?? 0;
  for (const delay of canLookUp(movement) ? lookUpDelaysMs : []) {
    await waitUntilAmbiguousFor(movement, Math.max(delay, Math.min(notBefore, delay + LONGEST_WAIT_MS)));
    const asked = await ask(movement);
    if (!asked) continue;
    const { result } = asked;
    const seen = asSeen(problem, result, movement);
    problem = { ...seen, code: problem.code };
    if (result.kind === 'absent') empty += 1;
    if (provesNothing(result)) notBefore = open.forMs + (result.retryAfterMs ?? 0);
    const phase =
      decidedBy(result, movement) ??
      (asked.isFirstOfRun ? lookUpAnew(movement, result) : absenceShown(result, movement, empty));
    if (phase === 'park') return parked(movement, seen);
    if (phase !== undefined) return phase;
  }
  return parked(movement, problem);
}

/** What follows from look-ups that showed nothing of it, once they are late enough; undefined before. */
function absenceShown(result: LookUpResult, movement: Movement, empty: number): Phase | 'park' | undefined {
  const { certainty, evidence } = movement;
  if (certainty.kind === 'undoubted') return undefined;
  const oldEnoughMs = Math.max(
    absenceAfter(movement),
    result.absenceAfterMs ?? 0,
    certainty.ambiguity.retryAfterMs ?? 0,
  );
  const isOldEnough = certainty.forMs >= oldEnoughMs;
  if (!isOldEnough || provesNothing(result) || result.kind === 'pending') return undefined;
  // M3, M5
  const isProven = empty > 1 && evidence.shown === null;
  if (isProven) return whenAbsent(movement, certainty, result);
  return decides(movement) ? undefined : 'park';
}

function whenAbsent(movement: Movement, certainty: Open, result: LookUpResult): Phase | 'park' {
  // M4: whoever said that it was paid in another way must not see it paid once more, nor end as never made.
  if (movement.isWordAwaited) return 'park';
  const { ambiguity } = certainty;
  const next = AFTER_ABSENCE[ambiguity.cause];
  if (ambiguity.cause === 'unlistedRefusal' && next === 'declined')
    return declined(
      movement,
      asSeen({ code: ambiguity.refusedAs, message: ambiguity.message }, result, movement),
    );
  // M2
  if (next !== 'send' || !decides(movement)) return 'park';
  if (movement.purpose === 'reconcile') return stopped(movement);
  // M4: a list that lags longer than we believe must not have it sent over and over.
  if (movement.resend === 'used') return 'park';
  movement.resend = 'used';
  movement.certainty = { ...certainty, kind: 'refuted' };
  movement.sent.hasReached = false;
  return whenCleared(movement, result);
}

function codeOf(ambiguity: Ambiguity): OpenProblem['code'] {
  switch (ambiguity.cause) {
    case 'otherMovement':
      return ambiguity.code;
    case 'alreadyDone':
    case 'echo':
      return 'alreadyDone';
    case 'ambiguous':
    case 'unlistedRefusal':
      return 'ambiguous';
  }
}

function shown({ message, at }: Ambiguity): { message: string; at?: string } {
  return at === undefined ? { message } : { message, at };
}
