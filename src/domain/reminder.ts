import type { ProviderName } from './plan';
import type { ProblemCode } from './provider-answers';

/**
 * What a refund can wait for, from the rule that counts least to the one that counts most: any parked leg, one with this
 * problem, one with this problem at this provider. `approval` stands apart.
 */
export type RemindedOf = 'approval' | 'parked' | ProblemCode | `${ProviderName}:${ProblemCode}`;

/** After how long somebody is reminded of a refund that waits for a person, in milliseconds; null: never. */
export type RemindAfter = Readonly<Partial<Record<RemindedOf, number | null>>>;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** What holds where nothing else is said. */
export const REMIND_AFTER: RemindAfter = {
  approval: 4 * HOUR_MS,
  ambiguous: HOUR_MS,
  parked: 12 * HOUR_MS,
};

/** After how long the first reminder of a wait is due; null where nobody wants one. */
export function firstReminderMs(reason: string, settings: RemindAfter): number | null {
  const [, code = ''] = reason.split(':');
  const rules: readonly (number | null | undefined)[] = (
    reason === 'approval' ? [reason] : [reason, code, 'parked']
  ).map((name) => (Object.hasOwn(settings, name) ? settings[name as RemindedOf] : undefined));
  return rules.find((rule) => rule !== undefined) ?? null;
}

/** Which reminder of a wait is due, and when the next one is, counted from its beginning. */
export interface DueReminder {
  /** 1 for the first; 0: none yet. */
  step: number;
  nextMs: number;
}

/** A wait is told anew each time it has become twice as long, and at least once a day after the first time. */
export function reminderDue(waitedMs: number, firstMs: number): DueReminder {
  let step = 0;
  let nextMs = firstMs;
  for (; nextMs <= waitedMs; nextMs += Math.min(nextMs, DAY_MS)) step += 1;
  return { step, nextMs };
}
