import { describeRefund } from '../../../src/domain/details';
import { headlineOf } from '../../../src/domain/details/headline';
import { lookForAt } from '../../../src/domain/details/look-for';
import { findBy } from '../../../src/domain/details/find-by';
import { PROVIDER_NAMES } from '../../../src/domain/plan';
import type { ProviderName } from '../../../src/domain/plan';
import type { LegBriefing, Briefing } from '../../../src/domain/briefing';
import type { LegState, RefundState } from '../../../src/domain/state';
import { LEG_AT } from '../requests';
import { AT, aBriefing, aState, each, RECEIPT, withoutNames } from './refund';

interface Case {
  leg: Partial<LegState>;
  state?: Partial<RefundState>;
  facts?: Partial<LegBriefing>;
  briefing?: Partial<Briefing>;
}

const declined = { side: 'refund', code: 'declined', message: '' } as const;
const byAna = { ...RECEIPT, confirmedBy: 'operator', by: 'ana' } as const;
const wasReset = { wasReset: true };
const trouble = { message: 'THE ANSWER.', at: AT, patienceMs: 86_400_000 };

const WAITING: Case[] = [
  { leg: {}, state: { status: 'planning' } },
  { leg: {}, state: { status: 'planning' }, briefing: wasReset },
  { leg: {}, state: { status: 'planning' }, briefing: { waitsForOrder: true } },
  { leg: {}, state: { status: 'planning', waitingOn: 'sipay' }, facts: { trouble } },
  { leg: {}, state: { status: 'awaitingApproval', waitingOn: 'approval' } },
  { leg: {}, state: { status: 'awaitingApproval', waitingOn: 'approval' }, briefing: wasReset },
  { leg: {}, state: { status: 'awaitingApproval' } },
  { leg: { status: 'refunding' } },
  { leg: { status: 'refunding' }, state: { waitingOn: 'sipay' }, facts: { trouble, sends: 0 } },
  { leg: { status: 'refunding' }, state: { waitingOn: 'sipay' }, facts: { trouble } },
  {
    leg: { status: 'refunding' },
    state: { waitingOn: 'sipay' },
    facts: { trouble: { message: 'THE STOP.', at: AT, untilResumed: true } },
  },
  { leg: { status: 'lookingUp' }, state: { waitingOn: 'sipay' }, facts: { trouble, sends: 2 } },
  { leg: { status: 'lookingUp', receipt: RECEIPT }, state: { waitingOn: 'sipay' }, facts: { trouble } },
  { leg: { status: 'reversing', receipt: RECEIPT }, state: { status: 'compensating' } },
  {
    leg: { status: 'reversing', receipt: RECEIPT },
    state: { status: 'compensating', waitingOn: 'sipay' },
    facts: { trouble },
  },
  {
    leg: { status: 'parked', problem: { ...declined, code: 'ambiguous' } },
    state: { waitingOn: 'operator' },
  },
];

const ENDED: Case[] = [
  { leg: { status: 'refunded', receipt: RECEIPT }, state: { status: 'refunded' } },
  { leg: { status: 'refunded', receipt: byAna }, state: { status: 'refunded' } },
  { leg: { status: 'declined', problem: declined }, state: { status: 'declined' } },
  { leg: { status: 'declined', problem: declined }, state: { status: 'declined' }, facts: { sends: 2 } },
  { leg: { status: 'declined', problem: declined }, state: { status: 'declined' }, briefing: wasReset },
  { leg: { status: 'declined', problem: { ...declined, code: 'overCap' } }, state: { status: 'declined' } },
  {
    leg: { status: 'declined', problem: declined },
    state: { status: 'declined' },
    facts: { declinedBy: 'ana' },
  },
  { leg: { status: 'reversed', receipt: RECEIPT, reversal: RECEIPT }, state: { status: 'compensated' } },
  { leg: { status: 'reversed', receipt: RECEIPT, reversal: byAna }, state: { status: 'compensated' } },
  {
    leg: { status: 'reversed', receipt: RECEIPT, reversal: RECEIPT },
    state: { status: 'compensated' },
    facts: { mayHaveMovedMore: true },
  },
  { leg: { status: 'waived', receipt: RECEIPT, reversal: byAna }, state: { status: 'compensated' } },
  { leg: {}, state: { status: 'cancelled' }, facts: { sends: 0 } },
  { leg: {}, state: { status: 'cancelled' } },
  { leg: {}, state: { status: 'rejected' } },
  { leg: {}, state: { status: 'rejected' }, briefing: wasReset },
  { leg: {}, state: { status: 'expired' } },
  { leg: {}, state: { status: 'expired' }, briefing: wasReset },
  { leg: {}, state: { status: 'invalid', legs: {} } },
];

const CANCELLED: Case[] = [
  { leg: { status: 'refunding' } },
  { leg: { status: 'refunded', receipt: RECEIPT } },
  { leg: {}, state: { status: 'compensating' } },
  { leg: { status: 'refunded', receipt: RECEIPT }, state: { status: 'refunded' } },
].map((shown) => ({ ...(shown as Case), briefing: { cancelRequested: true } }));

