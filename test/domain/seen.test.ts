import { seenOf } from '../../src/domain/seen';
import type { LegState, PersonsWord, RefundState } from '../../src/domain/state';
import { AT, aState } from '../support/sentences/refund';

const PROBLEM = { side: 'refund', code: 'ambiguous', message: 'No whole answer: ECONNRESET.' } as const;
const SHOWN = { message: 'Nothing of it is listed.', at: AT };
const WORD: PersonsWord = { at: AT, by: 'bea', said: 'resend', leg: 'loyalty', evidence: 'not there' };

function parked(overrides: Partial<LegState> = {}, people: readonly PersonsWord[] = []): RefundState {
  const problem = { ...PROBLEM, evidence: SHOWN };
  return aState('mircate', { status: 'parked', problem, ...overrides }, { people });
}

const seen = (state: RefundState) => seenOf(state, 'loyalty');

test('is the same for the same, whatever way the state took, and so short that it can be typed', () => {
  expect(seen(parked())).toBe('0-1t6yrrz');
  expect(seen(JSON.parse(JSON.stringify(parked())) as RefundState)).toBe('0-1t6yrrz');
});

test.each<[string, RefundState]>([
  ['a word of somebody', parked({}, [WORD])],
  ['another word', parked({}, [WORD, WORD])],
  ['an approval', parked({}, [{ at: AT, by: 'bea', said: 'approve' }])],
  [
    'what a later look-up showed',
    parked({ problem: { ...PROBLEM, evidence: { ...SHOWN, message: 'Found.' } } }),
  ],
  [
    'the same, shown later',
    parked({ problem: { ...PROBLEM, evidence: { ...SHOWN, at: '2026-11-21T03:00:00.001Z' } } }),
  ],
  ['evidence that is gone', parked({ problem: PROBLEM })],
  ['another reason', parked({ problem: { ...PROBLEM, evidence: SHOWN, code: 'alreadyDone' } })],
  ['the other movement', parked({ problem: { ...PROBLEM, evidence: SHOWN, side: 'reversal' } })],
])('%s makes another of it', (_, state) => {
  expect(seen(state)).toMatch(/^\d-[0-9a-z]{1,7}$/);
  expect(seen(state)).not.toBe(seen(parked()));
});

test('there is none where nobody is asked', () => {
  expect(seen(parked({ status: 'refunding' }))).toBeUndefined();
  expect(seenOf(parked(), 'cash')).toBeUndefined();
});
