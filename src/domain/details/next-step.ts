import type { Briefing, Choice } from '../briefing';
import { DECISION_CONSEQUENCES } from '../decision';
import type { Repeated } from '../order/reservation';
import type { LegName } from '../plan';
import { needsReference } from '../resolution';
import { seenOf } from '../seen';
import { retryClaimsNothing } from '../state';
import type { Problem, RefundState } from '../state';
import { actFor } from './act-for';
import { findBy } from './find-by';
import { asText, bullets, codeBlock, time } from './markdown';
import { tellParked } from './problem';

/** What a person is asked before anything is sent, and how to say it. */
export function askForDecision(state: RefundState, briefing: Briefing): string {
  const { requestedBy, reason, wasReset } = briefing;
  const reject = wasReset ? REJECT_AFTER_EARLIER_RUNS : DECISION_CONSEQUENCES.reject;
  return [
    `Requested by **${asText(requestedBy)}**, who cannot decide on it. Reason: ${asText(reason)}`,
    whyAsked(briefing),
    bullets([`\`approve\`: ${DECISION_CONSEQUENCES.approve}`, `\`reject\`: ${reject}`]),
    ...waysToDecide(state),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** Why a person is asked, and until when. */
export function whyAsked({ decideBefore, repeats = [], overLimits = [] }: Briefing): string {
  return [
    overLimits.length === 0 ? '' : `A person is asked, because of:\n\n${bullets(overLimits)}`,
    repeats.length === 0 ? '' : `**Is this one refund too many?**\n\n${bullets(repeats.map(repeated))}`,
    decideBefore === undefined
      ? ''
      : `Without a decision it expires at ${time(decideBefore)}; nothing is sent then.`,
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function repeated({ refundId, leg, hasMoved }: Repeated): string {
  const where = hasMoved ? 'has been refunded' : 'is held by it';
  return `Refund ${asText(refundId)} of this order has the same amount of ${leg}, which ${where}.`;
}

const REJECT_AFTER_EARLIER_RUNS =
  'nothing is sent; the refund ends as rejected, unless it turns out that an earlier run refunded something';

/** Of a signed decision there is no message to paste: only its approver can make one. */
function waysToDecide({ refundId, approval }: RefundState): string[] {
  if (!isOurId(refundId)) return [];
  const options = `--by NAME${approval?.signed ? ' --key FILE' : ''} --note "WHY"`;
  const commands = [`refund approve ${refundId} ${options}`, `refund reject  ${refundId} ${options}`];
  const message = { refundId, decision: '', by: '', note: '' };
  if (!approval?.signed) return waysToSend('decide', message, commands);
  return ['**Only a signed decision counts.** In a terminal:', codeBlock(commands.join('\n'))];
}

/** Why a leg is parked, what to do, what to look at, and how to say it; empty when it is not parked. */
export function askForResolution(name: LegName, state: RefundState, briefing: Briefing): string {
  const leg = state.legs[name];
  const { choices = [] } = briefing.legs[name] ?? {};
  const { signed = false } = briefing;
  if (leg?.status !== 'parked' || !leg.problem) return '';
  const isQuestion = state.status === 'planning';
  return [
    tellParked(name, state, briefing),
    `**What to do:** ${actFor(name, state, briefing)}`,
    isQuestion ? '' : `**To find it at ${leg.provider}:**`,
    isQuestion ? '' : findBy(name, briefing),
    '**What you can say:**',
    bullets(choices.map(({ outcome, consequence }) => `\`${outcome}\`: ${consequence}`)),
    ...waysToResolve(name, state, { problem: leg.problem, signed }, choices),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/**
 * The outcome is left blank unless it only finds out more, so that pasting without reading claims nothing. Of a signed word
 * there is no message to paste.
 */
function waysToResolve(
  leg: LegName,
  state: RefundState,
  { problem, signed }: { problem: Problem; signed: boolean },
  choices: readonly Choice[],
): string[] {
  const { refundId } = state;
  if (!isOurId(refundId)) return [];
  const seen = seenOf(state, leg) ?? '';
  const isOffered = choices.some((choice) => choice.outcome === 'retry');
  const outcome = isOffered && retryClaimsNothing(problem) && problem.code !== 'alreadyDone' ? 'retry' : '';
  const mayNeedReference = choices.some((choice) => needsReference(choice.outcome));
  const said = outcome === '' ? '' : ` --outcome ${outcome}`;
  const key = signed ? ' --key FILE' : '';
  const command = `refund resolve ${refundId} --leg ${leg}${said} \\\n  --by NAME --evidence "WHAT YOU SAW"${key} --seen ${seen}`;
  const message = { refundId, leg, outcome, seen, by: '', evidence: '' };
  return [
    signed ? ONLY_SIGNED : '',
    ...(signed && outcome === ''
      ? ['In a terminal:', codeBlock(command)]
      : waysToSend('resolveLeg', message, [command])),
    mayNeedReference ? (signed ? ADD_REFERENCE_OPTION : ADD_REFERENCE) : '',
  ];
}

const ONLY_SIGNED =
  '**Only `retry` counts without a signature.** Every other outcome is signed by `refund resolve --key FILE`.';

const ADD_REFERENCE_OPTION = 'For `refunded` or `reversed`, also add `--reference`.';

const ADD_REFERENCE =
  'For `refunded` or `reversed`, also add `"providerReference": ""`, filled in (`--reference` in a terminal).';

/** Whether a text is a refund id; nothing else is ever put into a command. */
function isOurId(id: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(id);
}

/** A message as it is pasted into the UI, and as commands. In lines, because the UI cuts long ones off. */
function waysToSend(update: string, message: object, commands: readonly string[]): string[] {
  return [
    `**In the Temporal UI:** *More Actions*, *Send an Update*, \`${update}\`, and paste this into *Data* with the blanks filled in:`,
    codeBlock(JSON.stringify(message, null, 2)),
    '**Or in a terminal** (it asks for what you leave out, and asks you to confirm before it sends):',
    codeBlock(commands.join('\n')),
  ];
}
