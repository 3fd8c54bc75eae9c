import type { CheckedDecision } from '../domain/activity-types';
import { resultIn, thisRunAndThoseBefore } from './histories';
import type { HistoryEvent } from './histories';
import type { EarlierAcceptance } from './verify-decision';

/** Goes back through the runs that were reset, and looks for one that accepted what has this hash. */
export async function wasAcceptedEarlier(statementHash: string): Promise<EarlierAcceptance> {
  for await (const { events } of thisRunAndThoseBefore()) {
    if (!events) return 'gone';
    for (const event of events) if (await accepts(event, statementHash)) return 'accepted';
  }
  return 'notAccepted';
}

async function accepts(event: HistoryEvent, hash: string): Promise<boolean> {
  if (!event.markerRecordedEventAttributes) return false;
  const checked = (await resultIn(event)) as Partial<CheckedDecision> | null | undefined;
  return checked?.kind === 'accepted' && checked.statementHash === hash;
}
