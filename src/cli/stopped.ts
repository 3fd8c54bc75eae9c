import type { Survey } from '../client/operator';
import { resumeCommand } from '../domain/provider-stop';
import { timeWithAge } from './ages';
import { showNext } from './next';
import { plain } from './text';

/** A stopped provider, with what it means for the money and the command that ends it. */
export type StoppedFinding = Survey['stopped'][number] & {
  kind: 'providerStopped';
  meaning: string;
  next: string[];
};

/** Adds to a stopped provider what it means and what to do. */
export function stoppedFinding(stopped: Survey['stopped'][number]): StoppedFinding {
  return {
    kind: 'providerStopped',
    ...stopped,
    meaning:
      'No refund and no reversal is sent to it; look-ups go on. What waits is sent by itself once it is resumed.',
    next: [resumeCommand(stopped.provider)],
  };
}

/** A stopped provider, in words. */
export function showStopped({ provider, by, since, reason, waiting, meaning, next }: StoppedFinding): string {
  const refunds = waiting === 1 ? '1 refund waits' : `${waiting} refunds wait`;
  return [
    plain(
      `Provider ${provider} has been stopped since ${timeWithAge(since)} by ${by}: ${reason}. ${refunds} for it.`,
    ),
    `  ${meaning}`,
    ...next.map(showNext),
  ].join('\n');
}
