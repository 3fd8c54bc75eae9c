import type { Violation } from '../../chaos/violations';
import type { Outcome } from './session';

/** What the proof comes to. */
export interface Verdict {
  /** Rules that were broken. */
  violations: Violation[];
  /** Refunds whose workflow tasks failed on the release that does not replay them. */
  refusedByCode: number;
  proven: boolean;
}

/** What the server writes of a task whose code does not replay the history. */
const DOES_NOT_REPLAY = /a workflow task failed: .*Nondeterminism/i;

/** Tells what the bad release was bound to do from what must not happen. */
export function judge({ data, crashes, hung, wentOn }: Outcome): Verdict {
  const frozen = data.violations.filter(
    ({ invariant, what }) => invariant === 'noHangs' && DOES_NOT_REPLAY.test(what),
  );
  const violations = data.violations.filter((found) => !frozen.includes(found));
  const refusedByCode = new Set(frozen.map(({ refundId }) => refundId)).size;
  const proven =
    violations.length === 0 && crashes.length === 0 && hung > 0 && wentOn.refunds > 0 && data.repeated > 0;
  return { violations, refusedByCode, proven };
}

/** The report as people read it. */
export function showReport(outcome: Outcome): string {
  const { steps, data, hung, rollbackMs, wentOn, healed, broughtBack, crashes, seconds } = outcome;
  const { violations, refusedByCode, proven } = judge(outcome);
  return [
    `A rolling upgrade, a bad release, and the way back, in ${seconds} s`,
    '',
    ...steps.map(({ name, underWay }) => `${name}\n  ${counted(underWay)}`),
    '',
    `Hung on the bad release when it was taken back: ${hung}; its code refused ${refusedByCode} in all`,
    `The command that took it back: ${inSeconds(rollbackMs)}`,
    `Begun before it, and gone on by themselves: ${wentOn.refunds}, the last after ${inSeconds(wentOn.ms)}`,
    `Begun on it, or taken further, and gone on after one refund heal: ${healed}`,
    `Begun to be reversed on it, and ended by it once it was current again: ${broughtBack}`,
    `Ended: ${counted(data.statuses)}`,
    `Refunds sent beyond the first of each leg: ${data.repeated}`,
    `Workers that ended by themselves: ${crashes.length}`,
    ...crashes,
    `Violations: ${violations.length}`,
    ...violations.map(({ invariant, refundId = '', what }) => `! ${invariant} ${refundId}: ${what}`),
    proven ? 'Proven.' : 'Not proven.',
  ].join('\n');
}

function counted(counts: Record<string, number>): string {
  return Object.entries(counts)
    .sort(([, one], [, other]) => other - one)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ');
}

function inSeconds(milliseconds: number): string {
  return `${(milliseconds / 1_000).toFixed(1)} s`;
}
