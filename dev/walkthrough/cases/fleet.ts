import { hangOf } from '../../../src/client/hanging';
import { workflowIdOf } from '../../../src/client/operator';
import { eachOnce } from '../../demo/books';
import { aLargeSale } from '../../demo/requests';
import { forApproval } from '../case';
import type { Case } from '../case';
import { until } from '../until';
import { LASTING, refundOf, seeded, settledLeg, struck } from './parts';

/** Cases in which the workers, or a whole provider, are away. */
export function fleetCases(): Case[] {
  return [approval(), providerDownBySilence(), workersAway(), wrongVersion()];
}

function approval(): Case {
  const request = refundOf(1001, aLargeSale(1001));
  return {
    name: 'approval',
    title: 'The amount is above the limit',
    request,
    prepare: seeded(request),
    waits: forApproval,
    steps: [{ command: 'refund attention' }, { command: 'refund approve' }],
    end: { status: 'refunded', movements: eachOnce(request) },
  };
}

function providerDownBySilence(): Case {
  const request = refundOf(1008, { ...aLargeSale(1008), loyalty: undefined });
  return settledLeg({
    name: 'provider-down-silence',
    title: 'Nobody takes the connection at paywall',
    request,
    arrange: async ({ refunds, simulators }) => {
      await until(async () => forApproval(await refunds.overview(request.refundId)));
      await simulators.stop();
      await refunds.decide({ refundId: request.refundId, decision: 'approve', by: 'bea' });
    },
    errand: { told: 'waits until paywall is up again', run: ({ simulators }) => simulators.start() },
    words: { outcome: 'retry', evidence: 'paywall is up again' },
  });
}

const sipayAsksForFewerCalls = struck({
  ...({ provider: 'sipay', operation: 'refund', kind: 'tooMany' } as const),
  ...LASTING,
});

function workersAway(): Case {
  const request = refundOf(1014);
  return {
    name: 'workers-away',
    title: 'Every worker is gone while sipay is being asked',
    request,
    settings: { GIVE_UP_AFTER: '24h' },
    prepare: seeded(request, sipayAsksForFewerCalls),
    waits: ({ waitingOn }) => waitingOn === 'sipay',
    worsen: async ({ fleet, simulators }) => {
      await fleet.stop();
      simulators.faults.clear();
    },
    steps: [{ command: `refund show ${request.refundId}` }, { command: 'REFUND_TASK_QUEUE=', at: 'workers' }],
    end: { status: 'refunded', movements: eachOnce(request) },
  };
}

function wrongVersion(): Case {
  const request = refundOf(1015);
  return {
    name: 'wrong-version',
    title: 'A deploy brought workers whose code does not fit the history',
    request,
    settings: { GIVE_UP_AFTER: '24h' },
    prepare: seeded(request, sipayAsksForFewerCalls),
    waits: ({ waitingOn }) => waitingOn === 'sipay',
    worsen: async ({ fleet, simulators, client }) => {
      await fleet.replaceByWrongVersion();
      simulators.faults.clear();
      const handle = client.workflow.getHandle(workflowIdOf(request.refundId));
      const hangs = async () => hangOf(await handle.describe(), (await handle.fetchHistory()).events ?? []);
      await until(async () => (await hangs()) !== undefined);
    },
    steps: [
      { command: 'refund stuck' },
      { told: 'has the deploy rolled back', run: ({ fleet }) => fleet.restart() },
    ],
    end: { status: 'refunded', movements: eachOnce(request) },
  };
}
