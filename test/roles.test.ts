import type { WorkflowHandle } from '@temporalio/client';
import { PROVIDER_NAMES } from '../src/domain/plan';
import { createRefundClient } from '../src/client';
import { createSurveyor } from '../src/client/health/survey';
import { aRefund, aRefundAt, aWyreLeg, aMircateLeg, booked, whole } from './support/requests';
import { startSaga } from './support/saga';
import type { Saga, SagaOptions } from './support/saga';

const open: Saga[] = [];
const start = async (options: SagaOptions = {}) => {
  const saga = await startSaga(options);
  open.push(saga);
  return saga;
};
afterEach(async () => {
  for (const saga of open.splice(0).reverse()) await saga.close();
});

const PROVIDERS = PROVIDER_NAMES.join(',');

/** Every variable of these providers unset: a worker that has nothing of theirs. */
function nothingOf({ simulators }: Saga, ...providers: string[]): Record<string, string> {
  const names = Object.keys(simulators.environment());
  const isOf = (name: string) => providers.some((provider) => name.startsWith(provider.toUpperCase()));
  return Object.fromEntries(names.filter(isOf).map((name) => [name, '']));
}

test('a worker of refunds without any secret plans, and each call is made by the worker of its provider alone', async () => {
  const first = await start({ environment: { WORKER_ROLES: 'dsquares', PROVIDERS } });
  const { simulators, taskQueue } = first;
  const only = (role: string) =>
    start({
      ...{ over: simulators, taskQueue },
      environment: {
        ...nothingOf(first, ...PROVIDER_NAMES.filter((name) => name !== role)),
        ...{ WORKER_ROLES: role, PROVIDERS },
      },
    });
  await only('refunds');
  for (const role of ['mircate', 'paywall', 'wyre']) await only(role);
  const request = aRefund(simulators, { cash: aWyreLeg() });
  const handle = await first.start(request);
  expect(await handle.result()).toMatchObject({ status: 'refunded' });
  expect(booked(simulators, request)).toEqual(whole(request));
  // Asked before anything moved, by workers that have the secrets.
  const asked = (provider: 'dsquares' | 'wyre') => simulators.requests({ provider, operation: 'lookUp' });
  for (const provider of ['dsquares', 'wyre'] as const) expect(asked(provider).length).toBeGreaterThan(0);
  const refused = aRefund(simulators, { loyalty: aMircateLeg() });
  simulators.paywall.refundByHand((refused.sale as { externalReference: string }).externalReference);
  const unserved = await first.start({ ...refused, cash: undefined });
  expect(await unserved.result()).toMatchObject({ status: 'declined' });
  expect(booked(simulators, { ...refused, sale: undefined })).toEqual({ loyalty: 0, cash: 0 });

  // Nobody serves sipay: what waits for it is told of by the queue that nobody polls.
  const waiting = await first.start(aRefundAt(simulators, 'sipay'));
  await first.until(waiting, ({ status, legs }) => status === 'planning' && legs.cash !== undefined);
  const calls = (await waiting.describe()).raw.pendingActivities?.map(
    ({ activityOptions }) => activityOptions,
  );
  expect(calls).toMatchObject([{ taskQueue: { name: `${taskQueue}-sipay` } }]);
  await waiting.terminate('a test');
});

/** Where the refunds of a run were to be made, in order. */
async function queuesOf(handle: WorkflowHandle): Promise<(string | null | undefined)[]> {
  const { events } = await handle.fetchHistory();
  return (events ?? []).flatMap(({ activityTaskScheduledEventAttributes: scheduled }) =>
    scheduled?.activityType?.name === 'refundLeg' ? [scheduled.taskQueue?.name] : [],
  );
}

test('where one process does everything a refund is tried on the queue of refunds, but for a provider with a rate', async () => {
  const saga = await start({ environment: { WYRE_RATE_PER_SECOND: '100' } });
  const { simulators, taskQueue } = saga;
  const request = aRefund(simulators, { cash: aWyreLeg() });
  const handle = await saga.start(request);
  expect(await handle.result()).toMatchObject({ status: 'refunded' });
  expect(await queuesOf(handle)).toEqual([taskQueue, taskQueue, `${taskQueue}-wyre`]);
  expect(booked(simulators, request)).toEqual(whole(request));
});

