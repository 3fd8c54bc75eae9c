import type { Briefing, LegBriefing } from '../../src/domain/briefing';
import { refusalOfDecide } from '../../src/domain/decision';
import type { DecisionContext } from '../../src/domain/decision';
import { acceptedDecision, acceptedResolution, examplesFor } from '../../src/domain/examples';
import type { ProblemCode } from '../../src/domain/provider-answers';
import { DECISION_CONSEQUENCES } from '../../src/domain/decision';
import { OUTCOME_NAMES, OUTCOMES } from '../../src/domain/resolution';
import { refusalOfResolution } from '../../src/domain/resolution-refusals';
import type { ResolutionContext } from '../../src/domain/resolution-refusals';
import type { ParkedLeg, ResolutionOutcome } from '../../src/domain/resolution';
import { FINAL_STATUSES } from '../../src/domain/state';
import type { LegState, Problem, RefundState, Side } from '../../src/domain/state';
import { describeRefund, summaryOf } from '../../src/domain/details';
import { lookForAt } from '../../src/domain/details/look-for';
import { asCode, asText, bullets, duration, markdownTable, time } from '../../src/domain/details/markdown';
import type { RefundRequest } from '../../src/domain/request';

const REQUEST: RefundRequest = {
  ...{ refundId: 'rf-1', orderId: 'order-1', currency: 'TRY', requestedBy: 'order-service' },
  reason: 'goods returned',
  cash: { provider: 'sipay', transactionId: '744', amountMinor: 2_550 },
};
const AT = '2026-11-21T03:00:00.123Z';
const SHOWN = '2026-11-21 03:00:00 UTC';
const LOOK_FOR = 'a refund of payment `744`, our reference `rf-1:cash`';

type Overrides = Omit<Partial<Briefing>, 'legs'>;

const REFUNDED: LegState = {
  provider: 'dsquares',
  status: 'refunded',
  receipt: { providerReference: '46175', points: 500, at: AT, confirmedBy: 'answer' },
};

/** A refund of points, which are refunded, and of cash. */
function aState(overrides: Partial<RefundState> = {}, cash: Partial<LegState> = {}): RefundState {
  return {
    ...{ refundId: 'rf-1', orderId: 'order-1', status: 'refunding', waitingOn: null, people: [] },
    legs: { loyalty: REFUNDED, cash: { provider: 'sipay', status: 'pending', ...cash } },
    ...overrides,
  };
}

function aBriefing(cash: Partial<LegBriefing> = {}, overrides: Overrides = {}): Briefing {
  return {
    ...{ requestedBy: 'order-service', reason: 'goods returned', cancelRequested: false, wasReset: false },
    legs: {
      loyalty: {
        amount: '500 points',
        lookFor: 'a refund of redemption `46173`',
        choices: [],
        sends: 1,
        mayHaveMovedMore: false,
      },
      cash: {
        amount: '25.50 TRY',
        lookFor: LOOK_FOR,
        choices: [],
        sends: 0,
        mayHaveMovedMore: false,
        ...cash,
      },
    },
    ignored: [],
    ...overrides,
  };
}

function aProblem(code: ProblemCode, side: Side = 'refund'): Problem {
  return { side, code, message: 'Said so.' };
}

function parkedFacts(overrides: Partial<ParkedLeg> = {}): ParkedLeg {
  return {
    ...{ problem: aProblem('ambiguous'), pivotPassed: false, planning: false, reconciling: false },
    ...{ stopping: false, onlyByWord: false, hasCandidate: false, hasMovedOtherwise: false },
    lookUp: 'ownReference',
    ...overrides,
  };
}

/** Details of a parked cash leg that is offered these outcomes. */
function parked(
  problem: Problem,
  outcomes: readonly ResolutionOutcome[] = [],
  { state = {}, cash = {}, ...overrides }: { state?: object; cash?: Partial<LegBriefing> } & Overrides = {},
): string {
  const facts = parkedFacts({ problem });
  const choices = outcomes.map((outcome) => ({ outcome, consequence: OUTCOMES[outcome].consequence(facts) }));
  return details(
    aState({ waitingOn: 'operator', ...state }, { status: 'parked', problem }),
    aBriefing({ choices, ...cash }, overrides),
  );
}

/** Details without the spaces that only set columns apart. */
function details(state: RefundState, briefing: Briefing): string {
  return describeRefund(state, briefing)
    .replace(/\u00a0+ /g, ' ')
    .replaceAll('\u00a0', ' ');
}

function headlineOf(state: RefundState, briefing: Briefing): string {
  return details(state, briefing).split('\n')[0] ?? '';
}

function cellOf(leg: string, text: string): string {
  return new RegExp(`^\\| ${leg} \\|[^|]*\\|[^|]*\\| (.*?) \\|`, 'm').exec(text)?.[1] ?? '';
}

