import type { Client } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { msToTs } from '@temporalio/common/lib/time';
import { createReminders } from '../../src/runtime/reminders';

const encoded = (value: unknown) => defaultPayloadConverter.toPayload(value);

/** Refunds that wait, of which none can be read. */
function unreadable(count: number) {
  const described: string[] = [];
  const executions = Array.from({ length: count }, (_, index) => ({
    execution: { workflowId: `refund:rf-${index}`, runId: `run-${index}` },
    startTime: msToTs(1_000_000 + index),
    taskQueue: 'refunds',
    searchAttributes: {
      indexedFields: {
        RefundNeedsAttention: encoded(true),
        RefundReason: encoded('sipay:ambiguous'),
      },
    },
  }));
  const workflowService = {
    listWorkflowExecutions: () => Promise.resolve({ executions, nextPageToken: new Uint8Array() }),
    describeWorkflowExecution: ({ execution }: { execution: { workflowId: string } }) => {
      described.push(execution.workflowId);
      return Promise.reject(new Error('it cannot be read'));
    },
  };
  const client = {
    withDeadline: (_: number, ask: () => unknown) => ask(),
    workflow: { options: { namespace: 'default' }, workflowService },
  } as unknown as Client;
  return { client, described };
}

test('refunds that cannot be read keep nobody from hearing of the others', async () => {
  const { client, described } = unreadable(450);
  const warnings: unknown[] = [];
  const logger = { ...console, trace: console.log, log: console.log, warn: () => warnings.push(1) };
  const options = { client, taskQueue: 'refunds', timeoutMs: 1_000, logger };
  const round = createReminders({ ...options, remindAfter: { parked: 1_000 } });
  for (let rounds = 0; rounds < 4; rounds += 1) await round();
  expect(new Set(described).size).toBe(450);
  // And none is tried in vain in every round.
  expect(warnings).toHaveLength(450);
});
