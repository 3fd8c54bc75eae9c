import type { ProviderName } from '../plan';
import type { ProblemCode } from '../provider-answers';
import type { Side } from '../state';
import { capital } from './markdown';
import { NOTHING_SENT, NOTHING_SENT_BY_THIS_RUN } from './phrases';

/** What decides what a person is asked to do about a parked leg. */
export interface ToAct {
  provider: ProviderName;
  code: ProblemCode;
  side: Side;
  /** Only a preflight question is parked. */
  isQuestion: boolean;
  /** Whether `retry` is offered now. */
  mayRetry: boolean;
  /** Whether a request of this run may have reached the provider. */
  wasSent: boolean;
  /** Whether an earlier run may have sent something. */
  wasReset: boolean;
}

type Act = (toAct: ToAct) => string;

/** What a person does about a parked leg, in one sentence: one table for all that tells it. */
export function actOf(toAct: ToAct): string {
  const act = toAct.isQuestion ? asked : ACTS[toAct.side][toAct.code];
  return capital(act(toAct));
}

/** Providers whose look-ups are evidence for a person, and decide nothing. */
const ONLY_EVIDENCE: readonly ProviderName[] = ['dsquares', 'mircate'];
/** Providers whose reversals cannot be looked up: `retry` sends them again. */
const REVERSED_BLINDLY: readonly ProviderName[] = ['dsquares'];

const OTHERWISE = 'pay the customer in another way and say `refunded` with the reference of that payment';

function asked({ provider, wasReset }: ToAct): string {
  const sent = wasReset ? NOTHING_SENT_BY_THIS_RUN : NOTHING_SENT;
  return `this was only a question to ${provider}, and ${sent}: ${mended(provider)}, then send \`retry\`.`;
}

function mended(provider: ProviderName): string {
  return `mend what the last attempt met (our account at ${provider}, or the way to it), or wait until ${provider} is up again`;
}

function lookAtRefund({ provider, mayRetry }: ToAct): string {
  const look = `check at ${provider} whether this refund was made, and say what you saw`;
  if (ONLY_EVIDENCE.includes(provider)) return `${look}: its API cannot prove it.`;
  return mayRetry ? `${look}, or have ${provider} asked once more by \`retry\`.` : `${look}.`;
}

function findWho({ provider }: ToAct): string {
  return `find out at ${provider} who has refunded this: if the customer has the money, say \`refunded\` with its reference, and if no refund is there, \`declined\`.`;
}

function mendOrPay(toAct: ToAct): string {
  const { provider, mayRetry, wasSent, wasReset } = toAct;
  if (wasReset && !wasSent) return sayHowItGoesOn(toAct);
  if (provider === 'wyre')
    return `${OTHERWISE}: wyre does not refund an order again once its refund has failed.`;
  return mayRetry
    ? `mend what ${provider} objects to, then send \`retry\`, or ${OTHERWISE}.`
    : `${OTHERWISE}.`;
}

/** Of a leg that a person or a rule refused, after an earlier run had refunded others. */
function sayHowItGoesOn({ mayRetry }: ToAct): string {
  const retry = mayRetry ? ['`retry` to refund this leg as well'] : [];
  return `say how it goes on: ${[...retry, '`turnBack` to reverse what an earlier run refunded'].join(', or ')}.`;
}

const payOtherwise: Act = ({ provider }) =>
  `${OTHERWISE}, or roll back with \`turnBack\`: ${provider} will not refund it.`;

const topUp: Act = ({ provider }) => `top up our balance at ${provider}, then send \`retry\`.`;

const mend: Act = ({ provider }) => `${mended(provider)}, then send \`retry\`.`;

const REFUND_ACTS: Record<ProblemCode, Act> = {
  ambiguous: lookAtRefund,
  declined: mendOrPay,
  alreadyDone: findWho,
  amountMismatch: payOtherwise,
  windowClosed: payOtherwise,
  merchantBalance: topUp,
  providerDown: mend,
  noReversal: payOtherwise,
  overCap: () =>
    'see by `refund order` which other refunds hold what is left of the order: once it has enough left, send `retry`, otherwise `declined`.',
};

function lookAtReversal({ provider, mayRetry }: ToAct): string {
  const look = `check at ${provider} whether the reversal was made, and say what you saw`;
  if (!mayRetry) return `${look}.`;
  return REVERSED_BLINDLY.includes(provider)
    ? `${look}: \`retry\` sends it again without asking.`
    : `${look}, or have ${provider} asked once more by \`retry\`.`;
}

const BY_HAND = 'say `reversed` with its reference, or let the customer keep it with `waived`';

const reverseByHand: Act = ({ provider }) => `reverse it by hand at ${provider} and ${BY_HAND}.`;

function mendOrWaive({ provider, mayRetry }: ToAct): string {
  const retry = mayRetry ? ', or send `retry` once it is there again' : '';
  return `usually the customer has spent it by now: let them keep it with \`waived\`, or reverse it by hand at ${provider} and say \`reversed\` with its reference${retry}.`;
}

/** Why nothing is reversed through the API of a provider; dsquares has one, but not for every refund. */
export function whyNoReversal(provider: string): string {
  return provider === ('dsquares' satisfies ProviderName)
    ? 'this refund cannot be reversed through the API of dsquares'
    : `${provider} has no API to reverse a refund`;
}

const REVERSAL_ACTS: Record<ProblemCode, Act> = {
  ambiguous: lookAtReversal,
  alreadyDone: lookAtReversal,
  declined: mendOrWaive,
  amountMismatch: reverseByHand,
  windowClosed: reverseByHand,
  merchantBalance: topUp,
  providerDown: ({ provider }) =>
    `${mended(provider)}, then send \`retry\`, or reverse it by hand and ${BY_HAND}.`,
  noReversal: ({ provider }) =>
    `${whyNoReversal(provider)}: reverse it by hand in the panel of ${provider} and ${BY_HAND}.`,
  overCap: reverseByHand,
};

const ACTS: Record<Side, Record<ProblemCode, Act>> = { refund: REFUND_ACTS, reversal: REVERSAL_ACTS };