/** The blocks to be copied, in order. */
function blocks(text: string): string[] {
  return [...text.matchAll(/```\n([^`]*)\n```/g)].map(([, block]) => block ?? '');
}

describe('a person is asked', () => {
  test('about a leg that nobody knows about: what is known, where to look, what to choose, what to send', () => {
    const problem = {
      ...aProblem('ambiguous'),
      evidence: { message: 'No refund with this reference.', at: AT },
    };
    const sentAt = { first: AT, last: '2026-11-21T03:02:00.000Z' };
    expect(parked(problem, ['retry', 'refunded', 'declined'], { cash: { sends: 2, sentAt } }))
      .toBe(`**A person must resolve cash, 25.50 TRY at sipay: nobody knows whether it was refunded.**

| Leg | Provider | Amount | State | Reference |
| :--- | :--- | :--- | :--- | :--- |
| loyalty | dsquares | 500 points | refunded | 46175 |
| cash | sipay | 25.50 TRY | **parked**, not known if refunded |  |

**cash** (\`ambiguous\`): Nobody knows whether it was refunded. Said so.

Last look-up (${SHOWN}): No refund with this reference.

**What to do:** Check at sipay whether this refund was made, and say what you saw, or have sipay asked once more by \`retry\`.

**To find it at sipay:**

- a refund of payment \`744\`, our reference \`rf-1:cash\`
- 25.50 TRY
- sent 2 times, first at ${SHOWN} and last at 2026-11-21 03:02:00 UTC

**What you can say:**

- \`retry\`: look it up once more; it is sent again only if no refund is found
- \`refunded\`: you saw the refund at the provider (add its \`providerReference\`): it counts as refunded
- \`declined\`: you saw at the provider that it was not refunded, and will not be; what was refunded before is reversed, and the refund ends

**In the Temporal UI:** *More Actions*, *Send an Update*, \`resolveLeg\`, and paste this into *Data* with the blanks filled in:

\`\`\`
{
  "refundId": "rf-1",
  "leg": "cash",
  "outcome": "retry",
  "seen": "0-1rqm5ap",
  "by": "",
  "evidence": ""
}
\`\`\`

**Or in a terminal** (it asks for what you leave out, and asks you to confirm before it sends):

\`\`\`
refund resolve rf-1 --leg cash --outcome retry \\
  --by NAME --evidence "WHAT YOU SAW" --seen 0-1rqm5ap
\`\`\`

For \`refunded\` or \`reversed\`, also add \`"providerReference": ""\`, filled in (\`--reference\` in a terminal).

On record:

- loyalty refunded, ${SHOWN}, by the provider's answer`);
  });

  test('for a decision: who asks, until when, what either does, and how to send it', () => {
    const state = aState({ status: 'awaitingApproval', waitingOn: 'approval', legs: {} });
    const text = details(state, aBriefing({}, { decideBefore: AT }));
    expect(text.slice(text.indexOf('Requested'))).toBe(
      `Requested by **order-service**, who cannot decide on it. Reason: goods returned

Without a decision it expires at ${SHOWN}; nothing is sent then.

- \`approve\`: the legs are refunded now, one after another
- \`reject\`: nothing is sent, and the refund ends as rejected

**In the Temporal UI:** *More Actions*, *Send an Update*, \`decide\`, and paste this into *Data* with the blanks filled in:

\`\`\`
{
  "refundId": "rf-1",
  "decision": "",
  "by": "",
  "note": ""
}
\`\`\`

**Or in a terminal** (it asks for what you leave out, and asks you to confirm before it sends):

\`\`\`
refund approve rf-1 --by NAME --note "WHY"
refund reject  rf-1 --by NAME --note "WHY"
\`\`\``,
    );
    expect(details(state, aBriefing({}, { wasReset: true }))).toContain(
      '- `reject`: nothing is sent; the refund ends as rejected, unless it turns out that an earlier run refunded something',
    );
  });

  test('for a signed decision by commands alone, and for none once it was made', () => {
    const approval = { required: true, signed: true, decision: null } as const;
    const asked = { status: 'awaitingApproval', waitingOn: 'approval', approval } as const;
    const text = details(aState(asked), aBriefing());
    expect(text).toContain('**Only a signed decision counts.** In a terminal:');
    expect(blocks(text)).toEqual([
      'refund approve rf-1 --by NAME --key FILE --note "WHY"\nrefund reject  rf-1 --by NAME --key FILE --note "WHY"',
    ]);
    const decided = aState({ ...asked, approval: { ...approval, decision: 'approved', by: 'ana' } });
    expect(blocks(details(decided, aBriefing()))).toEqual([]);
  });

  test('and what is pasted without filling it in is refused', () => {
    const context = aQuestion();
    const asked = aState({ status: 'awaitingApproval', waitingOn: 'approval' });
    const decision = JSON.parse(blocks(details(asked, aBriefing()))[0] ?? '') as object;
    expect(refusalOfDecide(decision, context)).toContain('decision must be');
    expect(refusalOfDecide({ ...decision, decision: 'approve' }, context)).toContain('by');
    for (const outcomes of [['retry'], ['reversed', 'waived']] as ResolutionOutcome[][]) {
      const problem = aProblem('declined', outcomes.length === 1 ? 'refund' : 'reversal');
      const message = JSON.parse(blocks(parked(problem, outcomes))[0] ?? '') as { outcome: string };
      expect(message.outcome).toBe(outcomes.length === 1 ? 'retry' : '');
      const state = aState({}, { status: 'parked', problem });
      expect(refusalOfResolution(message, resolutionContext(state, outcomes))).toBeDefined();
    }
  });

  test.each<[Problem, ResolutionOutcome[], string]>([
    [aProblem('declined'), ['retry', 'refunded', 'turnBack'], '"outcome": "retry"'],
    [aProblem('ambiguous'), ['retry', 'resend', 'refunded', 'declined'], '"outcome": "retry"'],
    [aProblem('ambiguous'), ['resend', 'refunded', 'declined'], '"outcome": ""'],
    [aProblem('ambiguous', 'reversal'), ['retry', 'reversed', 'waived'], '"outcome": ""'],
    [aProblem('noReversal', 'reversal'), ['reversed', 'waived'], '"outcome": ""'],
  ])('nothing is claimed by who pastes %j offered %j without reading', (problem, outcomes, preset) => {
    const [message, command] = blocks(parked(problem, outcomes));
    expect(message).toContain(preset);
    expect(command?.includes('--outcome')).toBe(preset.includes('retry'));
  });

  test.each(['$(touch x)', 'a b', '', '-rf', 'x'.repeat(65), 'rf\n-1'])(
    'the id %j stands in nothing to paste',
    (refundId) => {
      const asked = aState({ refundId, status: 'awaitingApproval', waitingOn: 'approval' });
      expect(blocks(details(asked, aBriefing()))).toEqual([]);
      expect(blocks(parked(aProblem('ambiguous'), ['retry'], { state: { refundId } }))).toEqual([]);
    },
  );
});

test.each(FINAL_STATUSES)('the end %s asks nobody for anything', (status) => {
  expect(blocks(details(aState({ status }), aBriefing()))).toEqual([]);
});

