import { proxySinks } from '@temporalio/workflow';
import type { WorkflowInterceptors } from '@temporalio/workflow';
import { getActivator } from '@temporalio/workflow/lib/global-attributes';
import { MESSAGES } from '../domain/contract';
import type { ReadingSinks } from './sinks';

/**
 * Hands out where a run stands after each of its tasks, as its own queries would tell it; part of the bundle for reading
 * alone. A replay takes no queries, so their handlers are taken from the SDK's own table: nothing public gives them out,
 * and the SDK's version is pinned.
 */
export function interceptors(): WorkflowInterceptors {
  const { reading } = proxySinks<ReadingSinks>();
  return {
    internals: [
      {
        concludeActivation: (input, next) => {
          const { queryHandlers, currentDetails } = getActivator();
          const ask = (name: string): unknown => queryHandlers.get(name)?.handler();
          // A run that was only begun, or is no refund, has none of them.
          if (queryHandlers.has(MESSAGES.getRefund))
            reading.stands(
              JSON.stringify({
                state: ask(MESSAGES.getRefund),
                briefing: ask(MESSAGES.getBriefing),
                details: currentDetails,
              }),
            );
          return next(input);
        },
      },
    ],
  };
}
