import { ApplicationFailure, Context } from '@temporalio/activity';
import { NOT_HERE } from '../domain/activity-types';
import type { ProviderName } from '../domain/plan';
import { CallsInFlight } from './calls-in-flight';
import type { PlanningRules } from './draft';

/** Makes a call, or leaves it to the provider's own queue. */
export type Eagerly = <Result>(provider: ProviderName, call: () => Promise<Result>) => Promise<Result>;

/**
 * Calls that are taken from the queue of refunds save the server a round trip, and take slots that the refunds of all
 * providers share. So each provider has only some; one that hangs keeps the rest of its calls waiting on its own queue. A
 * worker that does not serve the provider has none.
 */
export function eagerSlots({
  taskQueue,
  eagerSlots: slots,
}: Pick<PlanningRules, 'taskQueue' | 'eagerSlots'>): Eagerly {
  const inFlight = new CallsInFlight();
  return async (provider, call) => {
    if (Context.current().info.taskQueue !== taskQueue) return call();
    if (inFlight.at(provider) >= (slots[provider] ?? 0)) throw notHere(provider);
    return inFlight.during(provider, call);
  };
}

/** The engine is not to try it here again: the run has it made on the provider's own queue. */
function notHere(provider: ProviderName): ApplicationFailure {
  return ApplicationFailure.nonRetryable(`Not sent: left to the queue of ${provider}.`, NOT_HERE);
}
