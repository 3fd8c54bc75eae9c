import type { Receipt } from '../../src/domain/provider-answers';
import type { ParkedLeg, ResolveLegMessage } from '../../src/domain/resolution';
import type { LegState, Problem, RefundState } from '../../src/domain/state';
import { transition } from '../../src/domain/transition';
import type { RefundEvent } from '../../src/domain/transition';

const AT = '2026-11-28T12:00:00.000Z';
const RECEIPT: Receipt = { providerReference: '7', amountMinor: 2_550, at: AT, confirmedBy: 'answer' };
const DECLINED: Problem = { side: 'refund', code: 'declined', message: 'No.' };
const UNCLEAR: Problem = { side: 'refund', code: 'ambiguous', message: 'Lost.' };
const NO_REVERSAL: Problem = { side: 'reversal', code: 'noReversal', message: 'None.' };

function aState(cash: Partial<LegState> = {}, overrides: Partial<RefundState> = {}): RefundState {
  return {
    ...{ refundId: 'rf-1', orderId: 'o-1', status: 'refunding', waitingOn: null, people: [] },
    legs: {
      loyalty: { provider: 'mircate', status: 'refunded' },
      cash: { provider: 'sipay', status: 'pending', ...cash },
    },
    ...overrides,
  };
}

test('every word of a person that counts stays', () => {
  const decided: RefundEvent = {
    ...{ type: 'decided', decision: 'approved', signed: false, by: 'ana', note: null, at: AT },
  };
  const events = [decided, said('retry', UNCLEAR), said('declined', UNCLEAR)];
  const { people } = events.reduce(transition, aState({ status: 'parked', problem: UNCLEAR }));
  expect(people.map((word) => [word.by, word.said])).toEqual([
    ['ana', 'approve'],
    ['ana', 'retry'],
    ['ana', 'declined'],
  ]);
});

function said(outcome: ResolveLegMessage['outcome'], problem: Problem, planning = false): RefundEvent {
  const parked: ParkedLeg = {
    ...{ problem, planning, lookUp: 'ownReference', pivotPassed: false, stopping: false },
    ...{ reconciling: false, onlyByWord: false, hasCandidate: false, hasMovedOtherwise: false },
  };
  const message = { leg: 'cash', outcome, by: 'ana', evidence: 'seen', providerReference: 'R-1' } as const;
  const requested = { provider: 'sipay', transactionId: '744', amountMinor: 2_550 } as const;
  return { type: 'resolved', leg: 'cash', word: { message, requested, parked, at: AT, unconfirmed: null } };
}

const BY_ANA = { providerReference: 'R-1', at: AT, confirmedBy: 'operator', by: 'ana', note: 'seen' };
const cash = (leg: Partial<LegState>) => ({ legs: { cash: { provider: 'sipay', ...leg } } });

