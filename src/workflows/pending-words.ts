import { allHandlersFinished, condition, proxyLocalActivities } from '@temporalio/workflow';
import type { LookUpResult, OutcomeCheck, RefundActivities, SignedOutcome } from '../domain/activity-types';
import type { LegName } from '../domain/plan';
import { checkWithProvider, LONGEST_CHECK_MS } from '../domain/provider-check';
import { isCheckedWithProvider, OUTCOMES } from '../domain/resolution';
import type { ParkedLeg, ResolutionOutcome, ResolveLegMessage } from '../domain/resolution';
import { insists, mustLookAgain, seenOf, sightOf } from '../domain/seen';
import type { Sight } from '../domain/seen';
import { whyLookAgain } from '../domain/stale-words';
import { isUnclear } from '../domain/state';
import type { Problem, RefundState } from '../domain/state';
import { ask, asSeen, messageOf } from './ask';
import { parkedLeg } from './briefing';
import { providerOf } from './movement';
import type { Movement } from './movement';
import { ignore } from './publish';
import { record } from './record';
import { markMoment } from './recorded';
import { shownTime } from './replay-safe';
import { legRequest } from './run';
import type { PendingWord, Run } from './run';

/*
 * A word about a parked leg counts at once, unless its signature or its provider has to be asked first. Then it stands in
 * line, and the saga acts only on the result that is in the history (docs/adr/004).
 */

const { verifyOutcome } = proxyLocalActivities<RefundActivities>({
  summary: 'Check a signed word',
  startToCloseTimeout: '10s',
  retry: { initialInterval: '1s', maximumAttempts: 3 },
});

/** Whether a word is checked before it counts. Where words are signed all are, so that they count one after the other. */
export function isCheckedFirst({ refundPlan }: Run, parked: ParkedLeg, outcome: ResolutionOutcome): boolean {
  return refundPlan?.policy.signed === true || isCheckedWithProvider(parked, outcome);
}

/** Whether a word counts only with a statement. */
export function mustBeSigned(run: Run, leg: LegName, outcome: ResolutionOutcome): boolean {
  const parked = parkedLeg(run, leg);
  return run.refundPlan?.policy.signed === true && parked !== undefined && OUTCOMES[outcome].isSigned(parked);
}

/** Whether a word only stands in line with signed ones: `retry`, which the limit of what is sent again bounds. */
export function onlyStandsInLine(
  { refundPlan }: Run,
  parked: ParkedLeg,
  outcome: ResolutionOutcome,
): boolean {
  return refundPlan?.policy.signed === true && !OUTCOMES[outcome].isSigned(parked);
}

/** Queues a word for its check; resolves to the reason why it does not count, or undefined when it does. */
export function queueWord(
  run: Run,
  parked: ParkedLeg,
  message: ResolveLegMessage,
): Promise<string | undefined> {
  const { desk } = run;
  // Each word that was taken in counts towards one of the limits, so that no flood of them ends the run's updates.
  if (onlyStandsInLine(run, parked, message.outcome)) desk.sentAgain += 1;
  else desk.checked += 1;
  return new Promise((reply) => desk.pending.push({ message, reply }));
}

/** Records a word that counts. */
export function countWord(run: Run, message: ResolveLegMessage, unconfirmed: string | null): void {
  const { leg, outcome, by } = message;
  const parked = parkedLeg(run, leg);
  if (!parked) throw new TypeError(`the ${leg} leg is not parked`);
  const { desk, shown } = run;
  const { next } = OUTCOMES[outcome];
  desk.word = outcome;
  shown.troubles.delete(leg);
  if (next === 'endDeclined' || next === 'turnBack') shown.declinedBy.set(leg, by);
  if (isUnclear(parked.problem) && outcome !== 'retry') run.unproven.add(leg);
  const word = { message, requested: legRequest(run, leg), parked, at: shownTime(), unconfirmed };
  record(run, { type: 'resolved', leg, word });
}

/** What ends the waiting: a word that counts, a cancel, or that the run has to look first what an earlier one did. */
export type EndOfWait = { kind: 'word'; word: ResolutionOutcome } | { kind: 'cancelled' } | LookFirst;

interface LookFirst {
  kind: 'lookFirst';
  result: LookUpResult;
}

/** Waits for a word about the parked leg, or a cancel where `mayStop` lets it end the waiting. */
export async function awaitWord(movement: Movement, mayStop: () => boolean): Promise<EndOfWait> {
  const { run } = movement;
  const { desk } = run;
  for (;;) {
    await condition(() => desk.word !== null || desk.pending.length > 0 || mayStop());
    const end = (desk.word === null ? await hearNext(movement) : undefined) ?? counted(desk);
    if (!end) continue;
    desk.word = null;
    await dismissOthers(run, end);
    return end;
  }
}

function counted({ word }: Run['desk']): EndOfWait | undefined {
  return word === null ? undefined : { kind: 'word', word };
}

/** @returns what ends the waiting in place of a word; undefined when the next word was taken, or refused */
async function hearNext(movement: Movement): Promise<Exclude<EndOfWait, { kind: 'word' }> | undefined> {
  const { run } = movement;
  const { desk } = run;
  const signature = run.refundPlan.policy.signed ? await checkSignature(movement) : undefined;
  const next = signature?.kind === 'cancelled' ? undefined : desk.pending[0];
  if (!next) return { kind: 'cancelled' };
  const taken = signature?.kind === 'refused' ? signature.reason : await takeWord(movement, next);
  // It and all behind it in line are put off.
  if (typeof taken === 'object') return taken;
  desk.pending.shift();
  next.reply(taken);
  return undefined;
}

