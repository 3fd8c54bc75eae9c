import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { startSimulators } from '../simulators';
import type { Simulators } from '../simulators';
import { FAULT_KINDS } from '../simulators/engine/fault-kinds';
import { createActivities } from '../src/activities';
import type { PlanningRules } from '../src/activities';
import { readConfiguration } from '../src/config';
import type { LegInput, RefundActivities } from '../src/domain/activity-types';
import { PROVIDER_NAMES } from '../src/domain/plan';
import type { ProviderName } from '../src/domain/plan';
import {
  isAttemptFailure,
  isCheckResult,
  isLookUpResult,
  isMovementResult,
  isPlanning,
} from '../src/domain/result-shapes';
import { createProviders, traitsOf } from '../src/providers';
import type { Provider } from '../src/providers/provider';
import { aRefund, aRefundAt, aMircateLeg, aWyreLeg, legAt } from './support/requests';

/*
 * An answer that has not the form of ours counts as nobody's: the movement is then in doubt. So each that our activities
 * give, after whatever a provider does, has to have it.
 */

let simulators: Simulators;
let providers: ReadonlyMap<ProviderName, Provider>;

beforeAll(async () => {
  simulators = await startSimulators();
  const environment = { ...simulators.environment(), CALL_TIMEOUT: '1s' };
  providers = createProviders(readConfiguration(environment).providers);
});
afterAll(async () => {
  for (const provider of providers.values()) provider.close();
  await simulators.stop();
});

const FORMS = {
  ...{ checkLeg: isCheckResult, refundLeg: isMovementResult, reverseLeg: isMovementResult },
  ...{ lookUpRefund: isLookUpResult, lookUpReversal: isLookUpResult },
};
type Asked = keyof typeof FORMS;

const OTHERS = { others: { points: 7, money: 900 }, repeats: [] };
const REPEATED = { ...OTHERS, repeats: [{ refundId: 'rf-0', leg: 'cash' as const, hasMoved: true }] };

function activities(
  more: Partial<PlanningRules> = {},
  reserved: typeof OTHERS | typeof REPEATED = OTHERS,
): RefundActivities {
  return createActivities(
    providers,
    {
      ...{ taskQueue: 'refunds', approvalTimeoutMs: 1, callTimeoutMs: 300, planningPatienceMs: 1 },
      policy: { fastRetries: 0, slowRetryMs: 1, giveUpAfterMs: 1, lookUpDelaysMs: [], absenceAfterMs: 1 },
      ...{ fleet: PROVIDER_NAMES, absenceAfterMs: {}, eagerSlots: {}, approvalLimits: {} },
      traits: traitsOf({ fetchesTokens: false }),
      ...more,
    },
    {
      isStillWanted: () => Promise.resolve(true),
      earlierAttemptsAreClear: () => Promise.resolve(true),
      acceptedEarlier: () => Promise.resolve('notAccepted'),
      earlierRuns: () => Promise.resolve({ kind: 'none' }),
      earlierRefusals: () => Promise.resolve({ kind: 'none' }),
      findStop: () => Promise.resolve(undefined),
      orders: {
        reserve: (_, { runId, requestHash }) =>
          Promise.resolve({ kind: 'reserved', runId, requestHash, ...reserved }),
        endRefund: () => Promise.resolve(),
      },
    },
  );
}

const kinds = new Set<string>();

/** What an activity gives, as it lies in a history; `hasForm`: whether the workflow believes it. */
async function given(asked: Asked, input: LegInput, refundId: string) {
  const environment = new MockActivityEnvironment({
    workflowExecution: { workflowId: `refund:${refundId}`, runId: 'run-1' },
    ...{ workflowType: 'refundOrder', startToCloseTimeoutMs: 1_400, taskQueue: 'refunds-own' },
  });
  try {
    const result = await environment.run<
      [LegInput],
      { kind: string },
      (leg: LegInput) => Promise<{ kind: string }>
    >(activities()[asked], input);
    const recorded: unknown = JSON.parse(JSON.stringify(result));
    kinds.add(`${asked} ${result.kind}`);
    return { recorded, hasForm: FORMS[asked](recorded) };
  } catch (error) {
    if (!(error instanceof ApplicationFailure)) throw error;
    const recorded: unknown = JSON.parse(JSON.stringify(error.details?.[0]));
    return { recorded, hasForm: isAttemptFailure(recorded) };
  }
}

