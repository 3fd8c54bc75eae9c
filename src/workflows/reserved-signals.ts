import type { WorkflowInterceptors } from '@temporalio/workflow';

/**
 * The SDK fails the task of a run with a default signal handler, over and over, at each signal whose name it reserves for
 * itself, and calls no other interceptor for it. Under another name it goes where all unknown signals go.
 */
export function interceptors(): WorkflowInterceptors {
  return {
    internals: [
      {
        activate: (input, next) => {
          for (const { signalWorkflow } of input.activation.jobs ?? []) {
            if (signalWorkflow?.signalName?.startsWith(RESERVED))
              signalWorkflow.signalName = `reserved:${signalWorkflow.signalName}`;
          }
          next(input);
        },
      },
    ],
  };
}

const RESERVED = '__temporal_';
