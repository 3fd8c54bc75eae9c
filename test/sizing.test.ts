import { readFileSync } from 'node:fs';
import { ACTION_KINDS, actionsOf, sumOfActions } from '../dev/sizing/actions';
import type { Actions } from '../dev/sizing/actions';
import { partOf, readDocument, shownOf } from '../dev/sizing/document';
import { readHistory } from '../dev/sizing/histories';
import { SMALLEST } from '../dev/sizing/loads';
import { readMeasured } from '../dev/sizing/measured';
import { inSystem, utilization, waitOfConstantMs, waitOfExponentialMs } from '../dev/sizing/queue/formulas';
import type { Load } from '../dev/sizing/queue/formulas';
import { exponential } from '../dev/sizing/queue/random';
import { mulberry32 } from '../simulators/engine/random';
import { COUNTS, costsOf, heldMs, placesOf, simulateRefunds, usedOf } from '../dev/sizing/queue/refund';
import { simulate } from '../dev/sizing/queue/simulate';
import type { Seen } from '../dev/sizing/queue/simulate';

const JOBS = 200_000;

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** One station: everybody waits for a place, is served, and leaves. */
function oneStation({ perSecond, serviceMs, places }: Load, isConstant = false): Seen {
  const random = mulberry32(11);
  return simulate({
    stations: { counter: places },
    nextArrivalMs: () => exponential(random, 1_000 / perSecond),
    stepsOf: () => [
      { take: 'counter' },
      { passMs: isConstant ? serviceMs : exponential(random, serviceMs) },
      { give: 'counter' },
    ],
    jobs: JOBS,
    warmUp: 10_000,
  });
}

/** Within so many hundredths. */
function expectNear(seen: number, expected: number, hundredths: number): void {
  expect(Math.abs(seen / expected - 1)).toBeLessThan(hundredths / 100);
}

describe('the simulation of queues says what closed formulas say', () => {
  test.each([
    { perSecond: 50, serviceMs: 10, places: 1 },
    { perSecond: 80, serviceMs: 10, places: 1 },
    { perSecond: 280, serviceMs: 10, places: 4 },
    { perSecond: 720, serviceMs: 20, places: 18 },
  ])('$places places, $perSecond a second: waiting, use and Little’s law', (load) => {
    const { latenciesMs, used, inSystem: present, perSecond } = oneStation(load);
    expectNear(meanOf(latenciesMs), waitOfExponentialMs(load) + load.serviceMs, 5);
    expectNear(used.counter ?? 0, utilization(load), 2);
    expectNear(present, inSystem(perSecond, meanOf(latenciesMs)), 2);
  });

  test('one place where every service takes as long', () => {
    const load = { perSecond: 80, serviceMs: 10, places: 1 };
    const { latenciesMs } = oneStation(load, true);
    expectNear(meanOf(latenciesMs), waitOfConstantMs(load) + load.serviceMs, 5);
  });

  test('Erlang’s numbers', () => {
    expect(waitOfExponentialMs({ perSecond: 50, serviceMs: 10, places: 1 })).toBeCloseTo(10);
    expect(waitOfExponentialMs({ perSecond: 100, serviceMs: 10, places: 2 })).toBeCloseTo(10 / 3);
    expect(waitOfConstantMs({ perSecond: 50, serviceMs: 10 })).toBeCloseTo(5);
  });

  test('the same seed gives the same, another one something else', () => {
    const [one, same, other] = [5, 5, 6].map((seed) => Array.from({ length: 9 }, mulberry32(seed)));
    expect(same).toEqual(one);
    expect(other).not.toEqual(one);
  });

  test('a station that nobody has made is an error', () => {
    const route = { stations: {}, nextArrivalMs: () => 1, jobs: 1, warmUp: 0 };
    expect(() => simulate({ ...route, stepsOf: () => [{ take: 'nowhere' }] })).toThrow('no station nowhere');
  });
});

describe('a refund in the simulation', () => {
  const measured = readMeasured();
  const costs = costsOf(measured);
  const deployment = { ...SMALLEST, workers: 2 };

  test('uses each resource as much as the arithmetic says', () => {
    const perSecond = 12;
    const { used, perSecond: arrived } = simulateRefunds(costs, deployment, {
      perSecond,
      refunds: 6_000,
      seed: 3,
    });
    const expected = usedOf(arrived, costs, deployment);
    for (const name of ['server', 'database', 'worker cores', 'connections'] as const) {
      expectNear(used[name] ?? 0, expected[name], 5);
    }
    // The threads are also held while they wait for a core.
    expect(used['main thread']).toBeGreaterThan(expected['main thread'] * 0.95);
    const shards = Object.entries(used).filter(([name]) => name.startsWith('shard '));
    expect(shards).toHaveLength(deployment.shards);
    expect(meanOf(shards.map(([, share]) => share))).toBeGreaterThan(expected.shards * 0.95);
  });

  test('alone it takes the sum of what it needs', () => {
    const { latenciesMs } = simulateRefunds(costs, deployment, { perSecond: 0.01, refunds: 50, seed: 3 });
    const held = heldMs(costs, deployment);
    const preflight = deployment.providerMs;
    const expected =
      costs.server + held.shards + costs.worker + COUNTS.legs * deployment.providerMs + preflight;
    expectNear(meanOf(latenciesMs), expected, 1);
  });

  test('no deployment has a resource without a place', () => {
    expect(Object.values(placesOf(SMALLEST)).every((places) => places > 0)).toBe(true);
  });
});

