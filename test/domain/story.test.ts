import type { Briefing, LegBriefing } from '../../src/domain/briefing';
import { CONSEQUENCES } from '../../src/domain/consequences';
import type { Settled } from '../../src/domain/consequences';
import type { ProblemCode } from '../../src/domain/outcome';
import { acceptedOutcomes, OUTCOMES } from '../../src/domain/resolution';
import { FINAL_STATUSES } from '../../src/domain/state';
import type { LegState, Problem, RefundState } from '../../src/domain/state';
import { describeRefund } from '../../src/domain/story';
import { duration, time } from '../../src/domain/story/markdown';
import { acceptedDecision, acceptedResolution, EXAMPLES } from '../../src/domain/examples';
import { refusalOfDecide } from '../../src/domain/decision';
import { refusalOfResolution } from '../../src/domain/resolution';

const AT = '2026-11-21T03:00:00.123Z';
const LOOK_FOR = 'a refund of payment `744`, our reference `rf-1:cash`';

function aState(overrides: Partial<RefundState> = {}): RefundState {
  return {
    refundId: 'rf-1',
    orderId: 'order-1',
    status: 'refunding',
    waitingOn: null,
    legs: {
      loyalty: {
        provider: 'dsquares',
        status: 'refunded',
        receipt: { providerReference: '46175', points: 500, at: AT, confirmedBy: 'answer' },
      },
      cash: { provider: 'sipay', status: 'pending' },
    },
    ...overrides,
  };
}

function aBriefing(cash: Partial<LegBriefing> = {}, overrides: Partial<Briefing> = {}): Briefing {
  return {
    requestedBy: 'order-service',
    reason: 'goods returned',
    cancelRequested: false,
    wasReset: false,
    legs: {
      loyalty: { amount: '500 points', lookFor: 'a refund of redemption `46173`', choices: [] },
      cash: { amount: '25.50 TRY', lookFor: LOOK_FOR, choices: [], ...cash },
    },
    ignored: [],
    ...overrides,
  };
}

function parkedWith(
  problem: Problem,
  lookUp: Settled['lookUp'] = 'decides',
): { state: RefundState; briefing: Briefing } {
  const parked: Settled = {
    ...{ problem, lookUp, reversal: 'none', hasReversal: false },
    ...{ pivotPassed: false, stopping: false, planning: false },
  };
  const choices = acceptedOutcomes(parked).map((outcome) => ({
    outcome,
    consequence: CONSEQUENCES[outcome](parked),
  }));
  const cash: LegState = { provider: 'sipay', status: 'parked', problem };
  const state = aState({ waitingOn: 'operator', legs: { ...aState().legs, cash } });
  return { state, briefing: aBriefing({ choices }) };
}

/** The blocks to be copied, in order. */
function blocks(text: string): string[] {
  return [...text.matchAll(/```\n([^`]*)\n```/g)].map(([, block]) => block ?? '');
}

test('a leg that nobody knows about: what is known, what to look at, what to choose, what to send', () => {
  const { state, briefing } = parkedWith({
    side: 'refund',
    code: 'ambiguous',
    message: 'No answer within 10 s.',
    evidence: { message: 'No refund with this reference.', at: AT },
  });
  const text = describeRefund(state, briefing)
    .replace(/\u00a0+ /g, ' ')
    .replaceAll('\u00a0', ' ');
  expect(text)
    .toBe(`**A person must settle cash, 25.50 TRY at sipay: nobody knows whether it was given back.**

| Wallet | Provider | Amount | State | Reference |
| :--- | :--- | :--- | :--- | :--- |
| loyalty | dsquares | 500 points | given back | 46175 |
| cash | sipay | 25.50 TRY | **parked**, not known if given back |  |

**cash** (\`ambiguous\`): nobody knows whether it was given back. No answer within 10 s.

Last look-up (2026-11-21 03:00:00 UTC): No refund with this reference.

**Look at sipay** for a refund of payment \`744\`, our reference \`rf-1:cash\`, 25.50 TRY. Then say what you saw:

- \`retry\`: the provider is asked once more, and it is sent again only if there is no trace of it
- \`refunded\`: you saw at the provider that it was given back (add its \`providerReference\`): it counts as done, and the refund goes on
- \`declined\`: you saw at the provider that it was not given back, and will not be; what was given back before is taken back, and the refund ends

**In the Temporal UI:** *More Actions*, *Send an Update*, \`resolveLeg\`, and paste this into *Data* with the blanks filled in:

\`\`\`
{
  "leg": "cash",
  "outcome": "retry",
  "by": "",
  "evidence": ""
}
\`\`\`

**Or in a terminal** (it asks for what you leave out, and before it sends):

\`\`\`
refund resolve rf-1 --leg cash --outcome retry \\
  --by NAME --evidence "WHAT YOU SAW"
\`\`\`

What is certain:

- loyalty given back, 2026-11-21 03:00:00 UTC, by the provider's answer`);
});

