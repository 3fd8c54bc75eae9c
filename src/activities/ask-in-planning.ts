import type { CheckAnswer } from '../domain/provider-answers';
import type { ProviderName } from '../domain/plan';
import { CallsInFlight } from './calls-in-flight';

/** How long a plan waits for a provider's answer. Milliseconds. */
export const PLANNING_PATIENCE_MS = 2_000;

/** Asks a provider while a plan waits; undefined when it did not answer in time, or is not to be asked now. */
export type AskInPlanning = (
  provider: ProviderName,
  ask: () => Promise<CheckAnswer>,
) => Promise<CheckAnswer | undefined>;

/**
 * A plan holds one of its worker's slots for workflow tasks while it asks, so a provider that hangs would take them all,
 * and the refunds of every other provider would wait. Whoever did not answer in time is asked one question at a time until
 * it does again; the others go to its own queue.
 */
export function askingInPlanning(patienceMs: number): AskInPlanning {
  const slow = new Set<ProviderName>();
  const inFlight = new CallsInFlight();
  return async (provider, ask) => {
    if (slow.has(provider) && inFlight.at(provider) > 0) return undefined;
    const inTime = await within(inFlight.during(provider, ask), patienceMs);
    if (inTime) slow.delete(provider);
    else slow.add(provider);
    return inTime;
  };
}

async function within<Value>(answer: Promise<Value>, milliseconds: number): Promise<Value | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, milliseconds, undefined);
  });
  // One that comes too late is read by nobody.
  answer.catch(() => undefined);
  return Promise.race([answer, late]).finally(() => {
    clearTimeout(timer);
  });
}
