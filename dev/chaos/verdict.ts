import type { Operation, ProviderName } from '../../simulators';
import { readEnding } from './endings';
import type { Ending } from './endings';
import { heldTimes } from './held';
import { legsOf, Sends } from './legs';
import { checkMoney } from './money-invariants';
import type { ChaosOptions } from './options';
import { checkReplays } from './replays';
import { checkParking, checkRun, countMended } from './run-invariants';
import { checkApproval, checkRetryAfter, countImpatientQuestions } from './sending-invariants';
import type { Played } from './session';
import type { Violation } from './violations';

/** What came of a session, counted from the providers' books and logs and from Temporal's histories. */
export interface Verdict {
  statuses: Record<string, number>;
  parked: Record<string, number>;
  calls: Partial<Record<ProviderName, Partial<Record<Operation, number>>>>;
  faults: Record<string, number>;
  /** Refunds sent beyond the first one of each leg. */
  repeated: number;
  heldMs: number[];
  impatientQuestions: number;
  /** Workflow tasks that failed once after a query, and went on by themselves. */
  mendedTasks: number;
  violations: (Violation & { books?: unknown; state?: unknown })[];
}

/** Compares everything that a session left behind. */
export async function judgeSession(played: Played, options: ChaosOptions): Promise<Verdict> {
  const { stage, workers, hangs } = played;
  const { simulators, deeds } = stage;
  const requests = simulators.requests();
  const sends = new Sends(requests);
  const statuses: Record<string, number> = {};
  const heldMs: number[] = [];
  const violations: Violation[] = [...hangs.violations, ...checkParking(deeds), ...checkRetryAfter(requests)];
  const states = new Map<string, unknown>();
  let mendedTasks = 0;

  async function* endings(): AsyncIterable<Ending> {
    for (const script of stage.scripts.values()) {
      const ending = await readEnding(stage, script);
      if (!ending) {
        violations.push({ invariant: 'endsWell', refundId: script.refundId, what: 'it was never started' });
        continue;
      }
      add(statuses, ending.state?.status ?? (script.valid ? ending.status : 'invalid'));
      states.set(script.refundId, ending.state ?? ending.status);
      heldMs.push(...heldTimes(ending.history, workers.killed));
      mendedTasks += countMended(ending);
      violations.push(...checkMoney(simulators, deeds, ending));
      violations.push(...checkApproval(sends, deeds, ending), ...checkRun(ending));
      yield ending;
    }
  }

  violations.push(...(await checkReplays(endings(), options.bundlePath)));
  violations.push(...workers.leaks.map((what): Violation => ({ invariant: 'noLeaks', what })));
  const books = (refundId = '') => {
    const script = stage.scripts.get(refundId);
    return script && legsOf(script.request).flatMap((leg) => simulators.books.of(leg.provider, leg.original));
  };
  return {
    statuses,
    parked: countBy(
      deeds.resolutions.filter(({ answer }) => answer === 'accepted'),
      (said) => `${said.side} ${said.code} -> ${said.outcome}${said.anotherWay ? ' (by hand)' : ''}`,
    ),
    calls: countCalls(requests),
    faults: countBy(
      requests.filter(({ fault }) => fault),
      ({ fault = '' }) => fault,
    ),
    repeated: sends.repeated,
    heldMs: heldMs.sort((one, other) => one - other),
    impatientQuestions: countImpatientQuestions(requests),
    mendedTasks,
    violations: violations.map((violation) => {
      const { refundId = '' } = violation;
      return { ...violation, books: books(refundId), state: states.get(refundId) };
    }),
  };
}

function countCalls(requests: readonly { provider: ProviderName; operation: Operation }[]): Verdict['calls'] {
  const calls: Verdict['calls'] = {};
  for (const { provider, operation } of requests) {
    const ofOne = (calls[provider] ??= {});
    ofOne[operation] = (ofOne[operation] ?? 0) + 1;
  }
  return calls;
}

function countBy<Item>(items: readonly Item[], nameOf: (item: Item) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const item of items) add(counts, nameOf(item));
  return counts;
}

function add(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}