test('a question for approval: who asks, until when, and both answers', () => {
  const state = aState({ status: 'awaitingApproval', waitingOn: 'approval' });
  const text = describeRefund(state, aBriefing({}, { decideBefore: AT }));
  expect(text).toMatch(
    /^\*\*A person must approve or reject giving back 500 points \(loyalty\) and 25\.50 TRY \(cash\); nothing has moved\.\*\*/,
  );
  expect(text).toContain('Requested by **order-service**, who cannot decide on it. Reason: goods returned');
  expect(text).toContain('Without a decision it expires at 2026-11-21 03:00:00 UTC; nothing is sent then.');
  expect(text).toContain('- `reject`: nothing is sent, and the refund ends as rejected');
  expect(blocks(text)[1]).toBe(
    'refund approve rf-1 --by NAME --note "WHY"\nrefund reject  rf-1 --by NAME --note "WHY"',
  );
});

test('what is pasted without filling it in is refused', () => {
  const context = { requestedBy: 'order-service', approval: undefined, open: true };
  const asked = aState({ status: 'awaitingApproval', waitingOn: 'approval' });
  const decision: unknown = JSON.parse(blocks(describeRefund(asked, aBriefing()))[0] ?? '');
  expect(refusalOfDecide(decision, context)).toContain('"by": 1 to 64 printable characters');
  const { state, briefing } = parkedWith({ side: 'refund', code: 'ambiguous', message: '' });
  const resolution: unknown = JSON.parse(blocks(describeRefund(state, briefing))[0] ?? '');
  const refusal = refusalOfResolution(resolution, state, 'order-service', () => ['retry']);
  expect(refusal).toBe('by must be 1 to 64 printable characters');
});

test.each<[ProblemCode, string, string]>([
  ['ambiguous', 'nobody knows whether it was given back', 'nobody knows whether it was taken back again'],
  ['declined', 'the provider refused to give it back', 'the provider refused to take it back again'],
  ['alreadyDone', 'says that it was given back before', 'says that it was taken back again before'],
  ['amountMismatch', 'the provider knows another amount', 'the provider knows another amount'],
  [
    'windowClosed',
    'too late for the provider to give it back',
    'too late for the provider to take it back again',
  ],
  ['merchantBalance', 'balance at the provider is too low to give it back', 'too low to take it back again'],
  [
    'providerDown',
    'every try to give it back failed',
    'to take it back again failed for too long; nothing was sent',
  ],
  ['noReversal', 'no automatic way to give it back', 'no automatic way to take it back again'],
])('parked as %s says why, in the headline and with the code', (code, refund, reversal) => {
  for (const [side, words] of [
    ['refund', refund],
    ['reversal', reversal],
  ] as const) {
    const { state, briefing } = parkedWith({ side, code, message: 'Said so.' });
    const text = describeRefund(state, briefing);
    expect(text.split('\n')[0]).toContain(words);
    expect(text).toContain(`**cash** (\`${code}\`): `);
    expect(text).toContain('. Said so.');
  }
});

