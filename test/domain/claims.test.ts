import { falseClaims } from '../../dev/checkers/claims';
import type { LegBooks } from '../../dev/checkers/claims';
import type { Briefing, LegBriefing } from '../../src/domain/briefing';
import type { ProblemCode } from '../../src/domain/provider-answers';
import type { LegState, LegStatus, RefundState, RefundStatus, Side } from '../../src/domain/state';
import { describeRefund } from '../../src/domain/details';

const AT = '2026-11-21T03:00:00.000Z';
const RECEIPT = { providerReference: '1', at: AT, confirmedBy: 'answer' } as const;

const UNTOUCHED: LegBooks = { sentByUs: false, effective: 0, ownEffective: 0, wanted: 500 };
const TURNED_AWAY: LegBooks = { ...UNTOUCHED, sentByUs: true };
const DONE: LegBooks = { ...TURNED_AWAY, effective: 500, ownEffective: 500 };
const TWICE: LegBooks = { ...TURNED_AWAY, effective: 1_000, ownEffective: 1_000 };
const BY_SOMEBODY: LegBooks = { ...UNTOUCHED, effective: 500 };
const ALL_BOOKS = { UNTOUCHED, TURNED_AWAY, DONE, TWICE, BY_SOMEBODY };

interface Shown {
  leg: Partial<LegState>;
  state?: Partial<RefundState>;
  facts?: Partial<LegBriefing>;
  briefing?: Omit<Partial<Briefing>, 'legs'>;
}

/** The details of a refund whose only leg stands like this. */
function details({ leg, state, facts, briefing }: Shown): string {
  return describeRefund(
    {
      ...{ refundId: 'rf-1', orderId: 'order-1', status: 'refunding', waitingOn: null, people: [] },
      legs: { loyalty: { provider: 'dsquares', status: 'pending', ...leg } },
      ...state,
    },
    {
      ...{ requestedBy: 'shop', reason: 'returned', cancelRequested: false, wasReset: false, ignored: [] },
      legs: {
        loyalty: {
          amount: '500 points',
          lookFor: 'a refund',
          choices: [],
          sends: 0,
          mayHaveMovedMore: false,
          ...facts,
        },
      },
      ...briefing,
    },
  );
}

function problemOf(code: ProblemCode, side: Side = 'refund', message = '') {
  return { problem: { side, code, message } };
}

const asked = { status: 'awaitingApproval', waitingOn: 'approval' } as const;
const troubled = { trouble: { message: 'Refused connection; nothing was sent.', at: AT } };
const wasReset = { wasReset: true };

