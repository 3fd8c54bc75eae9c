import type { LookUpAnswer } from './provider-answers';

/** How long the asking of a provider may take before a word is taken as it is. Milliseconds. */
export const LONGEST_CHECK_MS = 60_000;

/** What a person says of a refund whose outcome nobody knows. */
export interface Claim {
  claims: 'moved' | 'notMoved';
  providerReference: string | undefined;
}

/** What earlier look-ups showed, which the person had before them; `ours`: a refund of ours, made or under way. */
export interface ShownBefore {
  shown: string | null;
  ours: string | null;
}

/** What the provider, asked about it, says to that. */
export type ProviderCheck = 'agrees' | 'contradicts' | 'saysNothing';

/** `known`: it contradicts unless the person had it before them already. `named`: it agrees if it has their reference. */
type Row = Record<Claim['claims'], ProviderCheck | 'known' | 'named'>;

const CHECKS: Record<LookUpAnswer['kind'], Row> = {
  found: { moved: 'named', notMoved: 'contradicts' },
  pending: { moved: 'contradicts', notMoved: 'contradicts' },
  absent: { moved: 'contradicts', notMoved: 'agrees' },
  declined: { moved: 'contradicts', notMoved: 'agrees' },
  unrelated: { moved: 'contradicts', notMoved: 'agrees' },
  // Somebody's refund, or one that may be ours: it can be the one that the person means.
  conflict: { moved: 'saysNothing', notMoved: 'known' },
  candidate: { moved: 'saysNothing', notMoved: 'known' },
  unreadable: { moved: 'saysNothing', notMoved: 'known' },
  unanswered: { moved: 'saysNothing', notMoved: 'saysNothing' },
};

/** Holds what a person says against what a look-up shows now, and what one showed before (a list may forget). */
export function checkWithProvider(
  { claims, providerReference }: Claim,
  answer: LookUpAnswer,
  { shown, ours }: ShownBefore,
): ProviderCheck {
  const isForgotten = ours !== null && answer.kind !== 'declined';
  if (claims === 'notMoved' && isForgotten) return 'contradicts';
  if (claims === 'moved' && answer.kind === 'conflict' && answer.notMade) return 'contradicts';
  const check = CHECKS[answer.kind][claims];
  if (check === 'named')
    return answer.kind === 'found' && answer.providerReference === providerReference
      ? 'agrees'
      : 'contradicts';
  if (check === 'known') return 'message' in answer && answer.message === shown ? 'agrees' : 'contradicts';
  return check;
}