test('a reversal that cannot be looked up is not offered as a retry to whoever pastes', () => {
  const problem: Problem = { side: 'reversal', code: 'ambiguous', message: '' };
  const { state, briefing } = parkedWith(problem);
  const text = describeRefund(state, briefing);
  expect(text).toContain('only if you saw that it was NOT taken back');
  expect(blocks(text)[0]).toContain('"outcome": "reversed"');
});

test.each([
  [{ status: 'planning', waitingOn: null, legs: {} }, 'Checking with the providers; nothing has moved.'],
  [
    { status: 'planning', waitingOn: 'wyre', legs: {} },
    'Waiting for wyre to answer a question before anything moves',
  ],
  [{ status: 'awaitingApproval', waitingOn: null }, 'Decided; nothing has moved yet.'],
  [{ status: 'refunding', waitingOn: null }, 'Giving back wallet by wallet; nobody needs to act.'],
  [
    { status: 'refunding', waitingOn: 'sipay', legs: { cash: { provider: 'sipay', status: 'lookingUp' } } },
    'Waiting for sipay, 25.50 TRY of cash: not known yet whether it went through; it goes on by itself.',
  ],
  [
    { status: 'refunding', waitingOn: 'sipay', legs: { cash: { provider: 'sipay', status: 'refunding' } } },
    'Waiting for sipay, 25.50 TRY of cash: it did not get through yet; it goes on by itself.',
  ],
  [{ status: 'compensating', waitingOn: null }, 'Turning back: what was given back is taken back again'],
  [
    { status: 'refunded', waitingOn: null },
    'Refunded: 500 points (loyalty) and 25.50 TRY (cash) given back.',
  ],
  [{ status: 'declined', waitingOn: null }, 'Declined: a provider said no, and nothing has moved.'],
  [
    {
      status: 'compensated',
      waitingOn: null,
      legs: { loyalty: { provider: 'dsquares', status: 'reversed' } },
    },
    'Compensated: a provider said no; what had moved was taken back, and nothing is left moved.',
  ],
  [
    { status: 'compensated', waitingOn: null, legs: { loyalty: { provider: 'dsquares', status: 'waived' } } },
    'what had moved was taken back, but 500 points of loyalty was left with the customer.',
  ],
  [{ status: 'cancelled', waitingOn: null, legs: {} }, 'Cancelled on request; nothing has moved.'],
  [{ status: 'rejected', waitingOn: null }, 'Rejected by a person; nothing was sent.'],
  [{ status: 'expired', waitingOn: null }, 'Expired: nobody decided in time; nothing was sent.'],
  [{ status: 'invalid', waitingOn: null, legs: {} }, 'Invalid: the request was wrong; nothing was sent.'],
] as [Partial<RefundState>, string][])('%j begins with one sentence', (overrides, sentence) => {
  const [headline = ''] = describeRefund(aState(overrides), aBriefing()).split('\n');
  expect(headline).toMatch(/^\*\*[^\n]+\.\*\*$/);
  expect(headline).toContain(sentence);
});

test.each(FINAL_STATUSES)('the end %s asks nobody for anything', (status) => {
  const text = describeRefund(aState({ status }), aBriefing());
  expect(blocks(text)).toEqual([]);
});

test('who settled a leg by hand, who decided, and what a provider answered last are told with their times', () => {
  const state = aState({
    approval: { required: true, decision: 'approved', by: 'ana', at: AT, note: 'seen' },
    legs: {
      loyalty: {
        provider: 'dsquares',
        status: 'waived',
        receipt: { providerReference: '1', at: AT, confirmedBy: 'lookUp' },
        reversal: { at: AT, confirmedBy: 'operator', by: 'bob', note: 'not worth it' },
      },
      cash: { provider: 'sipay', status: 'refunding' },
    },
    waitingOn: 'sipay',
  });
  const trouble = { message: 'HTTP 503', at: AT, patienceMs: 86_400_000 };
  const text = describeRefund(state, aBriefing({ trouble }));
  expect(text).toContain('- approved by ana, 2026-11-21 03:00:00 UTC, “seen”');
  expect(text).toContain(
    "- loyalty given back, 2026-11-21 03:00:00 UTC, by a look-up of the provider's records",
  );
  expect(text).toContain(
    '- loyalty left with the customer, 2026-11-21 03:00:00 UTC, by the word of bob, “not worth it”',
  );
  expect(text).toContain('Last answer (2026-11-21 03:00:00 UTC): HTTP 503');
  expect(text).toContain('Nobody needs to act now: if it is not clear within 24 hours, a person is asked.');
});

