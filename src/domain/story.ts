import { workflowIdOf } from './contract';
import { amountOf, showAmount } from './money';
import type { ProblemCode } from './outcome';
import type { LegName, RefundPlan } from './plan';
import { LEG_NAMES } from './plan';
import type { RefundRequest } from './request';
import type { ResolutionOutcome } from './resolution';
import type { Problem, RefundState, RefundStatus } from './state';

/** What the story needs beside the state. */
export interface StoryContext {
  request: RefundRequest;
  plan?: RefundPlan;
  cancelRequested: boolean;
  /** Messages that changed nothing, with the reason. */
  ignored: readonly string[];
  /** What each parked leg accepts now. */
  accepted: Partial<Record<LegName, ResolutionOutcome[]>>;
}

const HEADLINES: Record<RefundStatus, string> = {
  planning: 'Checking with the providers; nothing has moved.',
  awaitingApproval: 'Waiting for a person to approve or reject; nothing has moved.',
  refunding: 'Giving the money and points back, wallet by wallet.',
  compensating: 'Turning back: taking back what was already given.',
  refunded: 'Refunded: every wallet got its share.',
  declined: 'Declined: a provider said no; nothing has moved.',
  compensated:
    'Compensated: a provider said no, and what had moved was taken back (or waived by an operator).',
  cancelled: 'Cancelled on request: nothing is left moved.',
  rejected: 'Rejected by a person: nothing was sent.',
  expired: 'Expired: nobody decided in time; nothing was sent.',
  invalid: 'Invalid: the request was wrong; nothing was sent.',
};

/** What each verb does to the money, told to whoever is about to choose it. */
export const CONSEQUENCES: Record<ResolutionOutcome, string> = {
  retry: 'ask the provider once more, then try again if that is safe',
  refunded:
    'you saw at the provider that the customer has it (or paid it another way); add its `providerReference`',
  declined: 'you saw at the provider that it was not made and will not be',
  reversed: 'you saw at the provider that it was taken back (or did it by hand)',
  waived: 'let the customer keep it',
  turnBack: 'give up this leg and take back the others',
};

const REASONS: Record<ProblemCode, string> = {
  ambiguous: 'nobody knows whether it happened',
  declined: 'the provider refused',
  alreadyDone: 'the provider says that it was done before, and that was not provably us',
  amountMismatch: 'the provider knows another amount',
  windowClosed: 'it is too late for the provider',
  merchantBalance: 'our own balance at the provider is too low',
  providerDown: 'the provider could not be reached for too long; nothing was sent',
  noReversal: 'there is no automatic way',
};