/** What is shown, and of which books it is false. */
test.each<[string, Shown, (keyof typeof ALL_BOOKS)[]]>([
  ['not sent', { leg: { status: 'pending' } }, ['TURNED_AWAY', 'DONE', 'TWICE']],
  ['not sent by this run', { leg: { status: 'pending' }, briefing: wasReset }, []],
  ['nothing was sent', { leg: {}, state: asked }, ['TURNED_AWAY', 'DONE', 'TWICE']],
  ['nothing was sent by this run', { leg: {}, state: asked, briefing: wasReset }, []],
  ['rejected', { leg: {}, state: { status: 'rejected' } }, ['TURNED_AWAY', 'DONE', 'TWICE']],
  ['rejected after a reset', { leg: {}, state: { status: 'rejected' }, briefing: wasReset }, []],
  ['invalid', { leg: {}, state: { status: 'invalid', legs: {} } }, []],
  [
    'refunded',
    { leg: { status: 'refunded', receipt: RECEIPT } },
    ['UNTOUCHED', 'TURNED_AWAY', 'TWICE', 'BY_SOMEBODY'],
  ],
  [
    'refunded by the word of a person',
    { leg: { status: 'refunded', receipt: { ...RECEIPT, confirmedBy: 'operator', by: 'ana' } } },
    [],
  ],
  [
    'declined',
    { leg: { status: 'declined', ...problemOf('declined') }, facts: { sends: 1 } },
    ['DONE', 'TWICE'],
  ],
  [
    'declined, and so ended',
    {
      leg: { status: 'declined', ...problemOf('declined') },
      state: { status: 'declined' },
      facts: { sends: 1 },
    },
    ['DONE', 'TWICE'],
  ],
  [
    'declined by the word of a person',
    { leg: { status: 'declined' }, state: { status: 'declined' }, facts: { declinedBy: 'ana' } },
    [],
  ],
  ['given up', { leg: { status: 'parked', ...problemOf('providerDown') } }, ['DONE', 'TWICE']],
  [
    'given up after a doubt',
    { leg: { status: 'parked', ...problemOf('providerDown') }, facts: { sends: 1 } },
    [],
  ],
  [
    'an adapter that says too much',
    { leg: { status: 'parked', ...problemOf('merchantBalance', 'refund', 'Nothing has moved.') } },
    ['DONE', 'TWICE', 'BY_SOMEBODY'],
  ],
  [
    'a message that nothing was sent',
    { leg: { status: 'parked', ...problemOf('ambiguous', 'refund', 'It was not sent.') } },
    ['TURNED_AWAY', 'DONE', 'TWICE'],
  ],
  [
    'a reversal that is impossible',
    { leg: { status: 'parked', receipt: RECEIPT, ...problemOf('noReversal', 'reversal') } },
    ['UNTOUCHED', 'TURNED_AWAY', 'TWICE', 'BY_SOMEBODY'],
  ],
  [
    'reversed, and so ended',
    {
      leg: { status: 'reversed', receipt: RECEIPT, reversal: RECEIPT },
      state: { status: 'compensated' },
    },
    ['DONE', 'TWICE'],
  ],
  ['waived', { leg: { status: 'waived', receipt: RECEIPT, reversal: { by: 'ana' } } }, []],
  [
    'cancelled',
    { leg: {}, state: { status: 'cancelled' }, briefing: { cancelRequested: true } },
    ['DONE', 'TWICE'],
  ],
])('%s is told apart by the books', (_, shown, lies) => {
  const text = details(shown);
  const found = Object.entries(ALL_BOOKS).filter(
    ([, books]) => falseClaims(text, { loyalty: books }).length > 0,
  );
  expect(found.map(([name]) => name)).toEqual(lies);
});

const UNDER_WAY: [LegStatus, RefundStatus, Partial<LegState>][] = [
  ['refunding', 'refunding', {}],
  ['lookingUp', 'refunding', {}],
  ['lookingUp', 'awaitingApproval', {}],
  ['lookingUp', 'compensating', { receipt: RECEIPT }],
  ['reversing', 'compensating', { receipt: RECEIPT }],
  ['parked', 'refunding', problemOf('ambiguous')],
  ['parked', 'refunding', problemOf('alreadyDone')],
  ['parked', 'compensating', { receipt: RECEIPT, ...problemOf('ambiguous', 'reversal') }],
];

test.each(UNDER_WAY)('while a leg is %s (%s) whatever the books say may be true', (status, refund, leg) => {
  for (const waitingOn of ['dsquares', 'operator', null] as const)
    for (const facts of [{}, troubled, { sends: 1 }, { sends: 2, ...troubled }])
      for (const briefing of [{}, wasReset, { cancelRequested: true }])
        for (const books of Object.values(ALL_BOOKS)) {
          const state = { status: refund, waitingOn };
          expect(
            falseClaims(details({ leg: { ...leg, status }, state, facts, briefing }), { loyalty: books }),
          ).toEqual([]);
        }
});

test('a violation names the leg, the words and what the books say', () => {
  expect(falseClaims(details({ leg: { status: 'pending' } }), { loyalty: DONE })).toEqual([
    'loyalty: the details say "not sent", but the books say: sent, 500 of 500 refunded by us, 500 in all',
  ]);
});

test('what the checker cannot judge is a violation too', () => {
  const text = details({ leg: { status: 'waived' } });
  expect(falseClaims(text.replace('waived', 'forgotten'), { loyalty: DONE })).toEqual([
    'loyalty: the State column says "forgotten (the customer keeps it)", which nobody can check',
  ]);
  expect(falseClaims(text, {})).toEqual(['loyalty: a leg that the books do not know']);
});

test('what people said is no claim of ours', () => {
  const note = 'nothing was sent, nothing has moved';
  const approval = { required: true, decision: 'approved', by: 'ana', at: AT, note } as const;
  const text = details({
    leg: { status: 'refunding' },
    state: { approval },
    briefing: { reason: note, ignored: [note] },
  });
  expect(text).toContain(note);
  expect(falseClaims(text, { loyalty: DONE })).toEqual([]);
});
