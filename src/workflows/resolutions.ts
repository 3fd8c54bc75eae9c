import { FAILURES, JUST_NOW } from '../domain/contract';
import { ABOUT_ANOTHER, isAboutAnother, refusalOfChecks } from '../domain/decision';
import { acceptedResolution } from '../domain/examples';
import { OF_WORDS, refusalOfResolution } from '../domain/resolution-refusals';
import type { ResolutionContext } from '../domain/resolution-refusals';
import { OUTCOME_NAMES, sendsAgain } from '../domain/resolution';
import type { ParkedLeg, ResolveLegMessage } from '../domain/resolution';
import { mustLookAgain } from '../domain/seen';
import type { RefundState } from '../domain/state';
import { acceptedFor, parkedLeg } from './briefing';
import { throwIfLocked } from './payload-converter';
import { countWord, isCheckedFirst, mustBeSigned, onlyStandsInLine, queueWord } from './pending-words';
import { isRecorded } from './recorded';
import { refuse, refuseForNow } from './refusals';
import { textOf } from './run';
import type { Run } from './run';

/** The most often that operators can have legs sent again: the server ends updates at 2,000, and the right word comes last. */
const MOST_SENT_AGAIN = 100;

/** Takes what the validator accepted; the reply is the new state, or a refusal where it has to be checked first. */
export function resolveLeg(run: Run, message: ResolveLegMessage): RefundState | Promise<RefundState> {
  const { leg, outcome } = message;
  const parked = parkedLeg(run, leg);
  if (!parked) throw new TypeError(`the ${leg} leg is not parked`);
  if (isCheckedFirst(run, parked, outcome)) return resolveOnceChecked(run, parked, message);
  if (sendsAgain(outcome)) run.desk.sentAgain += 1;
  countWord(run, message, null);
  return run.state;
}

async function resolveOnceChecked(
  run: Run,
  parked: ParkedLeg,
  message: ResolveLegMessage,
): Promise<RefundState> {
  refuseWord(run, message, await queueWord(run, parked, message));
  return run.state;
}

/** Accepts a resolution that resolves a parked leg, and refuses every other. */
export function validateResolution(run: Run, message: unknown): void {
  throwIfLocked(message);
  const refundId = textOf(run.request, 'refundId');
  const requestedBy = textOf(run.request, 'requestedBy');
  const context = { state: run.state, requestedBy, ...accepting(run) };
  const refusal =
    (isAboutAnother(message, refundId) ? ABOUT_ANOTHER : undefined) ??
    refusalOfResolution(message, context) ??
    refusalOfSendingAgain(run, textOf(message, 'outcome')) ??
    refusalOfCheck(run, message as ResolveLegMessage);
  refuseWord(run, message, refusal);
  for (const mark of ['parked', 'interrupted'] as const)
    if (!isRecorded(run, mark)) refuseForNow(FAILURES.resolutionRefused, JUST_NOW[mark]);
}

/** What each leg accepts now, and with what. */
function accepting(run: Run): Omit<ResolutionContext, 'state' | 'requestedBy'> {
  return {
    acceptedFor: (leg) => acceptedFor(run, leg),
    isSigned: (leg, outcome) => mustBeSigned(run, leg, outcome),
    mustLookAgain: (said) => {
      const parked = parkedLeg(run, said.leg);
      const isSigned = OUTCOME_NAMES.some(
        (name) => name === said.outcome && mustBeSigned(run, said.leg, name),
      );
      return parked !== undefined && mustLookAgain(run.state, parked, said, { isSigned });
    },
  };
}

function refuseWord(run: Run, message: unknown, refusal: string | undefined): void {
  refuse(FAILURES.resolutionRefused, refusal, () =>
    acceptedResolution(textOf(run.request, 'refundId'), accepting(run), message ?? {}),
  );
}

/** Signed words wait in line for their check; of others, one is heard at a time. */
function refusalOfCheck(run: Run, { leg, outcome }: ResolveLegMessage): string | undefined {
  const { desk, refundPlan } = run;
  const parked = parkedLeg(run, leg);
  const { signed = false } = refundPlan?.policy ?? {};
  if (!signed && desk.pending.length > 0) refuseForNow(FAILURES.resolutionRefused, JUST_NOW.checking);
  if (!parked || !isCheckedFirst(run, parked, outcome)) return undefined;
  const inAll = onlyStandsInLine(run, parked, outcome) ? 0 : desk.checked;
  return refusalOfChecks({ waiting: desk.pending.length, inAll }, OF_WORDS);
}

function refusalOfSendingAgain({ desk }: Run, outcome: string): string | undefined {
  if (!sendsAgain(outcome) || desk.sentAgain < MOST_SENT_AGAIN) return undefined;
  return `legs of this refund were sent again ${MOST_SENT_AGAIN} times, which is the limit; say what you saw at the provider instead`;
}