test('a cancel, a reset and messages that changed nothing are told', () => {
  const briefing = aBriefing({}, { cancelRequested: true, wasReset: true, ignored: ['approve: late'] });
  const text = describeRefund(aState(), briefing);
  expect(text).toContain('A cancel was requested');
  expect(text).toContain('This run was reset.');
  expect(text).toContain('not sent by this run');
  expect(text).toContain('Messages that changed nothing:\n\n- approve: late');
});

test('text from elsewhere can neither break the table nor draw a link', () => {
  const hostile = 'x | y `z` <b>\n[click](http://evil) *bold* \\';
  const { state, briefing } = parkedWith({ side: 'refund', code: 'ambiguous', message: hostile });
  const text = describeRefund(state, briefing);
  expect(text).toContain('x   y  z   b  \\[click\\](http://evil) \\*bold\\* \\\\');
});

test.each([
  [45_000, '45 seconds'],
  [1_000, '1 second'],
  [120_000, '2 minutes'],
  [86_400_000, '24 hours'],
  [259_200_000, '3 days'],
])('%d ms is %s', (milliseconds, text) => expect(duration(milliseconds)).toBe(text));

test.each([
  [AT, '2026-11-21 03:00:00 UTC'],
  ['', ''],
  ['yesterday', 'yesterday'],
])('the time %j is shown as %j', (at, text) => expect(time(at)).toBe(text));

test('every outcome has its consequence, in every situation in which it is accepted', () => {
  const seen = new Set<string>();
  for (const code of ['ambiguous', 'declined', 'merchantBalance', 'providerDown', 'noReversal'] as const)
    for (const side of ['refund', 'reversal'] as const)
      for (const reversal of ['none', 'blind', 'lookUp'] as const)
        for (const bits of [0, 1, 2, 3, 4, 5, 6, 7]) {
          const parked: Settled = {
            ...{ problem: { side, code, message: '' }, reversal, hasReversal: reversal !== 'none' },
            ...{ lookUp: bits & 1 ? 'decides' : 'evidence', stopping: false },
            ...{ pivotPassed: Boolean(bits & 2), planning: Boolean(bits & 4) },
          };
          for (const outcome of acceptedOutcomes(parked)) {
            seen.add(outcome);
            expect(CONSEQUENCES[outcome](parked)).toMatch(/^[a-z].{10,}[^.]$/);
          }
        }
  expect([...seen].sort()).toEqual([...OUTCOMES].sort());
});

describe('a refusal ends with what is accepted now', () => {
  test.each([
    [{ leg: 'cash', outcome: 'refunded' }, '"outcome":"refunded"'],
    [{ leg: 'cash', outcome: 'waived' }, '"outcome":"retry"'],
    [{ leg: 'sale', outcome: '' }, '"leg":"cash"'],
  ])('as near as can be to %j', (meant, part) => {
    const accepted = acceptedResolution((leg) => (leg === 'cash' ? ['retry', 'refunded'] : []), meant);
    expect(accepted).toContain(part);
    const example: unknown = JSON.parse(accepted.slice(accepted.indexOf('{')));
    const { state } = parkedWith({ side: 'refund', code: 'ambiguous', message: '' });
    expect(refusalOfResolution(example, state, 'order-service', () => ['retry', 'refunded'])).toBeUndefined();
  });

  test('nothing is accepted when no leg is parked, and no decision once it was made', () => {
    expect(acceptedResolution(() => [], { leg: 'cash', outcome: 'retry' })).toContain('nothing');
    expect(acceptedDecision({ approval: undefined, open: false })).toContain('no decision any more');
    expect(acceptedDecision({ approval: undefined, open: true })).toContain(EXAMPLES.decide);
  });
});