describe('what an event makes of the state', () => {
  test.each<[string, RefundState, RefundEvent, object]>([
    [
      'a plan',
      aState({}, { status: 'planning', legs: {}, waitingOn: 'wyre' }),
      {
        type: 'planned',
        requestHash: 'ab',
        legs: [
          { leg: 'sale', provider: 'paywall', refusal: { code: 'alreadyDone', message: 'Done.' } },
          { leg: 'cash', provider: 'sipay', refusal: null },
        ],
      },
      {
        requestHash: 'ab',
        waitingOn: null,
        legs: {
          sale: {
            provider: 'paywall',
            status: 'declined',
            problem: { side: 'refund', code: 'alreadyDone', message: 'Done.' },
          },
          cash: { provider: 'sipay', status: 'pending' },
        },
      },
    ],
    ['an order that does not answer', aState(), { type: 'waitsForOrder' }, { waitingOn: null }],
    ['an invalid request', aState(), { type: 'foundInvalid' }, { status: 'invalid', waitingOn: null }],
    [
      'a question',
      aState(),
      { type: 'asked', signed: true },
      {
        status: 'awaitingApproval',
        waitingOn: 'approval',
        approval: { required: true, signed: true, decision: null },
      },
    ],
    [
      'a question that was answered before it was asked',
      aState({}, { approval: { required: true, decision: 'approved', by: 'ana' } }),
      { type: 'asked', signed: false },
      { waitingOn: 'approval', approval: { required: true, decision: 'approved', by: 'ana' } },
    ],
    [
      'a decision',
      aState({}, { waitingOn: 'approval' }),
      { type: 'decided', decision: 'rejected', signed: false, by: 'ana', note: 'no', at: AT },
      { waitingOn: null, approval: { required: true, decision: 'rejected', by: 'ana', note: 'no', at: AT } },
    ],
    [
      'a decision that nobody waits for yet',
      aState({}, { waitingOn: 'wyre' }),
      { type: 'decided', decision: 'approved', signed: false, by: 'ana', note: null, at: AT },
      { waitingOn: 'wyre', approval: { required: true, decision: 'approved', by: 'ana', at: AT } },
    ],
    [
      'no decision in time',
      aState({}, { waitingOn: 'approval', approval: { required: true, decision: null } }),
      { type: 'expired' },
      { waitingOn: 'approval', approval: { required: true, decision: 'expired' } },
    ],
    [
      'the way forward',
      aState({}, { status: 'awaitingApproval' }),
      { type: 'wentForward' },
      { status: 'refunding' },
    ],
    ['the way back', aState(), { type: 'turnedBack' }, { status: 'compensating', waitingOn: null }],
    [
      'the end',
      aState({}, { waitingOn: 'sipay' }),
      { type: 'ended', status: 'declined' },
      { status: 'declined', waitingOn: null },
    ],
    [
      'a first attempt',
      aState(),
      { type: 'sending', leg: 'cash', movement: 'refund' },
      { waitingOn: null, ...cash({ status: 'refunding' }) },
    ],
    [
      'an attempt after one that did not get through',
      aState({}, { waitingOn: 'sipay' }),
      { type: 'sending', leg: 'cash', movement: 'reversal' },
      { waitingOn: 'sipay', ...cash({ status: 'reversing' }) },
    ],
    [
      'a question sent again',
      aState(),
      { type: 'sending', leg: 'cash', movement: 'check' },
      cash({ status: 'pending' }),
    ],
    [
      'an attempt that did not get through',
      aState(),
      { type: 'waiting', leg: 'cash', movement: 'refund' },
      { waitingOn: 'sipay', ...cash({ status: 'refunding' }) },
    ],
    [
      'an answer that was lost',
      aState({ status: 'refunding' }),
      { type: 'waiting', leg: 'cash', movement: 'lookUp' },
      { waitingOn: 'sipay', ...cash({ status: 'lookingUp' }) },
    ],
    [
      'a leg that only a person can settle',
      aState({}, { waitingOn: 'sipay' }),
      { type: 'parked', leg: 'cash', problem: UNCLEAR },
      { waitingOn: 'operator', ...cash({ status: 'parked', problem: UNCLEAR }) },
    ],
    [
      'a leg that goes on',
      aState({ status: 'refunding' }, { waitingOn: 'operator' }),
      { type: 'resumed' },
      { waitingOn: null, ...cash({ status: 'refunding' }) },
    ],
    [
      'a confirmation',
      aState({ status: 'refunding', problem: UNCLEAR }, { waitingOn: 'sipay' }),
      { type: 'confirmed', leg: 'cash', side: 'refund', receipt: RECEIPT },
      { waitingOn: null, legs: { cash: { provider: 'sipay', status: 'refunded', receipt: RECEIPT } } },
    ],
    [
      'a confirmed reversal',
      aState({ status: 'reversing', receipt: RECEIPT }),
      { type: 'confirmed', leg: 'cash', side: 'reversal', receipt: RECEIPT },
      cash({ status: 'reversed', receipt: RECEIPT, reversal: RECEIPT }),
    ],
    [
      'a refusal',
      aState(),
      { type: 'declined', leg: 'cash', problem: DECLINED },
      cash({ status: 'declined', problem: DECLINED }),
    ],
    [
      'a preflight answer',
      aState({ problem: UNCLEAR }),
      { type: 'passed', leg: 'cash' },
      cash({ status: 'pending' }),
    ],
    [
      'a leg left alone',
      aState({ status: 'parked', problem: DECLINED }),
      { type: 'stopped', leg: 'cash' },
      cash({ status: 'pending', problem: DECLINED }),
    ],
    [
      'a leg that no earlier run moved',
      aState(),
      {
        type: 'foundUnmoved',
        leg: 'cash',
        before: { provider: 'sipay', status: 'declined', problem: DECLINED },
      },
      cash({ status: 'declined', problem: DECLINED }),
    ],
  ])('%s', (_, before, event, after) => {
    const frozen = JSON.stringify(before);
    const { legs: wanted, ...rest } = after as Partial<RefundState>;
    const state = transition(before, event);
    expect(state).toMatchObject(rest);
    for (const [leg, legState] of Object.entries(wanted ?? {})) {
      expect(state.legs[leg as keyof RefundState['legs']]).toEqual(legState);
    }
    expect(JSON.stringify(before)).toBe(frozen);
  });

  test.each<[string, RefundEvent, Problem, Partial<LegState>]>([
    ['retry', said('retry', UNCLEAR), UNCLEAR, { status: 'refunding' }],
    ['retry of a preflight question', said('retry', UNCLEAR, true), UNCLEAR, { status: 'pending' }],
    ['retry of a reversal', said('retry', NO_REVERSAL), NO_REVERSAL, { status: 'reversing' }],
    ['resend', said('resend', UNCLEAR), UNCLEAR, { status: 'refunding' }],
    [
      'refunded',
      said('refunded', UNCLEAR),
      UNCLEAR,
      { status: 'refunded', receipt: { ...BY_ANA, amountMinor: 2_550 } as Receipt },
    ],
    ['declined', said('declined', UNCLEAR), UNCLEAR, { status: 'declined', problem: UNCLEAR }],
    [
      'reversed',
      said('reversed', NO_REVERSAL),
      NO_REVERSAL,
      { status: 'reversed', reversal: { ...BY_ANA, amountMinor: 2_550 } as Receipt },
    ],
    [
      'waived',
      said('waived', NO_REVERSAL),
      NO_REVERSAL,
      { status: 'waived', problem: NO_REVERSAL, reversal: BY_ANA as Receipt },
    ],
    ['turnBack', said('turnBack', DECLINED), DECLINED, { status: 'declined', problem: DECLINED }],
  ])('an operator says %s', (_, event, problem, leg) => {
    const state = transition(aState({ status: 'parked', problem }, { waitingOn: 'operator' }), event);
    expect(state.waitingOn).toBeNull();
    expect(state.legs.cash).toEqual({ provider: 'sipay', ...leg });
  });

  test('an event of a leg that the plan has not is a mistake of ours', () => {
    expect(() => transition(aState(), { type: 'passed', leg: 'sale' })).toThrow('the plan has no sale leg');
  });
});
