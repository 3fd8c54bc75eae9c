import { ask, asSeen, decidedBy, lookUpAnew, waitUntilAmbiguousFor, whenCleared } from './ask';
import { absenceAfter, ambiguityOf, decides, parked } from './movement';
import type { Movement, OpenProblem, Phase } from './movement';
import { showWaiting, stopped } from './phases';

type Once = Extract<Phase, { name: 'lookingOnce' }>;
type Last = Extract<Phase, { name: 'lookingLast' }>;

/** Looks up once more, because an operator or the provider wants that before another attempt. Only an empty answer sends. */
export async function lookOnce(movement: Movement, { problem, mayBeUnderWay }: Once): Promise<Phase> {
  const park = (seen: OpenProblem) => parked(movement, seen, { lookUpFirst: true });
  showWaiting(movement, 'lookUp', { message: problem.message });
  for (let waitMs = mayBeUnderWay ? absenceAfter(movement) : 0; ;) {
    await waitUntilAmbiguousFor(movement, waitMs);
    const asked = await ask(movement);
    if (!asked) return park(problem);
    const { result } = asked;
    const seen = asSeen(problem, result, movement);
    if (result.kind !== 'absent') {
      const phase = decidedBy(result, movement);
      return phase === undefined || phase === 'park' ? park(seen) : phase;
    }
    if (asked.isFirstOfRun) return lookUpAnew(movement, result);
    const provenAfterMs = mayBeUnderWay ? (result.absenceAfterMs ?? 0) : 0;
    const { certainty } = movement;
    if (certainty.kind === 'undoubted' || certainty.forMs >= provenAfterMs)
      return mayBeSent(movement) ? whenCleared(movement, result) : park(seen);
    waitMs = provenAfterMs;
  }
}

/**
 * A person may have a movement sent once more if nothing of it is found, but not if something else moved, nor because a
 * list no longer shows what it showed before (M5).
 */
function mayBeSent(movement: Movement): boolean {
  return ambiguityOf(movement)?.cause !== 'otherMovement' && movement.evidence.shown === null;
}

/** Asks once more before a movement that reached its provider ends as never made, where a look-up decides (M2). */
export async function lookLast(movement: Movement, { trouble, otherwise }: Last): Promise<Phase> {
  const neverMade = () => (otherwise === 'stop' ? stopped(movement) : otherwise);
  const mayHaveMoved = movement.sent.hasReached || movement.evidence.shown !== null;
  if (!mayHaveMoved || !decides(movement)) return neverMade();
  const { message } = trouble;
  showWaiting(movement, 'lookUp', trouble);
  const asked = await ask(movement);
  const result = asked?.result;
  // A limiter's word that it turned us away is believed, unless something is seen that belies it (design 5).
  const showsNothing = !result || result.kind === 'absent' || result.kind === 'unanswered';
  if (showsNothing && movement.evidence.shown === null)
    return result && asked.isFirstOfRun ? lookUpAnew(movement, result) : neverMade();
  const phase = result && decidedBy(result, movement);
  if (phase !== undefined && phase !== 'park') return phase;
  movement.certainty = { kind: 'open', ambiguity: { cause: 'ambiguous', message }, forMs: 0 };
  const problem: OpenProblem = { code: 'ambiguous', message };
  return parked(movement, result ? asSeen(problem, result, movement) : problem);
}