describe.each(PROVIDER_NAMES)('%s', (provider) => {
  test.each(['none', ...FAULT_KINDS] as const)(
    'after the fault "%s" every answer has the form of ours',
    async (kind) => {
      const { refundId, currency, ...legs } = aRefundAt(simulators, provider);
      const leg = legs[legAt(provider)];
      if (!leg) throw new TypeError('it has no such leg');
      const since = new Date(Date.now() - 1_000).toISOString();
      const input = (key: string): LegInput => ({
        ...{ leg, currency, exponent: 2, firstRun: 'run-1', since, worth: '5.00' },
        key: `${refundId}:${key}`,
      });
      const answers: Awaited<ReturnType<typeof given>>[] = [];
      for (const [asked, key] of [
        ['checkLeg', legAt(provider)],
        ['refundLeg', legAt(provider)],
        ['lookUpRefund', legAt(provider)],
        ['reverseLeg', `${legAt(provider)}:undo`],
        ['lookUpReversal', `${legAt(provider)}:undo`],
      ] as const) {
        simulators.faults.clear();
        if (kind !== 'none') simulators.faults.add({ provider, kind, delayMs: 50, times: 100 });
        answers.push(await given(asked, input(key), refundId));
      }
      simulators.faults.clear();
      answers.push(await given('lookUpRefund', input(legAt(provider)), refundId));
      expect(answers.filter(({ hasForm }) => !hasForm)).toEqual([]);
    },
  );
});

test('and among them was every kind of answer to a refund, to a question before it, and most of look-ups', () => {
  const of = (asked: Asked) =>
    [...kinds].filter((kind) => kind.startsWith(`${asked} `)).map((kind) => kind.split(' ')[1]);
  expect(of('checkLeg').sort()).toEqual(['passed', 'refused']);
  expect(of('refundLeg').sort()).toEqual([
    ...['alreadyDone', 'ambiguous', 'declined', 'done', 'otherMovement', 'transient', 'unlistedRefusal'],
  ]);
  expect(of('lookUpRefund')).toEqual(
    expect.arrayContaining(['found', 'absent', 'candidate', 'conflict', 'pending', 'unanswered']),
  );
});

describe('every plan has the form of ours', () => {
  const RULES: [string, Partial<PlanningRules>][] = [
    ['nothing more', {}],
    ['limits', { approvalLimits: { TRY: 10 ** 12, points: 10 ** 12 } }],
    ['an order', { orders: { taskQueue: 'orders', memoryMs: 1_000 }, notices: true }],
    ['a fleet that serves nothing', { fleet: [] }],
    [
      'absences, slots and signatures',
      { absenceAfterMs: { sipay: 5 }, eagerSlots: { sipay: 1 }, approvers: [{ id: 'ana' } as never] },
    ],
  ];
  const planned = async (
    request: unknown,
    rules: Partial<PlanningRules>,
    isReset: boolean,
    reserved = OTHERS,
  ) => {
    const { refundId = 'rf-1' } = (request ?? {}) as { refundId?: string };
    const environment = new MockActivityEnvironment({
      workflowExecution: { workflowId: `refund:${refundId}`, runId: 'run-2' },
      ...{ workflowType: 'refundOrder', startToCloseTimeoutMs: 5_000, isLocal: true },
    });
    const input = { request, firstRunId: isReset ? 'run-1' : 'run-2', since: new Date().toISOString() };
    const result = await environment.run(activities(rules, reserved).planRefund, input);
    return JSON.parse(JSON.stringify(result)) as { kind: string };
  };

  test.each(RULES)('planned with %s', async (_, rules) => {
    const whole = aRefund(simulators);
    const others = aRefund(simulators, { loyalty: aMircateLeg(), sale: undefined, cash: aWyreLeg() });
    const unknown = { ...others, cash: { ...aWyreLeg(), orderId: 'WO_unknown' } };
    for (const [request, isReset, reserved] of [
      [whole, false, OTHERS],
      [whole, true, OTHERS],
      [others, false, REPEATED],
      [unknown, false, REPEATED],
    ] as const) {
      const plan = await planned(
        request,
        { planningPatienceMs: 2_000, ...rules },
        isReset,
        reserved as typeof OTHERS,
      );
      expect(plan.kind).toBe(rules.fleet ? 'invalid' : 'planned');
      expect([plan, isPlanning(plan, request)]).toEqual([plan, true]);
    }
  });

  test.each([
    null,
    [],
    'x',
    {},
    { loyalty: { provider: 'dsquares' } },
    { cash: aWyreLeg(), currency: 'ZZZ' },
  ])('that is refused: %j', async (request) => {
    for (const isReset of [true, false]) {
      const plan = await planned(request, {}, isReset);
      expect([plan.kind, isPlanning(plan, request)]).toEqual(['invalid', true]);
    }
  });
});