describe('the first line says where the refund stands', () => {
  const RESET = { wasReset: true };
  const asked = { status: 'awaitingApproval', waitingOn: 'approval' } as const;
  test.each<[Partial<RefundState>, Partial<LegState>, string, Overrides?]>([
    [{ status: 'planning', legs: {} }, {}, 'Checking with the providers; nothing was sent by this run.'],
    [{ status: 'planning' }, {}, 'Checking with the providers; nothing was sent.'],
    [
      { status: 'planning', waitingOn: 'wyre', legs: {} },
      {},
      'Waiting for wyre; nothing was sent by this run. No action needed yet.',
    ],
    [
      { status: 'planning', waitingOn: 'sipay' },
      {},
      'Waiting for sipay; nothing was sent. No action needed yet.',
    ],
    [
      { status: 'planning', waitingOn: 'operator' },
      { status: 'parked', problem: aProblem('providerDown') },
      'A person must resolve cash, 25.50 TRY at sipay: sipay gave no usable answer to our question.',
    ],
    [
      { ...asked, legs: { cash: { provider: 'sipay', status: 'pending' } } },
      {},
      'A person must approve or reject the refund of 25.50 TRY (cash); nothing was sent.',
    ],
    [
      { ...asked, legs: { cash: { provider: 'sipay', status: 'pending' } } },
      {},
      'A person must approve or reject the refund of 25.50 TRY (cash); nothing was sent by this run.',
      RESET,
    ],
    [
      { ...asked, approval: { required: true, decision: 'rejected', by: 'ana' } },
      {},
      'A decision is no longer awaited; the next step follows.',
    ],
    [{}, {}, 'Refunding leg by leg; no action needed.'],
    [
      { waitingOn: 'sipay' },
      { status: 'lookingUp' },
      'Asking sipay whether 25.50 TRY (cash) was refunded; no action needed yet.',
    ],
    [
      { waitingOn: 'sipay' },
      { status: 'refunding' },
      'Waiting for sipay to accept the refund of 25.50 TRY (cash); no action needed yet.',
    ],
    [
      { status: 'compensating' },
      {},
      'Rolling back: what was refunded is being reversed, newest first; no action needed.',
    ],
    [
      {
        status: 'compensating',
        waitingOn: 'dsquares',
        legs: { loyalty: { ...REFUNDED, status: 'reversing' } },
      },
      {},
      'Waiting for dsquares to accept the reversal of 500 points (loyalty); no action needed yet.',
    ],
    [
      {
        status: 'compensating',
        waitingOn: 'dsquares',
        legs: { loyalty: { ...REFUNDED, status: 'lookingUp' } },
      },
      {},
      'Asking dsquares whether 500 points (loyalty) was reversed; no action needed yet.',
    ],
    [
      { status: 'refunded' },
      { status: 'refunded', receipt: { providerReference: '1', at: AT, confirmedBy: 'operator', by: 'ana' } },
      'Refunded: 500 points (loyalty) and 25.50 TRY (cash, confirmed by ana).',
    ],
    [{ status: 'invalid', legs: {} }, {}, 'Invalid: the request was wrong; nothing was sent by this run.'],
    [{ status: 'rejected' }, {}, 'Rejected by a person; nothing was sent.'],
    [
      { status: 'rejected' },
      {},
      'Rejected by a person; nothing was sent by this run, and what earlier runs may have sent was checked.',
      RESET,
    ],
    [{ status: 'expired' }, {}, 'Expired: nobody decided in time; nothing was sent.'],
    [
      { status: 'expired' },
      {},
      'Expired: nobody decided in time; nothing was sent by this run, and what earlier runs may have sent was checked.',
      RESET,
    ],
  ])('%j, cash %j: %s', (state, cash, sentence, overrides = {}) => {
    const headline = headlineOf(aState(state, cash), aBriefing({}, overrides));
    expect(headline).toBe(`**${sentence}**`);
  });

  const one = (cash: Partial<LegState>): RefundState['legs'] => ({
    cash: { provider: 'sipay', status: 'declined', problem: aProblem('declined'), ...cash },
  });
  const rolledBack = (loyalty: Partial<LegState>): RefundState['legs'] => ({
    loyalty: { ...REFUNDED, ...loyalty },
    cash: { provider: 'sipay', status: 'declined', problem: aProblem('declined') },
  });
  const byAnswer = { status: 'reversed', reversal: { at: AT, confirmedBy: 'answer' } } as const;
  const byBob = { at: AT, confirmedBy: 'operator', by: 'bob' } as const;
  test.each<[Partial<RefundState>, Partial<LegBriefing>, string, Overrides?]>([
    [{ status: 'declined', legs: one({}) }, { sends: 1 }, 'Declined: a provider said no; we moved nothing.'],
    [
      { status: 'declined', legs: one({}) },
      { sends: 2 },
      'Declined: a provider said no; no refund is confirmed.',
    ],
    [
      { status: 'declined', legs: one({}) },
      {},
      'Declined: a provider said no; what earlier runs may have sent was checked.',
      RESET,
    ],
    [
      { status: 'declined', legs: one({}) },
      { declinedBy: 'ana' },
      'Declined: cash was not refunded (confirmed by ana).',
    ],
    [
      { status: 'compensated', legs: rolledBack(byAnswer) },
      { sends: 1 },
      'Compensated: not every leg could be refunded; everything we had refunded was reversed.',
    ],
    [
      { status: 'compensated', legs: rolledBack(byAnswer) },
      { sends: 2 },
      'Compensated: not every leg could be refunded; loyalty was reversed.',
    ],
    [
      { status: 'compensated', legs: rolledBack(byAnswer) },
      {},
      'Compensated: not every leg could be refunded; loyalty was reversed and what earlier runs may have sent was checked.',
      RESET,
    ],
    [
      { status: 'compensated', legs: rolledBack({ status: 'reversed', reversal: byBob }) },
      { declinedBy: 'ana' },
      'Compensated: not every leg could be refunded; loyalty was reversed (confirmed by bob) and cash was not refunded (confirmed by ana).',
    ],
    [
      { status: 'compensated', legs: { cash: { ...REFUNDED, ...byAnswer } } },
      { mayHaveMovedMore: true },
      'Compensated: not every leg could be refunded; cash was reversed.',
    ],
    [
      { status: 'compensated', legs: rolledBack({ status: 'waived', reversal: byBob }) },
      { sends: 1 },
      'Compensated: not every leg could be refunded; 500 points (loyalty) was waived (the customer keeps it).',
    ],
    [
      { status: 'cancelled', legs: one({ status: 'pending' }) },
      {},
      'Cancelled on request; we moved nothing.',
    ],
    [
      { status: 'cancelled', legs: one({ status: 'pending' }) },
      { sends: 1 },
      'Cancelled on request; no refund is confirmed.',
    ],
  ])('%j, cash %j: %s', (state, cash, sentence, overrides = {}) => {
    expect(headlineOf(aState(state), aBriefing(cash, overrides))).toBe(`**${sentence}**`);
  });
});