test('a refund that a worker without its provider takes up is left to the provider’s own queue, and made once', async () => {
  const everything = await start({ environment: { APPROVAL_LIMITS: '' } });
  const { simulators, taskQueue } = everything;
  const request = aRefundAt(simulators, 'wyre');
  const handle = await everything.start(request);
  await everything.until(handle, ({ status }) => status === 'awaitingApproval');
  await everything.stopWorkers();
  const environment = { ...nothingOf(everything, 'wyre'), PROVIDERS };
  const without = await start({ over: simulators, taskQueue, environment });
  await start({ over: simulators, taskQueue, environment: { WORKER_ROLES: 'wyre', PROVIDERS } });
  await without.client.workflow.getHandle(handle.workflowId).signal('approve', { by: 'ana' });
  expect(await handle.result()).toMatchObject({ status: 'refunded' });
  expect(await queuesOf(handle)).toEqual([taskQueue, `${taskQueue}-wyre`]);
  expect(simulators.requests({ provider: 'wyre', operation: 'refund' })).toHaveLength(1);
  expect(booked(simulators, request)).toEqual(whole(request));
});

test('a provider whose every slot hangs takes none of another one', async () => {
  const saga = await start({
    environment: { SIPAY_MAX_CONCURRENT: '2', CALL_TIMEOUT: '15s', ABSENCE_AFTER: '15s' },
  });
  const { simulators } = saga;
  simulators.faults.add({ provider: 'sipay', operation: 'refund', kind: 'slow', delayMs: 14_000, times: 50 });
  const hanging = await Promise.all(
    Array.from({ length: 5 }, () => saga.start(aRefundAt(simulators, 'sipay'))),
  );
  while (simulators.requests({ provider: 'sipay', operation: 'refund' }).length < 2)
    await new Promise((resolve) => setTimeout(resolve, 20));
  const others = Array.from({ length: 20 }, () => aRefundAt(simulators, 'wyre'));
  const ends = await Promise.all(others.map((request) => saga.run(request)));
  expect(ends.map(({ status }) => status)).toEqual(others.map(() => 'refunded'));
  expect(simulators.requests({ provider: 'sipay', operation: 'refund' })).toHaveLength(2);
  for (const handle of hanging)
    expect(await saga.state(handle)).toMatchObject({ legs: { cash: { status: 'refunding' } } });
  await Promise.all(hanging.map((handle) => handle.terminate('a test')));
});

test('a provider that answers no question keeps no slot of those that plan', async () => {
  const environment = { CALL_TIMEOUT: '8s', ABSENCE_AFTER: '8s' };
  const saga = await start({ environment, workflowTaskSlots: 4 });
  const { simulators } = saga;
  simulators.faults.add({ provider: 'sipay', operation: 'lookUp', kind: 'slow', delayMs: 7_000, times: 50 });
  const hanging = await Promise.all(
    Array.from({ length: 12 }, () => saga.start(aRefundAt(simulators, 'sipay'))),
  );
  const others = Array.from({ length: 5 }, () => aRefundAt(simulators, 'wyre'));
  const ends = await Promise.all(others.map((request) => saga.run(request)));
  expect(ends.map(({ status }) => status)).toEqual(others.map(() => 'refunded'));
  const refunds = createRefundClient({ client: saga.client, taskQueue: saga.taskQueue });
  const states = await Promise.all(hanging.map(({ workflowId }) => refunds.overview(workflowId.slice(7))));
  expect(states.map(({ run }) => run)).toEqual(hanging.map(() => 'RUNNING'));
  await Promise.all(hanging.map((handle) => handle.terminate('a test')));
});

test('refunds that wait for a provider which nobody serves are told of as such, and no others', async () => {
  const environment = { WORKER_ROLES: 'refunds', PROVIDERS };
  const saga = await start({ environment });
  const { simulators, taskQueue } = saga;
  const roles = (WORKER_ROLES: string) =>
    start({ over: simulators, taskQueue, environment: { WORKER_ROLES, PROVIDERS } });
  const sipay = await roles('sipay');
  simulators.faults.add({ provider: 'sipay', operation: 'refund', kind: 'down', times: 1_000 });
  const handle = await saga.start(aRefundAt(simulators, 'sipay'));
  await saga.until(handle, ({ status, waitingOn }) => status === 'refunding' && waitingOn === 'sipay');
  await sipay.stopWorkers();
  const survey = createSurveyor({ client: saga.client, taskQueue, timeoutMs: 5_000 });
  const ours = async () => (await survey()).unserved.filter((found) => found.taskQueue.startsWith(taskQueue));
  while ((await ours()).length === 0) await new Promise((resolve) => setTimeout(resolve, 200));
  expect(await ours()).toMatchObject([{ provider: 'sipay', taskQueue: `${taskQueue}-sipay`, total: 1 }]);
  await handle.terminate('a test');
});
