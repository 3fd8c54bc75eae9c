import { setTimeout as pause } from 'node:timers/promises';
import type { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createActivities } from '../../src/activities';
import type { PlanningRules, ServerQuestions } from '../../src/activities';
import { isFresh } from '../../src/activities/call';
import { exponentOf } from '../../src/domain/currency';
import type { LegInput, MovementResult } from '../../src/domain/activity-types';
import { isEndOfRefund, isReservation } from '../../src/domain/order/messages';
import { SENT_WITHIN_MS } from '../../src/domain/provider-stop';
import type { MovementAnswer } from '../../src/domain/provider-answers';
import { traitsOf } from '../../src/providers';
import type { Provider, ProviderCall } from '../../src/providers/provider';

const RULES: PlanningRules = {
  taskQueue: 'refunds',
  approvalTimeoutMs: 1,
  policy: {
    fastRetries: 0,
    slowRetryMs: 1,
    giveUpAfterMs: 1,
    lookUpDelaysMs: [],
    absenceAfterMs: 1,
  },
  callTimeoutMs: 1_000,
  fleet: ['sipay'],
  absenceAfterMs: {},
  traits: traitsOf({ fetchesTokens: false }),
  planningPatienceMs: 2_000,
  eagerSlots: {},
  approvalLimits: {},
};

const LEG: LegInput = {
  leg: { provider: 'sipay', transactionId: '7440022202222222022', amountMinor: 2_550 },
  currency: 'TRY',
  exponent: 2,
  key: 'rf-1:cash',
  firstRun: 'run-1',
};

/** Makes one attempt of `refundLeg` with an adapter that answers so, and tells what the adapter was told. */
async function attempt(
  input: LegInput,
  {
    isStillWanted = true,
    earlierAttemptsAreClear = () => Promise.resolve(true),
    workflowType = 'refundOrder',
    runId = 'run-1',
    answer = DONE,
    told = () => undefined,
    findStop = () => Promise.resolve(undefined),
  }: Partial<Circumstances> = {},
): Promise<{ calls: ProviderCall[]; result: MovementResult | ApplicationFailure }> {
  const calls: ProviderCall[] = [];
  const refund = (call: ProviderCall) => {
    calls.push(call);
    told(call);
    return answer === 'throws' ? Promise.reject(new Error('secret')) : Promise.resolve(answer);
  };
  const { refundLeg } = createActivities(
    new Map([['sipay', { name: 'sipay', refund } as unknown as Provider]]),
    RULES,
    {
      isStillWanted: () => Promise.resolve(isStillWanted),
      earlierAttemptsAreClear,
      acceptedEarlier: () => Promise.resolve('notAccepted'),
      earlierRuns: () => Promise.resolve({ kind: 'none' }),
      earlierRefusals: () => Promise.resolve({ kind: 'none' }),
      findStop,
      orders: {
        reserve: () => Promise.resolve({ kind: 'away', message: 'away' }),
        endRefund: () => Promise.resolve(),
      },
    },
  );
  const workflowExecution = { workflowId: 'refund:rf-1', runId };
  const info = { workflowExecution, workflowType, startToCloseTimeoutMs: 3_000 };
  const result = await new MockActivityEnvironment(info)
    .run<[LegInput], MovementResult, typeof refundLeg>(refundLeg, input)
    .catch((error: unknown) => error as ApplicationFailure);
  return { calls, result };
}

interface Circumstances {
  isStillWanted: boolean;
  earlierAttemptsAreClear: ServerQuestions['earlierAttemptsAreClear'];
  workflowType: string;
  runId: string;
  answer: MovementAnswer | 'throws';
  told: (call: ProviderCall) => void;
  findStop: ServerQuestions['findStop'];
}

const DONE: MovementAnswer = { kind: 'done', providerReference: '1' };