describe('the State column', () => {
  const word = { providerReference: '1', at: AT, confirmedBy: 'operator', by: 'ana@x.io' } as const;
  test.each<[Partial<LegState>, Partial<LegBriefing>, string, Overrides?]>([
    [{ status: 'pending' }, {}, 'not sent'],
    [{ status: 'pending' }, {}, 'not sent by this run', { wasReset: true }],
    [{ status: 'pending' }, {}, 'not refunded by us', { cancelRequested: true }],
    [{ status: 'pending' }, { sends: 1 }, 'no refund confirmed', { cancelRequested: true }],
    [{ status: 'pending' }, {}, 'no refund confirmed', { cancelRequested: true, wasReset: true }],
    [{ status: 'refunding' }, { sends: 1 }, 'being refunded'],
    [{ status: 'lookingUp' }, { sends: 1 }, 'not known if refunded, asking'],
    [{ status: 'lookingUp', receipt: word }, { sends: 1 }, 'not known if reversed, asking'],
    [{ status: 'refunded' }, { sends: 1 }, 'refunded'],
    [{ status: 'refunded', receipt: word }, {}, 'refunded (confirmed by `ana@x.io`)'],
    [{ status: 'declined', problem: aProblem('declined') }, { sends: 1 }, 'not refunded by us'],
    [{ status: 'declined', problem: aProblem('declined') }, { sends: 2 }, 'no refund confirmed'],
    [
      {
        status: 'declined',
        problem: { ...aProblem('declined'), evidence: { message: 'Not there.', at: AT } },
      },
      { sends: 1 },
      'look-ups showed no refund',
    ],
    [{ status: 'declined', problem: aProblem('declined') }, {}, 'no refund confirmed', { wasReset: true }],
    [
      { status: 'declined', problem: aProblem('ambiguous') },
      { declinedBy: 'ana' },
      'not refunded (confirmed by ana)',
    ],
    [{ status: 'reversing', receipt: word }, {}, 'being reversed'],
    [{ status: 'reversed', reversal: { at: AT, confirmedBy: 'lookUp' } }, {}, 'reversed'],
    [{ status: 'reversed', reversal: word }, {}, 'reversed (confirmed by `ana@x.io`)'],
    [{ status: 'waived', reversal: word }, {}, 'waived (the customer keeps it)'],
  ])('%j, %j: %s', (cash, facts, cell, overrides = {}) => {
    expect(cellOf('cash', details(aState({}, cash), aBriefing(facts, overrides)))).toBe(cell);
  });

  test.each<[Problem, Partial<LegBriefing>, string, (Overrides & { state?: object })?]>([
    [aProblem('providerDown'), {}, 'not sent', { state: { status: 'planning' } }],
    [aProblem('providerDown'), {}, 'not sent by this run', { state: { status: 'planning' }, wasReset: true }],
    [aProblem('providerDown'), {}, 'not refunded by us'],
    [aProblem('providerDown'), { sends: 1 }, 'no refund confirmed'],
    [aProblem('merchantBalance'), { sends: 1 }, 'not refunded by us'],
    [aProblem('declined'), { sends: 1 }, 'not refunded by us'],
    [aProblem('declined'), { sends: 2 }, 'no refund confirmed'],
    [aProblem('declined'), {}, 'no refund confirmed', { wasReset: true }],
    [aProblem('ambiguous'), { sends: 1 }, 'not known if refunded'],
    [aProblem('alreadyDone'), { sends: 1 }, 'not known if refunded'],
    [aProblem('ambiguous', 'reversal'), { sends: 1 }, 'not known if reversed'],
    [aProblem('noReversal', 'reversal'), {}, 'not reversed by us'],
    [aProblem('declined', 'reversal'), { sends: 2 }, 'no reversal confirmed'],
    [aProblem('declined', 'reversal'), {}, 'no reversal confirmed', { wasReset: true }],
  ])('parked with %j, %j: %s', (problem, cash, cell, overrides = {}) => {
    expect(cellOf('cash', parked(problem, [], { cash, ...overrides }))).toBe(`**parked**, ${cell}`);
  });
});

test.each<[ProblemCode, string, string]>([
  ['ambiguous', 'nobody knows whether it was refunded', 'nobody knows whether it was reversed'],
  ['declined', 'the refund was declined', 'the reversal was declined'],
  [
    'alreadyDone',
    'sipay may have refunded this already, and we cannot match that refund to our request',
    'sipay may have reversed this already, and we cannot match that reversal to our request',
  ],
  ['amountMismatch', 'sipay has a different amount on record', 'sipay has a different amount on record'],
  [
    'windowClosed',
    'sipay says that it is too late to refund it',
    'sipay says that it is too late to reverse it',
  ],
  [
    'merchantBalance',
    'our own balance at sipay is too low to refund it',
    'our own balance at sipay is too low to reverse it',
  ],
  ['providerDown', 'all attempts failed for too long', 'all attempts failed for too long'],
  ['noReversal', 'sipay has no API to reverse a refund', 'sipay has no API to reverse a refund'],
])('parked as %s says why, in the first line and with the code', (code, refund, reversal) => {
  for (const [side, words] of [
    ['refund', refund],
    ['reversal', reversal],
  ] as const) {
    const text = parked(aProblem(code, side), [], { cash: { sends: 1 } });
    expect(text.split('\n')[0]).toBe(`**A person must resolve cash, 25.50 TRY at sipay: ${words}.**`);
    const sentence = words.charAt(0).toUpperCase() + words.slice(1);
    expect(text).toContain(`\n\n**cash** (\`${code}\`): ${sentence}. Said so.\n\n`);
  }
});

