import type { Briefing, Choice } from '../briefing';
import { DECISION_CONSEQUENCES } from '../consequences';
import type { DecideMessage } from '../decision';
import type { LegName } from '../plan';
import { isUnclear } from '../resolution';
import type { ResolveLegMessage } from '../resolution';
import type { RefundState } from '../state';
import { bullets, cell, codeBlock, time } from './markdown';
import { describeProblem } from './problem';

/** What a person is asked before anything moves, and how to answer. */
export function askForDecision(state: RefundState, briefing: Briefing): string {
  const { requestedBy, reason, decideBefore } = briefing;
  return [
    `Requested by **${cell(requestedBy)}**, who cannot decide on it. Reason: ${cell(reason)}`,
    decideBefore === undefined
      ? ''
      : `Without a decision it expires at ${time(decideBefore)}; nothing is sent then.`,
    bullets(Object.entries(DECISION_CONSEQUENCES).map(([verb, effect]) => `\`${verb}\`: ${effect}`)),
    ...waysToDecide(state),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** Of a signed decision there is no message to paste: only its approver can make one. */
function waysToDecide({ refundId, approval }: RefundState): string[] {
  const options = `--by NAME${approval?.signed ? ' --key FILE' : ''} --note "WHY"`;
  const commands = [`refund approve ${refundId} ${options}`, `refund reject  ${refundId} ${options}`];
  if (!approval?.signed) return waysToSend('decide', decisionToSend(), commands);
  return ['**Only a signed decision counts.** In a terminal:', codeBlock(commands.join('\n'))];
}

/** Why a leg is parked, what to look at, and how to settle it; empty when it is not parked. */
export function askForResolution(name: LegName, { refundId, legs }: RefundState, briefing: Briefing): string {
  const leg = legs[name];
  const { choices = [], lookFor = '', amount = '' } = briefing.legs[name] ?? {};
  if (leg?.status !== 'parked' || !leg.problem) return '';
  const message = resolutionToSend(name, choices, leg.problem.side === 'reversal' && isUnclear(leg.problem));
  return [
    describeProblem(name, leg.problem),
    `**Look at ${leg.provider}** for ${lookFor}, ${amount}. Then say what you saw:`,
    bullets(choices.map(({ outcome, consequence }) => `\`${outcome}\`: ${consequence}`)),
    ...waysToSend('resolveLeg', message, [commandOf(refundId, message)]),
  ].join('\n\n');
}

/** The answer to a question about approval, with blanks that are refused until they are filled in. */
export function decisionToSend(): DecideMessage {
  return { decision: 'approve', by: '', note: '' };
}

/** How to settle a leg, with blanks that are refused until they are filled in. */
export function resolutionToSend(
  leg: LegName,
  choices: readonly Choice[],
  careful = false,
): ResolveLegMessage {
  // Whoever pastes without reading must not send anything twice.
  const first = choices.find(({ outcome }) => !careful || outcome !== 'retry') ?? choices[0];
  const outcome = first?.outcome ?? 'retry';
  const reference = outcome === 'refunded' ? { providerReference: '' } : {};
  return { leg, outcome, by: '', evidence: '', ...reference };
}

function commandOf(refundId: string, { leg, outcome }: ResolveLegMessage): string {
  const reference = outcome === 'refunded' ? ' --reference REFERENCE' : '';
  return `refund resolve ${refundId} --leg ${leg} --outcome ${outcome} \\\n  --by NAME${reference} --evidence "WHAT YOU SAW"`;
}

/** A message as it is pasted into the UI, and as commands. In lines, because the UI cuts long ones off. */
function waysToSend(update: string, message: object, commands: readonly string[]): string[] {
  return [
    `**In the Temporal UI:** *More Actions*, *Send an Update*, \`${update}\`, and paste this into *Data* with the blanks filled in:`,
    codeBlock(JSON.stringify(message, null, 2)),
    '**Or in a terminal** (it asks for what you leave out, and before it sends):',
    codeBlock(commands.join('\n')),
  ];
}