describe('an attempt', () => {
  test('takes the decimals of the currency from the plan, whatever this worker knows of currencies', async () => {
    expect(exponentOf('ZZZ')).toBeUndefined();
    const { calls } = await attempt({ ...LEG, currency: 'ZZZ', exponent: 3 });
    expect(calls).toMatchObject([{ currency: 'ZZZ', exponent: 3 }]);
  });

  test('is not sent where the plan does not tell them', async () => {
    const { calls, result } = await attempt({ ...LEG, exponent: null as unknown as number });
    expect({ calls, type: (result as ApplicationFailure).type }).toEqual({ calls: [], type: 'NotSent' });
  });

  test('that the server does not wait for any more is not sent', async () => {
    const { calls, result } = await attempt(LEG, { isStillWanted: false });
    expect({ calls, type: (result as ApplicationFailure).type }).toEqual({ calls: [], type: 'NotSent' });
  });

  test.each([
    ['may have reached the provider', () => Promise.resolve(false)],
    ['the server does not tell of', () => Promise.reject(new Error('away'))],
  ])(
    'after one that %s is not sent, and leaves the movement in doubt',
    async (_, earlierAttemptsAreClear) => {
      const { calls, result } = await attempt(LEG, { earlierAttemptsAreClear });
      expect({ calls, result }).toMatchObject({ calls: [], result: { kind: 'ambiguous', runId: 'run-1' } });
    },
  );

  test.each([
    ['that somebody ended from outside', 'Somebody', () => Promise.resolve(false)],
    ['that the server does not tell of', 'The Temporal server', () => Promise.reject(new Error('away'))],
    ['that the server does not tell of in time', 'The Temporal server', () => new Promise<never>(() => {})],
  ])('after one %s says so, before its time is over', async (_, whose, earlierAttemptsAreClear) => {
    const begun = Date.now();
    const { result } = await attempt(LEG, { earlierAttemptsAreClear });
    expect(result).toMatchObject({
      message: expect.stringMatching(new RegExp(`^${whose} (did not say|ended)`)) as string,
    });
    expect(Date.now() - begun).toBeLessThan(2_000);
  });

  test('has no more time for its call than the question how the one before it ended has left', async () => {
    const earlierAttemptsAreClear = () => pause(500, true);
    let remaining = NaN;
    const refund = ({ budget }: ProviderCall) => {
      remaining = budget.remainingMs();
    };
    await attempt(LEG, { earlierAttemptsAreClear, told: refund });
    expect(remaining).toBeLessThan(1_500);
  });

  test.each([
    ['a workflow of another type', { workflowType: 'theirs' }, LEG],
    ['another refund', {}, { ...LEG, key: 'rf-10:cash' }],
  ])('for %s is not sent', async (_, circumstances, input) => {
    const { calls, result } = await attempt(input, circumstances);
    expect({ calls, type: (result as ApplicationFailure).type }).toEqual({ calls: [], type: 'NotOfRefund' });
  });

  test('at a provider that somebody stopped is not sent, and says who, why and how it is resumed', async () => {
    const stop = {
      provider: 'sipay',
      by: 'ana',
      reason: 'a leak',
      since: '2026-11-30T03:00:00.000Z',
    } as const;
    const { calls, result } = await attempt(LEG, { findStop: () => Promise.resolve(stop) });
    expect(calls).toEqual([]);
    expect(result).toMatchObject({
      ...{ type: 'ProviderStopped', nonRetryable: true },
      message: expect.stringMatching(
        /^Not sent: ana stopped sipay at .* \(a leak\)\..* refund provider resume sipay/,
      ) as string,
    });
  });

  test('is not sent where nobody knows whether its provider is stopped, and is tried again', async () => {
    const { calls, result } = await attempt(LEG, { findStop: () => Promise.reject(new Error('away')) });
    expect({ calls, type: (result as ApplicationFailure).type }).toEqual({ calls: [], type: 'NotSent' });
    expect((result as ApplicationFailure).nonRetryable).toBe(false);
  });

  test('that stood still after it was told that its provider is not stopped may not begin any more', async () => {
    const { calls } = await attempt(LEG, {
      findStop: () => {
        jest.spyOn(Date, 'now').mockReturnValue(Date.now() + SENT_WITHIN_MS);
        return Promise.resolve(undefined);
      },
    });
    expect(calls.map(({ budget }) => budget.mayBegin())).toEqual([false]);
    jest.restoreAllMocks();
  });

  test.each<[string, Partial<LegInput>, string]>([
    ['that was reset', {}, 'run-2'],
    ['with an older run under its id', { hasEarlierRuns: true }, 'run-1'],
    ['that was cleared in another run', { hasEarlierRuns: true, clearedIn: 'run-0' }, 'run-1'],
  ])('of a run %s is not sent before it is cleared in this very run', async (_, differences, runId) => {
    const blocked = await attempt({ ...LEG, ...differences }, { runId });
    expect(blocked).toMatchObject({ calls: [], result: { kind: 'uncleared', runId } });
    const cleared = await attempt({ ...LEG, ...differences, clearedIn: runId }, { runId });
    expect(cleared.calls).toHaveLength(1);
  });

  test('whose adapter fails in the middle is ambiguous, and tells nothing of the error', async () => {
    const { result } = await attempt(LEG, { answer: 'throws' });
    expect(result).toMatchObject({ kind: 'ambiguous', sentAt: expect.any(String) as string });
    expect(JSON.stringify(result)).not.toContain('secret');
  });
});

test.each([
  [0, true],
  [999, true],
  [1_000, false],
  [30_000, false],
  // A clock that runs behind says that the attempt is yet to be scheduled.
  [-1, false],
  [-30_000, false],
])('an attempt that is %i ms old by this clock is fresh: %s', (age, expected) => {
  const now = Date.now();
  expect(isFresh(now - age, now)).toBe(expected);
});

test.each([
  ['an amount with another field', { amount: { amountMinor: 1, more: 'x' } }],
  ['no amount', { amount: {} }],
])('an order takes no share with %s', (_, wrong) => {
  const share = { leg: 'cash', original: 'sipay:1', amount: { amountMinor: 1 }, isWholeOnly: false };
  const reservation = {
    ...{ refundId: 'rf-1', firstRun: 'a', runId: 'a', requestHash: 'h', requestedBy: 'shop' },
    ...{ currency: 'TRY', exponent: 2, at: '2026-11-28T10:00:00.000Z', memoryMs: 1 },
  };
  expect(isReservation({ ...reservation, shares: [share] })).toBe(true);
  expect(isReservation({ ...reservation, shares: [{ ...share, ...wrong }] })).toBe(false);
  expect(isReservation({ ...reservation, shares: [share], exponent: 400 })).toBe(false);
  const end = { refundId: 'rf-1', firstRun: 'a', runId: 'a', shares: {} };
  expect(isEndOfRefund(end)).toBe(true);
  expect(isEndOfRefund({ ...end, runId: 'a'.repeat(201) })).toBe(false);
});