const EARLIER: Case[] = [
  { leg: {}, state: { status: 'awaitingApproval' }, briefing: wasReset },
  { leg: {}, state: { status: 'invalid', legs: {} }, briefing: wasReset },
];

function shownOf({ leg, state, facts, briefing }: Case): [RefundState, Briefing] {
  return [aState('sipay', leg, state), aBriefing('sipay', facts, briefing)];
}

/** The first lines of refunds that are under way, and of those that have ended. */
export function firstLines(): Record<'underWay' | 'ended', string[]> {
  const lines = (cases: Case[]) => each(cases.map((shown) => headlineOf(...shownOf(shown))));
  return { underWay: lines(WAITING), ended: lines(ENDED) };
}

/** Whole paragraphs that stand below the table of a refund that waits, was cancelled or reset. */
export function paragraphs(): Record<'waiting' | 'cancelled' | 'earlierRuns', string[]> {
  const below = (cases: Case[], wanted: RegExp) =>
    each(
      cases.flatMap((shown) =>
        describeRefund(...shownOf(shown))
          .split('\n\n')
          .filter((text) => wanted.test(text)),
      ),
    );
  const isWaiting = /^\*\*cash:\*\*|^Last attempt|^Reason|^No action|^It was sent/;
  return {
    waiting: below(WAITING, isWaiting),
    cancelled: below(CANCELLED, /A cancel/),
    earlierRuns: below(EARLIER, /An earlier run/),
  };
}

const STATUSES: Case[] = [
  { leg: { status: 'pending' }, facts: { sends: 0 } },
  { leg: { status: 'pending' }, facts: { sends: 0 }, briefing: wasReset },
  { leg: { status: 'pending' }, facts: { sends: 0 }, briefing: { cancelRequested: true } },
  { leg: { status: 'pending' } },
  { leg: { status: 'refunding' } },
  { leg: { status: 'lookingUp' } },
  { leg: { status: 'lookingUp', receipt: RECEIPT } },
  { leg: { status: 'refunded', receipt: RECEIPT } },
  { leg: { status: 'refunded', receipt: byAna } },
  { leg: { status: 'declined', problem: declined } },
  { leg: { status: 'declined', problem: declined }, facts: { sends: 2 } },
  { leg: { status: 'declined', problem: { ...declined, evidence: { message: '', at: AT } } } },
  { leg: { status: 'declined', problem: declined }, facts: { declinedBy: 'ana' } },
  { leg: { status: 'parked', problem: declined } },
  { leg: { status: 'parked', problem: { ...declined, code: 'ambiguous' } } },
  { leg: { status: 'reversing' } },
  { leg: { status: 'reversed', reversal: RECEIPT } },
  { leg: { status: 'reversed', reversal: byAna } },
  { leg: { status: 'waived' } },
];

/** What the State column says. */
export function cells(): string[] {
  return each(
    STATUSES.map((shown) => {
      const details = describeRefund(...shownOf(shown));
      const row = details.split('\n').find((line) => line.startsWith('| cash')) ?? '';
      return (row.split('|')[4] ?? '').replaceAll('\u00a0', ' ').trim();
    }),
  );
}

/** By what a movement is found at each provider. */
export function lookedFor(): string[] {
  const at = (provider: ProviderName) => LEG_AT[provider](1);
  return PROVIDER_NAMES.flatMap((provider) =>
    (['refund', 'reversal'] as const).map((side) => {
      const leg = { ...at(provider), ...ORIGINALS };
      return `${provider}, ${side}: ${lookForAt('rf-1', 'cash', leg, side)}`;
    }),
  );
}

const ORIGINALS = { transactionId: 'ORIGINAL', externalReference: 'ORIGINAL', orderId: 'ORIGINAL' };

/** What else is told to find it by. */
export function foundBy(): string[] {
  const sentAt = { first: AT, last: '2026-11-21T03:02:00.000Z' };
  const counters = {
    kind: 'counters',
    totalPoints: 10_000,
    redeemedPoints: 500,
    totalTransactions: 1,
  } as const;
  const cases: [Partial<LegBriefing>, Partial<Briefing>?][] = [
    [{ sends: 1, sentAt }],
    [{ sends: 2, sentAt }],
    [{ sends: 1, sentAt }, wasReset],
    [{ sends: 0, trouble }],
    [{ before: counters }],
    [{ before: { kind: 'rows', ids: ['ROW-1', 'ROW-2'] } }],
  ];
  return each(
    cases.flatMap(([facts, briefing]) =>
      findBy('cash', aBriefing('sipay', { lookFor: '', amount: '', ...facts }, briefing))
        .split('\n')
        .map((line) => line.replace(/^- ?/, ''))
        .map((line) => withoutNames(line, 'sipay')),
    ),
  );
}
