import { judge, showReport } from '../dev/prove/upgrade/report';
import type { Outcome } from '../dev/prove/upgrade/session';

const FROZEN = 'a workflow task failed: [TMPRL1100] Nondeterminism error: …';

function outcome(changes: Partial<Outcome>, violations: Outcome['data']['violations'] = []): Outcome {
  return {
    steps: [{ name: '1.1.0 is made current', underWay: { planning: 1, refunding: 2 } }],
    ...{
      hung: 3,
      rollbackMs: 1_234,
      wentOn: { refunds: 2, ms: 20_000 },
      healed: 1,
      broughtBack: 0,
      crashes: [],
      seconds: 90,
    },
    data: {
      ...{ statuses: { refunded: 3 }, parked: {}, calls: {}, faults: {}, repeated: 1, stallMs: [] },
      ...{ impatientQuestions: 0, mendedTasks: 0, taken: 0, violations },
    },
    ...changes,
  };
}

test('what the bad release refuses is what it is there for, and is counted', () => {
  const found = [
    { invariant: 'noHangs' as const, refundId: 'rf-1', what: FROZEN },
    { invariant: 'noHangs' as const, refundId: 'rf-1', what: FROZEN },
  ];
  expect(judge(outcome({}, found))).toEqual({ violations: [], refusedByCode: 1, proven: true });
});

test('whatever else was found is a violation, and shown', () => {
  const paidTwice = { invariant: 'onceOrNotAtAll' as const, refundId: 'rf-2', what: FROZEN };
  const didNotReplay = {
    invariant: 'noHangs' as const,
    refundId: 'rf-3',
    what: 'its history does not replay',
  };
  const said = outcome({}, [paidTwice, didNotReplay]);
  expect(judge(said)).toEqual({ violations: [paidTwice, didNotReplay], refusedByCode: 0, proven: false });
  expect(showReport(said)).toContain('! onceOrNotAtAll rf-2:');
  expect(showReport(said)).toMatch(/Violations: 2[^]*Not proven\.$/);
});

test('a run in which nothing hung, nothing went on by itself, or a worker crashed proves nothing', () => {
  expect(judge(outcome({ hung: 0 })).proven).toBe(false);
  expect(judge(outcome({ wentOn: { refunds: 0, ms: 0 } })).proven).toBe(false);
  expect(judge(outcome({ crashes: ['ended with 1'] })).proven).toBe(false);
});