test.each<[Partial<LegBriefing>, Overrides, string]>([
  [{}, {}, 'All attempts failed for too long; we moved nothing. Said so.'],
  [{ sends: 1 }, {}, 'All attempts failed for too long. Said so.'],
  [{}, { wasReset: true }, 'All attempts failed for too long. Said so.'],
  [
    { trouble: { message: 'HTTP 503', patienceMs: 86_400_000 } },
    {},
    'All attempts in the last 24 hours failed; we moved nothing. Said so.',
  ],
])('a leg that was given up, %j, %j: %s', (cash, overrides, sentence) => {
  const text = parked(aProblem('providerDown'), ['retry'], { cash, ...overrides });
  expect(text).toContain(`**cash** (\`providerDown\`): ${sentence}`);
  expect(text).not.toContain('HTTP 503');
});

test('a preflight question that a person must resolve has nothing to look for', () => {
  const text = parked(aProblem('providerDown'), ['retry', 'declined'], { state: { status: 'planning' } });
  expect(text).toContain('**cash** (`providerDown`): Sipay gave no usable answer to our question. Said so.');
  expect(text).toContain(
    '**What to do:** This was only a question to sipay, and nothing was sent: mend what the last attempt met (our account at sipay, or the way to it), or wait until sipay is up again, then send `retry`.\n\n**What you can say:**\n\n',
  );
  expect(text).not.toContain('To find it');
});

describe('while a leg waits for its provider', () => {
  const trouble = { message: 'HTTP 503', at: AT, patienceMs: 86_400_000 };
  const NO_ACTION =
    'No action needed yet. If this is not resolved within 24 hours, it appears in `refund attention`.';
  const attempt = `Last attempt (${SHOWN}): HTTP 503\n\n${NO_ACTION}`;
  test.each<[Partial<RefundState>, Partial<LegState>, Partial<LegBriefing>, string, Overrides?]>([
    [
      {},
      { status: 'refunding' },
      { sends: 0 },
      `**cash:** sipay did not accept our last refund attempt. By then we had moved nothing; we retry automatically.\n\n${attempt}`,
    ],
    [
      {},
      { status: 'refunding' },
      { sends: 1 },
      `**cash:** sipay did not accept our last refund attempt. We retry automatically.\n\n${attempt}`,
    ],
    [
      {},
      { status: 'refunding' },
      { sends: 0 },
      `**cash:** sipay did not accept our last refund attempt. We retry automatically.\n\n${attempt}`,
      { wasReset: true },
    ],
    [
      { status: 'compensating' },
      { status: 'reversing', receipt: REFUNDED.receipt },
      {},
      `**cash:** sipay did not accept our last reversal attempt. We retry automatically.\n\n${attempt}`,
    ],
    [
      { status: 'planning' },
      { status: 'pending' },
      {},
      `**cash:** sipay gave no usable answer to our question yet; we ask again automatically.\n\n${attempt}`,
    ],
    [
      {},
      { status: 'lookingUp' },
      { sends: 2 },
      `**cash:** We are asking sipay whether it was refunded.\n\nIt was sent 2 times.\n\nReason (${SHOWN}): HTTP 503\n\n${NO_ACTION}`,
    ],
    [
      { status: 'awaitingApproval' },
      { status: 'lookingUp' },
      { sends: 2, trouble: { message: 'Lost.' } },
      '**cash:** We are asking sipay whether it was refunded.\n\nIt was sent 2 times by this run.\n\nReason: Lost.\n\nNo action needed yet. If this is not resolved, it appears in `refund attention`.',
      { wasReset: true },
    ],
    [
      { status: 'compensating' },
      { status: 'lookingUp', receipt: REFUNDED.receipt },
      { sends: 1 },
      `**cash:** We are asking sipay whether it was reversed.\n\nReason (${SHOWN}): HTTP 503\n\n${NO_ACTION}`,
    ],
  ])('%j, cash %j, %j', (state, cash, facts, paragraph, overrides = {}) => {
    const waiting = aState({ waitingOn: 'sipay', ...state }, cash);
    expect(details(waiting, aBriefing({ trouble, ...facts }, overrides))).toContain(`\n\n${paragraph}`);
    const goneOn = details({ ...waiting, waitingOn: null }, aBriefing({ trouble, ...facts }, overrides));
    expect(goneOn).not.toMatch(/503|Lost|attempt|No action needed yet|Reason/);
  });

  test.each<[string, Partial<LegState>, Partial<LegBriefing>, string]>([
    ['refunded', { status: 'refunded', receipt: REFUNDED.receipt }, {}, ''],
    ['waived', { status: 'waived', reversal: { at: AT, by: 'ana', confirmedBy: 'operator' } }, {}, ''],
    ['reversed', { status: 'reversed', reversal: { at: AT, confirmedBy: 'operator', by: 'ana' } }, {}, ''],
    [
      'declined',
      { status: 'declined' },
      { declinedBy: 'ana' },
      '\n\n**cash:** not refunded (confirmed by ana).\n\n',
    ],
    ['turnBack', { status: 'declined' }, {}, ''],
    ['retry', { status: 'refunding' }, {}, ''],
  ])('nothing of it remains once a person said %s', (_, cash, facts, paragraph) => {
    const problem = { ...aProblem('providerDown'), evidence: { message: 'Seen.', at: AT } };
    const text = details(aState({}, { problem, ...cash }), aBriefing({ trouble, ...facts }));
    expect(text).not.toMatch(/503|Said so|Seen|attempt|No action needed yet|retry|providerDown/);
    expect(text).toContain(paragraph);
  });
});

