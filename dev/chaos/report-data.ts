import type { Operation, ProviderName } from '../../simulators';
import { FAILURES } from '../../src/domain/contract';
import { readEndings } from './endings';
import type { Ending } from './endings';
import type { HangWatch } from './hangs';
import { stallTimes } from './stall-times';
import { legsOf, Sends } from './legs';
import { checkEnd, checkOriginals } from './money-invariants';
import type { ChaosOptions } from './options';
import { checkReceipts, countTaken } from './receipts';
import { checkReplays } from './replays';
import { checkParking, checkRun, countMended } from './run-invariants';
import { checkApproval, checkRetryAfter, countImpatientQuestions } from './sending-invariants';
import type { Script } from './scripts';
import type { Played } from './session';
import type { Context } from './context';
import type { Violation } from './violations';
import type { Workers } from './workers';

/** What came of a session, counted from the providers' books and logs and from Temporal's histories. */
export interface ReportData {
  statuses: Record<string, number>;
  parked: Record<string, number>;
  calls: Partial<Record<ProviderName, Partial<Record<Operation, number>>>>;
  faults: Record<string, number>;
  /** Refunds sent beyond the first one of each leg. */
  repeated: number;
  stallMs: number[];
  impatientQuestions: number;
  /** Workflow tasks that failed once through core or server, and went on by themselves. */
  mendedTasks: number;
  /** Refunds by hand that look-ups took for ours because no record carries a reference of ours. */
  taken: number;
  violations: (Violation & { books?: unknown; state?: unknown })[];
}

/** What is compared. */
export interface LeftBehind extends Pick<Played, 'context'> {
  hangs: Pick<HangWatch, 'violations'>;
  workers: Pick<Workers, 'killed' | 'leaks'>;
}

/** Compares everything that a session left behind. */
export async function collectReportData(
  played: LeftBehind,
  options: Pick<ChaosOptions, 'bundlePath'> & {
    /** Whether a run must replay on our code; all must when left out. */
    isOurs?: (run: Ending) => boolean;
  },
): Promise<ReportData> {
  const { isOurs = () => true } = options;
  const { context, workers, hangs } = played;
  const { simulators, actions } = context;
  const requests = simulators.requests();
  const sends = new Sends(requests);
  const statuses: Record<string, number> = {};
  const stallMs: number[] = [];
  const violations: Violation[] = [
    ...hangs.violations,
    ...actions.seen,
    ...checkParking(actions),
    ...checkRetryAfter(requests),
  ];
  const states = new Map<string, unknown>();
  let mendedTasks = 0;
  let taken = 0;

  async function* endings(): AsyncIterable<Ending> {
    for (const script of context.scripts.values()) {
      const runs = await readEndings(context, script);
      const [newest] = runs;
      if (!newest) {
        violations.push({ invariant: 'endsWell', refundId: script.refundId, what: 'it was never started' });
        continue;
      }
      add(statuses, nameOfEnd(newest));
      states.set(script.refundId, newest.state ?? newest.status);
      for (const run of runs) {
        stallMs.push(...stallTimes(run.history, workers.killed));
        mendedTasks += countMended(run);
      }
      taken += countTaken(simulators, newest);
      violations.push(...checkRefund(context, sends, script, runs));
      yield* runs.filter((run) => run.status !== 'TERMINATED' && isOurs(run));
    }
  }

  violations.push(...(await checkReplays(endings(), options.bundlePath)));
  violations.push(...workers.leaks.map((what): Violation => ({ invariant: 'noLeaks', what })));
  const books = (refundId = '') => {
    const script = context.scripts.get(refundId);
    return script && legsOf(script.request).flatMap((leg) => simulators.books.of(leg.provider, leg.original));
  };
  return {
    statuses,
    parked: countBy(
      actions.resolutions.filter(({ answer }) => answer === 'accepted'),
      (said) => `${said.side} ${said.code} -> ${said.outcome}${said.anotherWay ? ' (by hand)' : ''}`,
    ),
    calls: countCalls(requests),
    faults: countBy(
      requests.filter(({ fault }) => fault),
      ({ fault = '' }) => fault,
    ),
    repeated: sends.repeated,
    stallMs: stallMs.sort((one, other) => one - other),
    impatientQuestions: countImpatientQuestions(requests),
    mendedTasks,
    taken,
    violations: violations.map((violation) => {
      const { refundId = '' } = violation;
      return { ...violation, books: books(refundId), state: states.get(refundId) };
    }),
  };
}

/** What the books and logs say against all runs of one refund, the newest first. */
function checkRefund(
  { simulators, actions }: Context,
  sends: Sends,
  script: Script,
  runs: readonly Ending[],
): Violation[] {
  const ofOurs = runs.filter(({ isOther }) => !isOther);
  const hasOtherRuns = ofOurs.length < runs.length;
  return [
    ...checkOriginals(simulators, script),
    ...runs.slice(0, 1).flatMap((newest) => checkRun(newest, hasOtherRuns)),
    ...runs.slice(1).flatMap((older) => (older.isOther ? checkOther(older) : [])),
    ...ofOurs.flatMap((run, index) => [
      ...(run.state || !hasOtherRuns ? checkEnd(simulators, actions, run, index === 0) : []),
      ...(run.state ? checkReceipts(simulators, run) : []),
      ...(index === 0 && !hasOtherRuns ? checkApproval(sends, actions, run) : []),
    ]),
  ];
}

/** Other content under a refund's id never counts, whatever replaced it. */
function checkOther(run: Ending): Violation[] {
  return run.status === 'COMPLETED' ? checkRun(run, true) : [];
}

function nameOfEnd({ state, status, failureType }: Ending): string {
  return state?.status ?? (failureType === FAILURES.invalidRequest ? 'invalid' : status);
}

function countCalls(
  requests: readonly { provider: ProviderName; operation: Operation }[],
): ReportData['calls'] {
  const calls: ReportData['calls'] = {};
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