/** A word that a reset delivered again has no sender any more who would hear the refusal. */
function listPutOff(run: Run, { outcome, leg, by, evidence }: ResolveLegMessage): void {
  ignore(run, `${outcome} of ${leg} by ${by} at ${shownTime()} (${evidence}): ${LOOKED_UP_FIRST}`);
}

const LOOKED_UP_FIRST =
  'an earlier run of this refund may have sent it since, so that the provider is asked anew first; look at the leg again once it waits for you';

/** Whoever sent one that comes too late gets a reply before the run continues; no other is taken in any more. */
async function dismissOthers(run: Run, { kind }: EndOfWait): Promise<void> {
  const { desk, decisions } = run;
  const isPutOff = kind === 'lookFirst';
  desk.parked = null;
  for (const { message, reply } of desk.pending.splice(0)) {
    if (isPutOff) listPutOff(run, message);
    reply(isPutOff ? LOOKED_UP_FIRST : 'the leg does not wait for a word any more');
  }
  await condition(() => allHandlersFinished() || decisions.isOpen);
}

/** @returns why it does not count; undefined when it does, and is recorded */
async function takeWord(
  movement: Movement,
  { message }: PendingWord,
): Promise<string | undefined | LookFirst> {
  const { run, evidence } = movement;
  const { outcome, leg, providerReference, seen } = message;
  const parked = parkedLeg(run, leg);
  // The word before it in line may have shown what its sender has not seen.
  if (parked && seen !== undefined && mustLookAgain(run.state, parked, message, { isSigned: false }))
    return whyLookAgain(run.state, message);
  const { claims } = OUTCOMES[outcome];
  if (!parked || claims === 'nothing' || !isCheckedWithProvider(parked, outcome)) {
    countWord(run, message, null);
    return undefined;
  }
  const { shown, ours } = evidence;
  const asked = await ask(movement, { withinMs: LONGEST_CHECK_MS });
  markMoment(run, 'parked');
  // M1, M3: what the run before had seen says nothing of what it sent since, and one look proves no absence.
  if (asked?.isFirstOfRun) return { kind: 'lookFirst', result: asked.result };
  const provider = providerOf(movement);
  const result = asked?.result ?? NO_ANSWER;
  const check = checkWithProvider({ claims, providerReference }, result, { shown, ours });
  const said =
    ours === null || ours === messageOf(result)
      ? messageOf(result)
      : `${messageOf(result)} ${EARLIER} ${ours}`;
  const isSilent = result.kind === 'unanswered';
  if (check === 'contradicts' && !insists(message, run.state, isSilent ? null : messageOf(result))) {
    if (asked) showSeen(movement, parked.problem, asked.result);
    const shows = isSilent
      ? `${provider} did not answer just now, and an earlier look-up showed something else: ${ours ?? ''}`
      : `${provider}, asked just now, shows something else: ${said}`;
    return `${shows} ${howToInsist(run.state, leg)}`;
  }
  const unconfirmed = {
    agrees: null,
    contradicts: `said against what ${provider} shows: ${said}`,
    saysNothing: `${provider} was asked, and neither confirmed nor denied it: ${said}`,
  };
  countWord(run, message, unconfirmed[check]);
  return undefined;
}

const NO_ANSWER = { kind: 'unanswered', message: 'No answer came.' } as const;

const EARLIER = 'An earlier look-up:';

function howToInsist(state: RefundState, leg: LegName): string {
  return `Look again; "retry" has it asked once more, and lets a refund of ours count. If you are certain all the same, send this word with "despiteProvider": true, "seen": "${seenOf(state, leg) ?? ''}"`;
}

/** The sender of the next word has it before them. */
function showSeen(
  { run, legPlan, evidence }: Movement,
  { code, ...problem }: Problem,
  result: LookUpResult,
): void {
  const seen = { ...problem, ...asSeen({ code, ...problem }, result, { evidence }), code };
  record(run, { type: 'seen', leg: legPlan.leg, problem: seen });
}

/** The activity is told what comes next, and only its result is acted on: a replay may know of more at the same moment. */
async function checkSignature({ run, legPlan }: Movement): Promise<OutcomeCheck> {
  const next = run.desk.pending[0];
  if (!next) return verifyOutcome({ otherwise: 'cancelled' }).catch(() => ({ kind: 'cancelled' }));
  const refused: OutcomeCheck = {
    kind: 'refused',
    reason: 'it could not be checked just now; send it again',
  };
  const { message } = next;
  const parked = parkedLeg(run, message.leg);
  const sight = sightOf(run.state, legPlan.leg);
  if (!sight || !parked || !OUTCOMES[message.outcome].isSigned(parked))
    return verifyOutcome({ otherwise: 'accepted' }).catch(() => refused);
  const { by, statement = '' } = message;
  const said = saidOf(message, sight);
  return verifyOutcome({ request: run.request, by, statement, said }).catch(() => refused);
}

function saidOf(message: ResolveLegMessage, sight: Sight): SignedOutcome {
  const { leg, outcome, evidence, providerReference, despiteProvider } = message;
  return {
    ...{ leg, outcome, ...sight, evidence },
    ...(providerReference !== undefined && { providerReference }),
    ...(despiteProvider !== undefined && { despiteProvider }),
  };
}
