import { sleep } from '@temporalio/workflow';
import type { Trouble } from '../domain/briefing';
import type { LookUpResult } from '../domain/exchange';
import { isOutOfPatience } from '../domain/patience';
import type { Problem } from '../domain/state';
import { lookUp } from './calls';
import { absenceAfter, confirm, declined, problemOf, providerOf, waitForProvider } from './movement';
import type { Movement, Next } from './movement';

/** What leaves open whether money moved. */
export interface Doubt {
  kind: 'ambiguous' | 'alreadyDone';
  message: string;
  at: string;
  runId?: string;
}

/** How long a look-up is put off at most because a provider asks for fewer calls. Milliseconds. */
const LONGEST_WAIT_MS = 3_600_000;

/**
 * Finds out what became of a movement, on schedule, before anything else is done about it. Sends it again only when
 * its absence is proven: two look-ups that work and show nothing, the second so long after the request that a late
 * one would have been applied.
 */
export async function findOut(movement: Movement, doubt: Doubt): Promise<Next> {
  const { lookUpDelaysMs } = movement.run.plan.policy;
  const problem: Omit<Problem, 'side'> = { code: doubt.kind, message: doubt.message };
  movement.ambiguousForMs = 0;
  movement.startedAt ??= timeOf(doubt.at);
  if (doubt.runId !== undefined) movement.seenIn = doubt.runId;
  movement.wasInDoubt = !decides(movement);
  const patienceMs = lookUpDelaysMs.at(-1) ?? 0;
  waitForProvider(movement, 'lookingUp', { ...shown(doubt), patienceMs });
  let empty = 0;
  let notBefore = 0;
  for (const delay of canLookUp(movement) ? lookUpDelaysMs : []) {
    await waitUntilAmbiguousFor(movement, Math.max(delay, Math.min(notBefore, delay + LONGEST_WAIT_MS)));
    const result = await ask(movement);
    if (!result) continue;
    movement.startedAt ??= timeOf(result.at);
    problem.evidence = { message: evidenceOf(result), at: result.at };
    const oldEnough = movement.ambiguousForMs >= absenceAfter(movement);
    switch (result.kind) {
      case 'found':
        return confirm(movement, result, result.at, 'lookUp');
      case 'declined':
        return declined(movement, { code: 'declined', message: result.message });
      case 'conflict':
        return { park: problemOf(movement, { ...problem, code: 'alreadyDone' }) };
      case 'candidate':
        return { park: problemOf(movement, problem) };
      case 'absent':
        empty += 1;
        if (doubt.kind === 'ambiguous' && decides(movement) && empty > 1 && oldEnough)
          return cleared(movement, result);
        if (!decides(movement) && oldEnough) return { park: problemOf(movement, problem) };
        break;
      case 'pending':
        break;
      case 'unanswered':
        notBefore = movement.ambiguousForMs + (result.retryAfterMs ?? 0);
    }
  }
  return { park: problemOf(movement, problem) };
}

/** Looks up once, because an operator or the provider wants that before another attempt. Only an empty answer sends. */
export async function askOnce(movement: Movement, doubt: Omit<Problem, 'side'>): Promise<Next> {
  waitForProvider(movement, 'lookingUp', { message: doubt.message });
  const result = await ask(movement);
  if (!result) return { park: problemOf(movement, doubt) };
  switch (result.kind) {
    case 'found':
      return confirm(movement, result, result.at, 'lookUp');
    case 'declined':
      return declined(movement, { code: 'declined', message: result.message });
    case 'absent':
      return cleared(movement, result);
    default: {
      const evidence = { message: evidenceOf(result), at: result.at };
      const code = result.kind === 'conflict' ? 'alreadyDone' : doubt.code;
      return { park: problemOf(movement, { ...doubt, code, evidence }) };
    }
  }
}

/** Whether this movement can be asked about at all. */
export function canLookUp({ kind, plan }: Movement): boolean {
  return kind === 'refund' || (kind === 'reversal' && plan.reversal === 'lookUp');
}

/** Waits until the movement has been ambiguous for so long, counted by timers alone. */
export async function waitUntilAmbiguousFor(movement: Movement, milliseconds: number): Promise<void> {
  const wait = milliseconds - movement.ambiguousForMs;
  if (wait <= 0) return;
  await sleep(wait, {
    summary: `Wait before the next look-up · ${movement.plan.leg} · ${providerOf(movement)}`,
  });
  movement.ambiguousForMs = milliseconds;
}

async function ask(movement: Movement): Promise<LookUpResult | undefined> {
  const { run, plan, kind } = movement;
  const result = await lookUp(run, plan, kind === 'reversal' ? 'reversal' : 'refund');
  if (result) movement.seenIn = result.runId;
  return result;
}

/** Nothing of it is at the provider: it may be sent, in the run that saw this, unless that took too long. */
function cleared(movement: Movement, { at, runId }: LookUpResult): Next {
  movement.clearedIn = runId;
  movement.lookUpFirst = false;
  if (!movement.tracing && isOutOfPatience(movement.run.plan.policy, movement.startedAt, timeOf(at))) {
    const message = 'Look-ups prove that nothing was applied, and it could not be sent in time.';
    return { park: problemOf(movement, { code: 'providerDown', message }) };
  }
  return 'again';
}

function decides({ kind, plan }: Movement): boolean {
  return kind === 'refund' && plan.lookUp === 'decides';
}

function evidenceOf(result: LookUpResult): string {
  return result.kind === 'found' ? `Found: ${result.providerReference}.` : result.message;
}

function shown({ message, at }: Doubt): Pick<Trouble, 'message' | 'at'> {
  return at === '' ? { message } : { message, at };
}

function timeOf(at: string): number | undefined {
  return at === '' ? undefined : Date.parse(at);
}