test('a leg that a provider declined says why', () => {
  const text = details(aState({}, { status: 'declined', problem: aProblem('windowClosed') }), aBriefing());
  expect(text).toContain('**cash** (`windowClosed`): Sipay says that it is too late to refund it. Said so.');
});

describe('a cancel, and earlier runs', () => {
  const cancelRequested = true;
  const BEFORE =
    'A cancel was requested: no further leg is started. Once the outcome of the current leg is known, what was refunded is reversed, unless by then every leg is refunded, or one that cannot be reversed.';
  const PAST =
    'A cancel was requested, but cash is refunded and cannot be reversed: the refund continues to its end.';
  test.each<[Partial<RefundState>, Partial<LegState>, string]>([
    [{ status: 'awaitingApproval' }, {}, BEFORE],
    [{}, { status: 'refunding' }, BEFORE],
    [{}, { status: 'refunded' }, PAST],
    [
      { status: 'compensating' },
      { status: 'declined' },
      'A cancel was requested. The rollback continues to its end.',
    ],
    [{ status: 'refunded' }, { status: 'refunded' }, 'A cancel was requested, too late to stop the refund.'],
  ])('%j, cash %j: %s', (state, cash, note) => {
    expect(details(aState(state, cash), aBriefing({}, { cancelRequested }))).toContain(`\n\n${note}`);
  });

  test.each(FINAL_STATUSES.filter((status) => status !== 'refunded'))('%s says no more of it', (status) => {
    expect(details(aState({ status }), aBriefing({}, { cancelRequested }))).not.toContain('A cancel');
  });

  const EARLIER = 'An earlier run of this refund may have sent something.';
  test.each<[Partial<RefundState>, string]>([
    [
      { status: 'awaitingApproval' },
      `${EARLIER} Before this run sends anything or ends, it finds out from the providers or a person whether that happened; do not reset it by hand.`,
    ],
    [{ status: 'invalid', legs: {} }, EARLIER],
  ])('%j says that an earlier run may have sent something', (state, note) => {
    const text = details(aState(state), aBriefing({}, { wasReset: true }));
    expect(text.split('\n\n')).toContain(note);
    expect(details(aState({ status: 'declined' }), aBriefing({}, { wasReset: true }))).not.toContain(EARLIER);
  });
});

test('who decided, who settled a leg, and what a provider confirmed are on record with their times', () => {
  const state = aState(
    {
      people: [
        { at: AT, by: 'ana', said: 'approve', note: 'seen' },
        { at: AT, by: 'bob', said: 'waived', leg: 'loyalty', evidence: 'not | worth it' },
      ],
    },
    {
      status: 'refunded',
      receipt: {
        providerReference: '1',
        amountMinor: 2_550,
        at: AT,
        confirmedBy: 'lookUp',
        note: 'As seen.',
      },
    },
  );
  const waived = { at: AT, confirmedBy: 'operator', by: 'bob', note: 'not worth it' } as const;
  const loyalty: LegState = { ...REFUNDED, status: 'waived', reversal: waived };
  const briefing = aBriefing(
    { sends: 2, cashback: '5.00 TRY', fee: '1.00 TRY' },
    { ignored: ['approve: late'] },
  );
  const text = details({ ...state, legs: { ...state.legs, loyalty } }, briefing);
  expect(text.slice(text.indexOf('On record'))).toBe(`On record:

- loyalty refunded, ${SHOWN}, by the provider's answer
- loyalty waived (the customer keeps it), ${SHOWN}, confirmed by bob, “not worth it”
- cash refunded, ${SHOWN}, by a look-up of the provider's records, “As seen.”, cashback of 5.00 TRY rolled back, fee of 1.00 TRY kept by the provider, sent 2 times

What people did:

- ${SHOWN}, ana: \`approve\`, “seen”
- ${SHOWN}, bob: \`waived\` for loyalty, “not ¦ worth it”

Messages that changed nothing:

- approve: late`);
  const expired = aState({ approval: { required: true, decision: 'expired' }, legs: {} });
  expect(details(expired, aBriefing())).toContain('On record:\n\n- nobody decided in time');
});

test('of many words the last twenty are shown', () => {
  const people = Array.from({ length: 23 }, (_, number) => ({
    ...({ at: AT, by: 'ana', said: 'retry', leg: 'cash', evidence: `look ${number}` } as const),
  }));
  const text = details(aState({ people }), aBriefing());
  expect(text).toContain('- 3 earlier, which `refund show` lists');
  expect(text).not.toContain('“look 2”');
  expect(text).toContain('“look 3”');
});

