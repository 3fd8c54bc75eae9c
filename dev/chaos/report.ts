import type { ChaosOptions } from './options';
import type { Played } from './session';
import type { ReportData } from './report-data';
import { INVARIANTS } from './violations';
import type { Invariant } from './violations';

/** What a session is remembered by. */
export interface Report extends Omit<ReportData, 'stallMs'> {
  seed: number;
  refunds: number;
  seconds: number;
  disturbances: Record<string, number>;
  people: Record<string, number>;
  hung: { failing: number; lostTasks: number };
  /** How long refunds stood still after the worker that worked on them was killed. */
  stalled: { count: number; p50Ms: number; p99Ms: number };
  crashes: string[];
  broken: Record<Invariant, number>;
}

/** Sums a session up. */
export function writeReport(options: ChaosOptions, played: Played, data: ReportData): Report {
  const { workers, disturbances, hangs, context } = played;
  const { stallMs, ...counted } = data;
  const { actions } = context;
  const resets = [...actions.resets.values()].reduce((sum, runs) => sum + runs.length, 0);
  const broken = Object.fromEntries(
    Object.keys(INVARIANTS).map((name) => [
      name,
      data.violations.filter(({ invariant }) => invariant === name).length,
    ]),
  ) as Report['broken'];
  return {
    seed: options.seed,
    refunds: context.scripts.size,
    seconds: Math.round(played.seconds),
    ...counted,
    disturbances: { workerKills: workers.killed.length, ...disturbances, resets },
    people: {
      cancels: actions.cancels,
      hostileMessages: actions.hostile,
      ...Object.fromEntries(
        Object.entries(actions.secondStarts).map(([how, count]) => [`started again (${how})`, count]),
      ),
      queries: actions.queries,
      detailsReadBesideTheBooks: actions.readings,
    },
    hung: { failing: hangs.violations.length, lostTasks: hangs.lost },
    stalled: { count: stallMs.length, p50Ms: quantile(stallMs, 0.5), p99Ms: quantile(stallMs, 0.99) },
    crashes: workers.crashes,
    broken,
  };
}

/** Whether a session proves anything, and nothing bad: 0, else 1. */
export function exitCodeOf({ violations, repeated }: Report): 0 | 1 {
  return violations.length === 0 && repeated > 0 ? 0 : 1;
}

/** The report as people read it. */
export function showReport(report: Report): string {
  const { calls, stalled, hung } = report;
  const ofCalls = Object.entries(calls).map(
    ([provider, counts]) => [provider, Object.entries(counts).map(pair).join('  ')] as const,
  );
  const rules = Object.entries(INVARIANTS).map(
    ([name, rule]) => [rule, report.broken[name as Invariant]] as const,
  );
  return [
    `Chaos: ${report.refunds} refunds, seed ${report.seed}, ${report.seconds} s`,
    table('Ended as', Object.entries(report.statuses)),
    table('Parked, and how an operator settled it', Object.entries(report.parked)),
    table('Calls', ofCalls),
    table('Refunds sent beyond the first of each leg', [['repeated', report.repeated]]),
    table('Troubles that struck a call', [['by kind', Object.entries(report.faults).map(pair).join('  ')]]),
    table('Disturbances', Object.entries(report.disturbances)),
    table('People', Object.entries(report.people)),
    table('Runs that hung', Object.entries(hung)),
    table('Held by a killed worker, until another took over', Object.entries(stalled)),
    table('Also seen', [
      ['questions asked again sooner than Retry-After', report.impatientQuestions],
      ['refunds by hand that nobody can tell from ours', report.taken],
      ['tasks that failed once through core or server, and went on', report.mendedTasks],
      ['workers that ended by themselves', report.crashes.length],
    ]),
    table('Violations', rules),
    ...report.violations.map(({ invariant, refundId = '', what }) => `! ${invariant} ${refundId}: ${what}`),
    report.repeated === 0 ? 'Nothing was sent twice: this session proves nothing.' : '',
  ].join('\n');
}

function table(title: string, rows: readonly (readonly [string, string | number])[]): string {
  const width = Math.max(0, ...rows.map(([name]) => name.length));
  const sorted = [...rows].map(([name, value]) => `  ${name.padEnd(width)}  ${value}`);
  return [`\n${title}`, ...sorted].join('\n');
}

function pair([name, count]: [string, number]): string {
  return `${name} ${count}`;
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