/** The whole refund as Markdown, for the current details in the UI: where it stands and which message to send next. */
export function describeRefund(state: RefundState, context: StoryContext): string {
  const parts = [
    headline(state),
    context.cancelRequested
      ? 'A cancel was requested: no further leg is begun and what has moved is taken back, unless the refund is past the point where that is possible.'
      : '',
    legTable(state, context),
    state.waitingOn === 'approval' ? askForDecision(state, context) : '',
    ...LEG_NAMES.map((leg) => askForResolution(leg, state, context)),
    ignoredMessages(context.ignored),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function headline(state: RefundState): string {
  const parked = LEG_NAMES.find((leg) => state.legs[leg]?.status === 'parked');
  if (parked) return `**The ${parked} leg is parked: a person must settle it.**`;
  const waits = state.waitingOn && state.waitingOn !== 'approval' && state.waitingOn !== 'operator';
  return `**${HEADLINES[state.status]}**${waits ? ` Waiting for ${state.waitingOn ?? ''} to answer.` : ''}`;
}

function legTable(state: RefundState, { request, plan }: StoryContext): string {
  if (!plan || plan.legs.length === 0) return '';
  const rows = plan.legs.map(({ leg }) => {
    const at = state.legs[leg];
    const requested = request[leg];
    const amount = requested ? showAmount(amountOf(requested), request.currency, plan.exponent) : '';
    const reference = at?.reversal?.providerReference ?? at?.receipt?.providerReference ?? '';
    const cells = [leg, at?.provider ?? '', amount, at?.status ?? '', reference];
    return row(cells.map(cell));
  });
  const titles = row(['Wallet', 'Provider', 'Amount', 'State', 'Reference']);
  return [titles, '|:---|:---|:---|:---|:---|', ...rows].join('\n');
}

/** One row of a table. The UI sets its columns without a gap, so that each cell brings its own. */
function row(cells: readonly string[]): string {
  return `| ${cells.map((text) => `${text}\u00a0\u00a0\u00a0`).join(' | ')} |`;
}

function askForDecision({ refundId }: RefundState, { request }: StoryContext): string {
  const message = { decision: 'approve', by: 'YOUR NAME', note: 'WHY' };
  return [
    `Requested by ${cell(request.requestedBy)} (who cannot decide on it). Reason: ${cell(request.reason)}`,
    'To approve, choose *More Actions*, *Send an Update*, `decide` and paste (to reject, write `"reject"`):',
    ...waysToSend(refundId, 'decide', message),
  ].join('\n\n');
}

function askForResolution(leg: LegName, state: RefundState, { accepted }: StoryContext): string {
  const at = state.legs[leg];
  const outcomes = accepted[leg] ?? [];
  if (!at?.problem) return '';
  if (at.status !== 'parked') return showProblem(leg, at.problem);
  const message = {
    leg,
    outcome: outcomes[0] ?? '',
    by: 'YOUR NAME',
    evidence: 'WHAT YOU SAW AT THE PROVIDER',
    ...(outcomes[0] === 'refunded' && { providerReference: 'ITS REFERENCE' }),
  };
  return [
    showProblem(leg, at.problem),
    'Look at the provider, then choose an outcome:',
    outcomes.map((outcome) => `- \`${outcome}\`: ${CONSEQUENCES[outcome]}`).join('\n'),
    'Choose *More Actions*, *Send an Update*, `resolveLeg` and paste, with your outcome:',
    ...waysToSend(state.refundId, 'resolveLeg', message),
  ].join('\n\n');
}

function showProblem(leg: LegName, { side, code, message, evidence }: Problem): string {
  const what = `The ${leg} leg, ${side === 'refund' ? 'giving it back' : 'taking it back again'}`;
  const why = `${what}: ${REASONS[code]} (\`${code}\`). ${cell(message)}`;
  return evidence ? `${why}\n\nLast look-up (${evidence.at}): ${cell(evidence.message)}` : why;
}

function ignoredMessages(ignored: readonly string[]): string {
  return ignored.length === 0
    ? ''
    : ['Messages that changed nothing:', ...ignored.map((line) => `- ${cell(line)}`)].join('\n');
}

/** A message as it is pasted into the UI, and as a command. In lines, because the UI cuts long ones off. */
function waysToSend(refundId: string, update: string, message: object): string[] {
  const command = `temporal workflow update execute \\\n  -w ${workflowIdOf(refundId)} --name ${update} \\\n  --input '${JSON.stringify(message)}'`;
  return [codeBlock(JSON.stringify(message, null, 2)), 'Or from a terminal:', codeBlock(command)];
}

function codeBlock(text: string): string {
  return `\`\`\`\n${text}\n\`\`\``;
}

/** Text from elsewhere, made harmless inside a Markdown table or sentence. */
function cell(text: string): string {
  return text.replace(/[|`<>\r\n]/g, ' ');
}

/** One line for the run's static summary, set once at the start. */
export function summaryOf(request: RefundRequest): string {
  const legs = LEG_NAMES.filter((leg) => request[leg]).map(
    (leg) => `${leg} (${request[leg]?.provider ?? ''})`,
  );
  return `Refund ${request.refundId} of order ${request.orderId}: ${legs.join(', ')}`;
}