describe('what each word of a person does', () => {
  test('decisions', () => {
    expect(DECISION_CONSEQUENCES).toEqual({
      approve: 'the legs are refunded now, one after another',
      reject: 'nothing is sent, and the refund ends as rejected',
    });
  });

  const reversal = aProblem('ambiguous', 'reversal');
  const declined = aProblem('declined');
  test.each<[ResolutionOutcome, Partial<ParkedLeg>, string]>([
    ['retry', {}, 'look it up once more; it is sent again only if no refund is found'],
    ['retry', { lookUp: 'original' }, 'look it up once more; it is sent again only if no refund is found'],
    [
      'retry',
      { lookUp: 'evidence' },
      'look it up once more; it is sent again only if there is no sign of it, otherwise it parks again',
    ],
    ['retry', { planning: true }, 'ask the provider again; that sends nothing'],
    ['retry', { reconciling: true }, 'look it up again; that sends nothing'],
    ['retry', { problem: declined }, 'try again; where the provider can be asked first, it is'],
    [
      'retry',
      { problem: aProblem('providerDown') },
      'try again; where the provider can be asked first, it is',
    ],
    [
      'retry',
      { problem: aProblem('merchantBalance') },
      'top up our balance at the provider first; then it is sent again',
    ],
    [
      'retry',
      { problem: reversal, reversal: 'lookUp' },
      'look it up once more; it is reversed only if no reversal is found',
    ],
    [
      'retry',
      { problem: reversal, reversal: 'blind' },
      'only if you saw that it was NOT reversed: it is sent again without a look-up, and could be reversed twice',
    ],
    ['retry', { problem: aProblem('declined', 'reversal'), reversal: 'blind' }, 'try to reverse it again'],
    [
      'resend',
      { lookUp: 'evidence' },
      'only if you saw at the provider that it was NOT refunded: it is sent without a look-up, and could be refunded twice',
    ],
    [
      'refunded',
      {},
      'you saw the refund at the provider (add its `providerReference`): it counts as refunded',
    ],
    [
      'refunded',
      { problem: declined },
      'you refunded it in another way (add a `providerReference`): it counts as refunded',
    ],
    [
      'declined',
      {},
      'you saw at the provider that it was not refunded, and will not be; what was refunded before is reversed, and the refund ends',
    ],
    [
      'declined',
      { reconciling: true },
      'you saw at the provider that it was not refunded, and will not be; it counts as not refunded by an earlier run',
    ],
    [
      'declined',
      { problem: aProblem('providerDown'), pivotPassed: true },
      'give up this leg; the customer is still owed it, so the leg parks again until someone says how they get it',
    ],
    [
      'declined',
      { problem: aProblem('providerDown'), planning: true },
      'give up this leg; the refund ends as declined',
    ],
    [
      'reversed',
      { problem: reversal },
      'you saw the reversal at the provider, or reversed it by hand (add a `providerReference`): it counts as reversed',
    ],
    ['waived', { problem: reversal }, 'the customer keeps it; nothing more is sent for this leg'],
    [
      'turnBack',
      { problem: declined },
      'give up this leg and roll back the others; a sale or cash leg has no API to reverse it, and then waits for you',
    ],
  ])('%s, %j: %s', (outcome, facts, sentence) => {
    expect(OUTCOMES[outcome].consequence(parkedFacts(facts))).toBe(sentence);
  });

  test('every outcome is told', () => {
    expect(OUTCOME_NAMES).toEqual([
      'retry',
      'resend',
      'refunded',
      'declined',
      'reversed',
      'waived',
      'turnBack',
    ]);
  });
});

describe('what a movement is recognised by', () => {
  const dsquares = { provider: 'dsquares', transactionId: '46173' };
  const mircate = { provider: 'mircate', transactionId: 'm`1|' };
  const paywall = { provider: 'paywall', externalReference: 'www.evil.com' };
  const sipay = { provider: 'sipay', transactionId: '744' };
  const wyre = { provider: 'wyre', orderId: 'WO_1' };
  type Leg = Parameters<typeof lookForAt>[2];
  test.each<[object, string, string]>([
    [
      dsquares,
      'a refund of redemption `46173`, our reference `rf-1:cash`',
      'a redemption whose comment is our reference `rf-1:cash:undo`',
    ],
    [
      mircate,
      "a refund of spend `m'1¦` (it keeps no reference of ours: compare amount and time)",
      'a spend whose description is our reference `rf-1:cash:undo`',
    ],
    [paywall, 'the refund of sale `www.evil.com`', 'sale `www.evil.com`'],
    [sipay, 'a refund of payment `744`, our reference `rf-1:cash`', 'payment `744`'],
    [wyre, 'the refund of order `WO_1`', 'order `WO_1`'],
  ])('%j', (leg, refund, reversal) => {
    expect(lookForAt('rf-1', 'cash', leg as Leg, 'refund')).toBe(refund);
    expect(lookForAt('rf-1', 'cash', leg as Leg, 'reversal')).toBe(reversal);
  });
});