describe('what Temporal Cloud bills, by the recorded histories', () => {
  const billed = (more: Partial<Actions>): Actions => ({
    ...(Object.fromEntries(ACTION_KINDS.map((kind) => [kind, 0])) as Actions),
    ...more,
  });

  test.each<[history: string, expected: Partial<Actions>]>([
    ['three-legs', { start: 1, activity: 3, 'local activity': 1, 'attribute upsert': 2 }],
    [
      'approved-by-update',
      { start: 1, activity: 3, 'local activity': 1, 'attribute upsert': 3, timer: 1, update: 1 },
    ],
    [
      'approved-by-signal',
      { start: 1, activity: 3, 'local activity': 1, 'attribute upsert': 3, timer: 1, signal: 1 },
    ],
    [
      'parked-refunded',
      { start: 1, activity: 2, 'local activity': 2, 'attribute upsert': 4, timer: 1, update: 1 },
    ],
    ['preview', { start: 1, 'local activity': 1 }],
  ])('%s', (history, expected) => {
    expect(actionsOf(readHistory(history))).toEqual(billed(expected));
  });

  test('a retry that the engine made, several markers of one task, and the upsert of a version', () => {
    const marker = { markerRecordedEventAttributes: { workflowTaskCompletedEventId: '4' } };
    const upsert = (...names: string[]) => ({
      eventType: 'EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES',
      upsertWorkflowSearchAttributesEventAttributes: {
        searchAttributes: { indexedFields: Object.fromEntries(names.map((name) => [name, {}])) },
      },
    });
    const history = [
      {
        eventType: 'EVENT_TYPE_WORKFLOW_TASK_COMPLETED',
        workflowTaskCompletedEventAttributes: {
          meteringMetadata: { nonfirstLocalActivityExecutionAttempts: 2 },
        },
      },
      { eventType: 'EVENT_TYPE_MARKER_RECORDED', ...marker },
      { eventType: 'EVENT_TYPE_MARKER_RECORDED', ...marker },
      upsert('TemporalChangeVersion'),
      upsert('TemporalChangeVersion', 'RefundStatus'),
      { eventType: 'EVENT_TYPE_ACTIVITY_TASK_SCHEDULED' },
      { eventType: 'EVENT_TYPE_ACTIVITY_TASK_STARTED', activityTaskStartedEventAttributes: { attempt: 4 } },
    ];
    expect(actionsOf(history)).toEqual(billed({ activity: 4, 'local activity': 3, 'attribute upsert': 1 }));
  });

  test('what was before a reset was billed to the run before', () => {
    const history = readHistory('reset');
    const reset = history.findIndex(({ eventType }) => eventType.endsWith('WORKFLOW_TASK_FAILED'));
    const { start, other } = actionsOf(history);
    expect({ start, other }).toEqual({ start: 0, other: 1 });
    expect(sumOfActions(actionsOf(history))).toBe(1 + sumOfActions(actionsOf(history.slice(reset + 1))));
  });

  test('a child is billed twice at its parent, and its own run for what it does', () => {
    expect(actionsOf(readHistory('told-of-everything')).child).toBe(6);
    const parentWorkflowExecution = { workflowId: 'refund:rf-1' };
    const started = {
      eventType: 'EVENT_TYPE_WORKFLOW_EXECUTION_STARTED',
      workflowExecutionStartedEventAttributes: { parentWorkflowExecution },
    };
    expect(actionsOf([started])).toEqual(billed({}));
  });
});

test('the tables and charts of docs/scaling.md are those of what was measured', () => {
  const { parts, charts } = shownOf(readMeasured());
  const document = readDocument();
  const flat = (text: string) => text.replace(/ +/g, ' ').replace(/-{2,}/g, '-');
  for (const [mark, text] of Object.entries(parts))
    expect([mark, flat(partOf(document, mark) ?? '')]).toEqual([mark, flat(text)]);
  for (const [file, chart] of Object.entries(charts)) expect(readFileSync(file, 'utf8')).toBe(chart);
});
