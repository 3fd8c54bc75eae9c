import { OF_DECISIONS, refusalOfChecks, refusalOfDecide } from '../../../src/domain/decision';
import type { DecisionContext } from '../../../src/domain/decision';
import { JUST_NOW } from '../../../src/domain/contract';
import { acceptedDecision, acceptedResolution } from '../../../src/domain/examples';
import { OF_WORDS, refusalOfResolution } from '../../../src/domain/resolution-refusals';
import type { ResolutionContext } from '../../../src/domain/resolution-refusals';
import { whyLookAgain } from '../../../src/domain/stale-words';
import { aState, each } from './refund';

const CONTEXT: DecisionContext = {
  ...{ refundId: 'rf-1', requestedBy: 'order-service', approval: undefined },
  ...{ open: true, needed: 'yes', signed: false },
};

const APPROVE = { decision: 'approve', by: 'ana' };

const DECISIONS: [message: unknown, context?: Partial<DecisionContext>][] = [
  ...([[{}], [{ decision: 'approve' }], [{ ...APPROVE, by: 'a b' }], [{ ...APPROVE, by: 'NAME' }]] as [
    unknown,
  ][]),
  ...([[{ ...APPROVE, note: 7 }], [{ ...APPROVE, note: '\u0007' }], [{ ...APPROVE, note: 'WHY' }]] as [
    unknown,
  ][]),
  ...([[{ ...APPROVE, refundId: 'rf-2' }], [{ ...APPROVE, by: 'Order-Service' }]] as [unknown][]),
  [APPROVE, { approval: { required: true, decision: 'approved', by: 'ana' } }],
  [APPROVE, { needed: 'no' }],
  [APPROVE, { open: false }],
  [APPROVE, { signed: true }],
];

const SAID = { leg: 'cash', outcome: 'retry', by: 'ana', evidence: 'not in the panel' };

const SIGNED: Omit<ResolutionContext, 'state' | 'requestedBy'> = {
  acceptedFor: () => ['retry', 'refunded'],
  isSigned: (_, outcome) => outcome !== 'retry',
  mustLookAgain: () => false,
};

const RESOLUTIONS: [message: unknown, accepted?: boolean][] = [
  ...([[{}], [{ ...SAID, outcome: 'waived' }], [{ ...SAID, by: 'a b' }]] as [unknown][]),
  ...([[{ ...SAID, by: 'order-service' }], [{ ...SAID, evidence: '' }]] as [unknown][]),
  ...([[{ ...SAID, evidence: 'WHAT YOU SAW' }], [{ ...SAID, outcome: 'refunded' }]] as [unknown][]),
  ...([[{ ...SAID, providerReference: '' }], [{ ...SAID, despiteProvider: 'yes' }]] as [unknown][]),
  [{ ...SAID, leg: 'sale' }, false],
];

/** Words of people who had something else before them, or do not say what. */
function late(): string[] {
  const evidence = { message: 'No refund of that spend is listed.', at: '2026-11-21T03:00:00.000Z' };
  const word = {
    at: '2026-11-21T02:00:00.000Z',
    by: 'bea',
    evidence: 'not in the panel',
    leg: 'loyalty',
  } as const;
  const problem = { side: 'refund', code: 'ambiguous', message: 'No whole answer: ECONNRESET.' } as const;
  const leg = { status: 'parked', problem } as const;
  const asked = aState('mircate', { ...leg, problem: { ...problem, evidence } });
  const said = { ...asked, people: (['retry', 'resend'] as const).map((verb) => ({ ...word, said: verb })) };
  const resend = { leg: 'loyalty' } as const;
  return [
    whyLookAgain(said, resend),
    ...['0-1', '1-1', '2-1', '3-1'].map((seen) => whyLookAgain(said, { ...resend, seen })),
    whyLookAgain({ ...said, people: [...said.people, ...said.people] }, { ...resend, seen: '0-1' }),
    whyLookAgain(aState('mircate', leg), { ...resend, seen: '0-1' }),
  ];
}

/** Why a decision, or a resolution, changes nothing, and what would count. */
export function refusals(): Record<'decisions' | 'resolutions', string[]> {
  const state = aState('sipay', {
    status: 'parked',
    problem: { side: 'refund', code: 'ambiguous', message: '' },
  });
  const decisions = DECISIONS.map(([message, context]) =>
    refusalOfDecide(message, { ...CONTEXT, ...context }),
  );
  const statements = [
    refusalOfChecks({ waiting: 20, inAll: 20 }, OF_DECISIONS),
    refusalOfChecks({ waiting: 0, inAll: 200 }, OF_DECISIONS),
  ];
  const resolutions = RESOLUTIONS.map(([message, isParked = true]) =>
    refusalOfResolution(message, {
      ...{ state, requestedBy: 'order-service', isSigned: () => false, mustLookAgain: () => false },
      acceptedFor: () => (isParked ? ['retry', 'refunded'] : []),
    }),
  );
  const signed = [
    refusalOfResolution(
      { ...SAID, outcome: 'refunded', providerReference: 'R-1' },
      { state, requestedBy: 'order-service', ...SIGNED },
    ),
    refusalOfChecks({ waiting: 20, inAll: 20 }, OF_WORDS),
    refusalOfChecks({ waiting: 0, inAll: 200 }, OF_WORDS),
  ];
  return {
    decisions: each([
      ...[...decisions, ...statements, JUST_NOW.asked, JUST_NOW.interrupted].map((text) => text ?? ''),
      ...[CONTEXT, { ...CONTEXT, open: false }, { ...CONTEXT, signed: true }].map(acceptedDecision),
    ]),
    resolutions: each([
      ...[...resolutions, ...signed, ...late(), JUST_NOW.parked, JUST_NOW.checking].map((text) => text ?? ''),
      acceptedResolution('rf-1', { ...SIGNED, isSigned: () => false }, { leg: 'cash' }),
      acceptedResolution('rf-1', SIGNED, { leg: 'cash', outcome: 'refunded' }),
      acceptedResolution('rf-1', { ...SIGNED, acceptedFor: () => [] }, { leg: 'cash' }),
      acceptedResolution('rf-1', { ...SIGNED, mustLookAgain: () => true }, { leg: 'cash' }),
    ]),
  };
}