describe('text from elsewhere is shown as text', () => {
  test.each([
    ['Plain words, 25.50 (at 03:00:00): ok; 100 %!', 'Plain words, 25.50 (at 03:00:00): ok; 100 %!'],
    ['see http://evil.com/a_b now', 'see `http://evil.com/a_b` now'],
    ['HTTPS://EVIL.COM', '`HTTPS://EVIL.COM`'],
    ['www.evil.com WWW.1', '`www.evil.com` `WWW.1`'],
    ['mailto:ana@x.io ana@x.io', '`mailto:ana@x.io` `ana@x.io`'],
    ['evil.com (evil.рф) //evil', '`evil.com` (`evil.рф`) `//evil`'],
    ['(HTTP 401, refund.alreadyRefunded): check.', '(HTTP 401, `refund.alreadyRefunded`): check.'],
    ['(a_b), evil.com! f(x.y) ): (:', '(`a_b`), `evil.com`! `f(x.y)` ): (:'],
    ['[a](http://b) ![c](d) [e]: f [^1]', '`[a](http://b)` `![c](d)` `[e]`: f `[^1]`'],
    ['<http://b> <img src=x> &lt;b&gt;', '`<http://b>` `<img` `src=x>` `&lt;b&gt;`'],
    ['https\\://evil.com https&#58;//evil.com', '`https\\://evil.com` `https&#58;//evil.com`'],
    ['**b** _i_ ~~s~~ back\\', '`**b**` `_i_` `~~s~~` `back\\`'],
    ['`http://evil.com` ``` a|b', "`'http://evil.com'` ''' a¦b"],
    ['- item', '`-` item'],
    ['1. item', '`1.` item'],
    ['# head\n\n> quote\r\n--- x', '`#` head  `>` quote  --- x'],
    ['x\u202ey\u200bz \u001b[31m', '`x\\u202ey\\u200bz` `\\u001b[31m`'],
    ['a\u00adb\u{e0041}c\u2800d\ufff9e', '`a\\u00adb\\ue0041c\\u2800d\\ufff9e`'],
    ['refund:$(touch x)', '`refund:$(touch` x)'],
    ['', ''],
  ])('%j', (foreign, shown) => expect(asText(foreign)).toBe(shown));

  test.each([
    ['a`b|c', "`a'b¦c`"],
    ['http://evil.com', '`http://evil.com`'],
    [' ', ''],
  ])('as code: %j', (foreign, shown) => expect(asCode(foreign)).toBe(shown));

  test('half a character is told by its number', () => {
    expect(asText('a \ud800')).toBe('a `\\ud800`');
  });

  test('wherever it comes from: every field that others fill', () => {
    const nasty = 'x http://evil.com/ [a](b) www.evil.com <b> ana@x.io | ` \u202e';
    const word = {
      at: AT,
      confirmedBy: 'operator',
      by: nasty,
      note: nasty,
      providerReference: nasty,
    } as const;
    const problem = { ...aProblem('ambiguous'), message: nasty, evidence: { message: nasty, at: nasty } };
    const people = { requestedBy: nasty, reason: nasty, ignored: [nasty] };
    const texts = [
      parked(problem, ['retry'], people),
      details(
        aState(
          { status: 'awaitingApproval', waitingOn: 'approval', approval: { required: true, decision: null } },
          { status: 'refunded', receipt: word },
        ),
        aBriefing({}, { ...people, decideBefore: nasty }),
      ),
      details(
        aState(
          { waitingOn: 'sipay', approval: { required: true, decision: 'approved', ...word } },
          { status: 'lookingUp' },
        ),
        aBriefing({ trouble: { message: nasty, at: nasty } }),
      ),
      details(
        aState({ status: 'compensated' }, { status: 'reversed', receipt: word, reversal: word }),
        aBriefing(),
      ),
      details(aState({ status: 'declined' }, { status: 'declined' }), aBriefing({ declinedBy: nasty })),
      summaryOf({ ...REQUEST, refundId: 'www.evil.com', orderId: nasty }),
    ];
    for (const text of texts) {
      expect(text).toContain('evil');
      const outsideCode = text.replace(/```\n[^]*?\n```/g, '').replace(/`[^`\n]*`/g, '');
      expect(outsideCode).not.toMatch(/evil|@|<|\]\(|\u202e|`/);
      const rows = text.split('\n').filter((line) => line.startsWith('|'));
      expect(rows.every((row) => row.split('|').length === 7)).toBe(true);
    }
  });

  test('a table and a list hold what they are given', () => {
    expect(markdownTable(['A'], [['b c']])).toBe(
      '| A\u00a0\u00a0\u00a0 |\n| :--- |\n| b\u00a0c\u00a0\u00a0\u00a0 |',
    );
    expect(bullets(['a', 'b'])).toBe('- a\n- b');
  });
});

test('the summary of a run names the refund, the order and the legs', () => {
  expect(summaryOf(REQUEST)).toBe('Refund rf-1 of order order-1: cash (sipay)');
});

test.each([
  [45_000, '45 seconds'],
  [1_000, '1 second'],
  [120_000, '2 minutes'],
  [86_400_000, '24 hours'],
  [259_200_000, '3 days'],
])('%d ms is %s', (milliseconds, text) => expect(duration(milliseconds)).toBe(text));

test.each([
  [AT, SHOWN],
  ['', ''],
  ['yesterday', 'yesterday'],
])('the time %j is shown as %j', (at, text) => expect(time(at)).toBe(text));

/** What a decision on a refund is checked against while it is asked for. */
function aQuestion(): DecisionContext {
  return {
    ...{ refundId: 'rf-1', requestedBy: 'order-service', approval: undefined },
    ...{ open: true, needed: 'yes', signed: false },
  };
}

function resolutionContext(state: RefundState, accepted: ResolutionOutcome[]): ResolutionContext {
  return {
    ...{ state, requestedBy: 'order-service' },
    ...{ acceptedFor: () => accepted, isSigned: () => false, mustLookAgain: () => false },
  };
}

const NOTHING = { acceptedFor: () => [], isSigned: () => false, mustLookAgain: () => false };

describe('a refusal ends with what is accepted now', () => {
  test('with a command where it must be signed', () => {
    const signed = {
      acceptedFor: () => ['retry', 'declined'] as ResolutionOutcome[],
      isSigned: () => true,
      mustLookAgain: () => false,
    };
    expect(acceptedResolution('rf-1', signed, { leg: 'cash', outcome: 'declined' })).toBe(
      'Accepted now, from anyone with a key but the requester: refund resolve rf-1 --leg cash --outcome declined --key FILE',
    );
  });

  test.each([
    [{ leg: 'cash', outcome: 'refunded' }, '"outcome":"refunded"'],
    [{ leg: 'cash', outcome: 'waived' }, '"outcome":"retry"'],
    [{ leg: 'sale', outcome: '' }, '"leg":"cash"'],
  ])('as near as can be to %j', (meant, part) => {
    const accepted = acceptedResolution(
      'rf-1',
      {
        acceptedFor: (leg) => (leg === 'cash' ? ['retry', 'refunded'] : []),
        isSigned: () => false,
        mustLookAgain: () => false,
      },
      meant,
    );
    expect(accepted).toContain(part);
    const example: unknown = JSON.parse(accepted.slice(accepted.indexOf('{')));
    const state = aState({}, { status: 'parked', problem: aProblem('ambiguous') });
    const context = resolutionContext(state, ['retry', 'refunded']);
    expect(refusalOfResolution(example, context)).toContain('the words of our example');
    const filledIn = { by: 'ana', evidence: 'seen', providerReference: 'R-1' };
    expect(refusalOfResolution({ ...(example as object), ...filledIn }, context)).toBeUndefined();
  });

  test('nothing is accepted when no leg is parked, and no decision once it was made', () => {
    expect(acceptedResolution('rf-1', NOTHING, { leg: 'cash', outcome: 'retry' })).toContain('nothing');
    expect(acceptedDecision({ ...aQuestion(), open: false })).toContain('no further decision');
    expect(acceptedDecision(aQuestion())).toContain(examplesFor('rf-1').decide);
  });
});
