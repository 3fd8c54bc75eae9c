import type { LegName, ProviderName } from '../plan';
import type { ProblemCode } from '../provider-answers';
import type { Problem, Side } from '../state';

/** A parked leg, as far as the timeline tells of it. */
export interface Waiting {
  leg: LegName;
  provider: ProviderName;
  problem: Pick<Problem, 'code' | 'side'>;
  /** Only a preflight question is parked. */
  isQuestion: boolean;
  /** This run sent nothing, and an earlier one may have: a person or a rule said no, and not the provider. */
  isUnsent: boolean;
}

interface Named {
  leg: LegName;
  provider: ProviderName;
  /** `cash`, or `the reversal of cash`. */
  movement: string;
  done: string;
  toDo: string;
}

const WORDS: Record<Side, Pick<Named, 'done' | 'toDo'>> = {
  refund: { done: 'refunded', toDo: 'refund' },
  reversal: { done: 'reversed', toDo: 'reverse' },
};

const WHAT: Record<ProblemCode, (named: Named) => string> = {
  ambiguous: ({ leg, provider, done }) => `nobody knows whether ${provider} ${done} ${leg}`,
  declined: ({ movement, provider }) => `${movement} refused by ${provider}`,
  alreadyDone: ({ leg, provider, done }) => `${provider} may have ${done} ${leg} before`,
  amountMismatch: ({ leg, provider }) => `${leg} has a different amount at ${provider}`,
  windowClosed: ({ leg, provider, toDo }) => `${provider} says that it is too late to ${toDo} ${leg}`,
  merchantBalance: ({ leg, provider, toDo }) => `our balance at ${provider} is too low to ${toDo} ${leg}`,
  providerDown: ({ movement, provider }) => `${movement} not accepted by ${provider} for too long`,
  noReversal: ({ leg, provider }) => `${leg} cannot be reversed by the API of ${provider}`,
  overCap: ({ leg, provider }) => `${leg} at ${provider} is refused by its order`,
};

/** What the timeline of the Temporal UI says while a leg is parked. */
export function waitSummary({ leg, provider, problem, isQuestion, isUnsent }: Waiting): string {
  const movement = problem.side === 'reversal' ? `the reversal of ${leg}` : leg;
  return `Waiting for an operator: ${told()}`;

  function told(): string {
    if (isQuestion) return `no usable answer of ${provider} about ${leg}`;
    if (isUnsent && problem.code === 'declined') return `whether to refund ${leg} at ${provider}`;
    return WHAT[problem.code]({ leg, provider, movement, ...WORDS[problem.side] });
  }
}
