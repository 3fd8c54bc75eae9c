import type { WorkflowHandle } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import Long from 'long';
import { createOperatorClient } from '../src/client/operator';
import type { FleetVersion, UnservedRefunds } from '../src/client/operator';
import { takerOf } from '../src/client/pollers';
import type { RefundState } from '../src/domain/state';
import { parsed, runRefund } from './support/cli';
import { ONE_MORE_TIMER, writeOtherCode } from './support/other-code';
import type { OtherCode } from './support/other-code';
import { useOwnServer } from './support/own-server';
import { beginReleases, inEveryState, lastRelease, PATIENT } from './support/releases';
import { untilIt } from './support/until';
import type { Releases, Waiting } from './support/releases';
import { aRefund, aRefundAt, booked, whole } from './support/requests';
import { startSaga } from './support/saga';
import type { Saga } from './support/saga';

const { PINNED_OVERRIDE_BEHAVIOR_PINNED: PINNED } =
  temporal.api.workflow.v1.VersioningOverride.PinnedOverrideBehavior;
const { WORKER_STATUS_RUNNING: RUNNING } = temporal.api.enums.v1.WorkerStatus;

let backToShared: () => Promise<void>;
let incompatible: OtherCode;
const open: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  backToShared = await useOwnServer({ quickDrainage: true, quickReports: true });
  incompatible = await writeOtherCode(...ONE_MORE_TIMER);
});
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});
afterAll(async () => {
  await incompatible.remove();
  await backToShared();
});

function releases(versioning?: 'pinned'): Releases {
  const begun = beginReleases(versioning);
  open.push(begun);
  return begun;
}

const operatorOf = ({ client, taskQueue }: Saga) =>
  createOperatorClient({ client, taskQueue, timeoutMs: 3_000 });

const refund = ({ taskQueue }: Saga, ...args: string[]) =>
  runRefund(args, { environment: { REFUND_TASK_QUEUE: taskQueue } });

/** What `refund versions` says, by the build id. */
async function versionsOf(saga: Saga): Promise<Record<string, FleetVersion>> {
  const told = parsed(await refund(saga, 'versions', '--json')) as FleetVersion[];
  return Object.fromEntries(told.map((each) => [each.version?.split(':')[1] ?? 'none', each]));
}

async function unservedOf(saga: Saga): Promise<UnservedRefunds[]> {
  const { unserved } = await operatorOf(saga).survey();
  return unserved.filter(({ taskQueue }) => taskQueue === saga.taskQueue);
}

async function endsRefunded(saga: Saga, { request, handle, goOn }: Waiting): Promise<void> {
  await goOn(saga);
  const { status } = (await handle.result()) as RefundState;
  expect(status).toBe('refunded');
  expect(booked(saga.simulators, request)).toEqual(whole(request));
}

const everyOf = (waiting: Record<string, Waiting>) => Object.values(waiting);

async function frozen(saga: Saga, { workflowId }: WorkflowHandle): Promise<void> {
  const refundId = workflowId.replace(/^refund:/, '');
  await untilIt(async () => (await operatorOf(saga).stuck(refundId))?.kind === 'frozen');
}

test('a release that replays takes over refunds in every state, and the old workers can go', async () => {
  const deployment = releases();
  const v1 = await deployment.start('1.0.0');
  await deployment.makeCurrent('1.0.0');
  const v2 = await deployment.start('1.1.0');
  await untilIt(async () => (await versionsOf(v2))['1.1.0']?.workers === 1);
  expect((await versionsOf(v2))['1.1.0']).toMatchObject({ status: 'inactive', refunds: { running: 0 } });
  const waiting = await inEveryState(v1);
  await deployment.makeCurrent('1.1.0');
  await v1.stopWorkers();
  expect(await unservedOf(v2)).toEqual([]);
  for (const each of everyOf(waiting)) await endsRefunded(v2, each);
  for (const { handle } of everyOf(waiting)) expect(await lastRelease(handle)).toBe('1.1.0');
  expect((await versionsOf(v2))['1.0.0']).toMatchObject({ refunds: { running: 0, pinned: 0 }, workers: 0 });
});

test('a bad release freezes refunds and moves nothing; one command takes it back, and all are paid once', async () => {
  const deployment = releases();
  const v1 = await deployment.start('1.0.0');
  await deployment.makeCurrent('1.0.0');
  const v2 = await deployment.start('1.1.0', { bundlePath: incompatible.bundlePath });
  await untilIt(async () => (await versionsOf(v2))['1.1.0']?.workers === 1);
  const waiting = await inEveryState(v1);
  const sent = v1.simulators.requests({ operation: 'refund' }).length;
  await deployment.makeCurrent('1.1.0');
  await waiting.approval.goOn(v2);
  await frozen(v2, waiting.approval.handle);
  expect(booked(v1.simulators, waiting.approval.request)).toEqual({ loyalty: 0, sale: 0, cash: 0 });
  expect(v1.simulators.requests({ operation: 'refund' })).toHaveLength(sent);
  await deployment.makeCurrent('1.0.0');
  const { approval, ...others } = waiting;
  await endsRefunded(v1, { ...approval, goOn: () => Promise.resolve() });
  for (const each of everyOf(others)) await endsRefunded(v1, each);
});

test('a pinned release keeps its refunds, in every state, until it is drained', async () => {
  const deployment = releases('pinned');
  const v1 = await deployment.start('1.0.0');
  await deployment.makeCurrent('1.0.0');
  const v2 = await deployment.start('2.0.0', { bundlePath: incompatible.bundlePath });
  const waiting = await inEveryState(v1);
  await deployment.makeCurrent('2.0.0');
  const fresh = aRefundAt(v2.simulators, 'sipay');
  const begun = await v2.start(fresh);
  await endsRefunded(v2, { request: fresh, handle: begun, goOn: () => Promise.resolve() });
  expect(await lastRelease(begun)).toBe('2.0.0');
  expect((await versionsOf(v2))['1.0.0']).toMatchObject({ status: 'draining', workers: 1 });
  for (const each of everyOf(waiting)) await endsRefunded(v2, each);
  for (const { handle } of everyOf(waiting)) expect(await lastRelease(handle)).toBe('1.0.0');
  await untilIt(async () => (await versionsOf(v2))['1.0.0']?.status === 'drained');
  expect((await refund(v2, 'versions')).err).toContain('its workers can be stopped');
});

test('refunds pinned to a release whose workers are gone are told of, whatever they wait for, and go on when these are back', async () => {
  const deployment = releases('pinned');
  const v1 = await deployment.start('1.0.0');
  await deployment.makeCurrent('1.0.0');
  const v2 = await deployment.start('2.0.0');
  const waiting = await inEveryState(v1);
  await deployment.makeCurrent('2.0.0');
  await v1.stopWorkers();
  const version = `${deployment.deployment}:1.0.0`;
  let unserved: UnservedRefunds[] = [];
  await untilIt(async () => (unserved = await unservedOf(v2)).some(({ total }) => total === 4));
  expect(unserved).toEqual([
    expect.objectContaining({ taskQueue: v2.taskQueue, version, because: 'pinned', total: 4 }),
  ]);
  const { out } = await refund(v2, 'stuck');
  expect(out).toContain(`No worker of the version ${version}, to which they are pinned, polls`);
  expect(out).toContain(`TEMPORAL_WORKER_BUILD_ID=1.0.0`);
  const { refundId } = waiting.approval.request;
  const { code, err } = await refund(v2, 'approve', refundId, '--by', 'ana', '--yes');
  expect({ code, err }).toMatchObject({
    code: 4,
    err: expect.stringContaining(`none of its version ${version}`) as string,
  });
  expect((await refund(v2, 'versions')).err).toContain(`${version}: no worker serves it`);
  await v1.startWorkers();
  await untilIt(async () => (await unservedOf(v2)).length === 0);
  // What was said while nobody heard it may count now.
  const { approval, ...others } = waiting;
  await endsRefunded(v1, { ...approval, goOn: () => approval.goOn(v1).catch(() => undefined) });
  for (const each of everyOf(others)) await endsRefunded(v1, each);
});

test('while no version is current, refunds are told of that no worker takes', async () => {
  const deployment = releases();
  const v1 = await deployment.start('1.0.0');
  const request = aRefundAt(v1.simulators, 'sipay');
  const handle = await v1.start(request);
  let unserved: UnservedRefunds[] = [];
  await untilIt(async () => (unserved = await unservedOf(v1)).length > 0);
  expect(unserved).toEqual([
    { taskQueue: v1.taskQueue, version: null, because: 'current', total: 1, refundIds: [request.refundId] },
  ]);
  const { out, err } = await refund(v1, 'versions');
  expect(out).toMatch(/without a version +current +1 +0 +0/);
  expect(err).toContain('Workers without a version: no worker serves it');
  await deployment.makeCurrent('1.0.0');
  await endsRefunded(v1, { request, handle, goOn: () => Promise.resolve() });
});

test('a ramp sends a part of the new refunds to the next release, and its workers are missed there', async () => {
  const deployment = releases();
  const v1 = await deployment.start('1.0.0');
  await deployment.makeCurrent('1.0.0');
  const v2 = await deployment.start('1.1.0');
  await deployment.ramp('1.1.0', 50);
  await untilIt(async () => (await versionsOf(v1))['1.1.0']?.percentage === 50);
  const used = new Set<string | undefined>();
  for (let started = 0; used.size < 2 && started < 40; started += 1) {
    const request = aRefundAt(v1.simulators, 'sipay');
    const handle = await v1.start(request);
    await endsRefunded(v1, { request, handle, goOn: () => Promise.resolve() });
    used.add(await lastRelease(handle));
  }
  expect([...used].toSorted()).toEqual(['1.0.0', '1.1.0']);
  const waiting = await v1.start(aRefund(v1.simulators));
  await v1.until(waiting, ({ status }) => status === 'awaitingApproval');
  await v2.stopWorkers();
  let unserved: UnservedRefunds[] = [];
  await untilIt(async () => (unserved = await unservedOf(v1)).length > 0);
  expect(unserved).toMatchObject([
    { version: `${deployment.deployment}:1.1.0`, because: 'ramping', total: 1 },
  ]);
  const from = `${deployment.deployment}:1.0.0`;
  await deployment.ramp('', 30);
  await untilIt(async () => (unserved = await unservedOf(v1)).some(({ version }) => version === null));
  expect(unserved).toMatchObject([{ version: null, because: 'ramping', rampsFrom: from, total: 1 }]);
  expect((await versionsOf(v1)).none).toMatchObject({ status: 'ramping', percentage: 30, workers: 0 });
  const { out } = await refund(v1, 'stuck');
  expect(out).toContain('No worker without a version, to which a part of them ramps,');
  expect(out.replace(/\s+/g, ' ')).toContain(`--deployment-name ${deployment.deployment} --delete`);
});

test('of two deployments on one task queue that is told to which it goes', async () => {
  const [first, second] = [releases(), releases()];
  const one = await first.start('1.0.0');
  await first.makeCurrent('1.0.0');
  const other = await second.start('7.0.0', { over: one.simulators, taskQueue: one.taskQueue });
  await second.makeCurrent('7.0.0');
  await untilIt(async () => (await versionsOf(one))['7.0.0']?.status === 'current');
  expect((await versionsOf(one))['1.0.0']?.status).toBe('overtaken');
  expect((await refund(one, 'versions')).err).toContain(
    `${first.deployment}:1.0.0: takes nothing new of this task queue`,
  );
  await other.stopWorkers();
  const { refundId } = aRefundAt(one.simulators, 'sipay');
  await one.start(aRefundAt(one.simulators, 'sipay', { refundId }));
  await untilIt(async () => (await versionsOf(one))['7.0.0']?.workers === 0);
  const { err } = await refund(one, 'show', refundId);
  expect(err).toContain(`none of the version ${second.deployment}:7.0.0, which is current there, polls`);
  expect(err.replace(/\s+/g, ' ')).toContain('TEMPORAL_WORKER_BUILD_ID=7.0.0');
});

test('without versions a release that does not replay stops every approval, and the old workers mend it', async () => {
  const v1 = await startSaga({ environment: PATIENT });
  open.push(v1);
  const request = aRefund(v1.simulators);
  const handle = await v1.start(request);
  await v1.until(handle, ({ status }) => status === 'awaitingApproval');
  await v1.stopWorkers();
  const v2 = await startSaga({
    ...{ over: v1.simulators, taskQueue: v1.taskQueue },
    ...{ environment: PATIENT, bundlePath: incompatible.bundlePath },
  });
  open.push(v2);
  const told = await refund(v2, 'approve', request.refundId, '--by', 'ana', '--yes');
  expect(told).toMatchObject({ code: 4, err: expect.stringContaining('their code does not fit') as string });
  await frozen(v2, handle);
  await v2.stopWorkers();
  await v1.startWorkers();
  // The server offers a task that failed again and again only after some time.
  const approve = () => refund(v1, 'approve', request.refundId, '--by', 'ana', '--yes');
  await untilIt(async () => (await approve()).code === 0);
  await endsRefunded(v1, { request, handle, goOn: () => Promise.resolve() });
});

test('before a release that does not replay, what runs is kept where it began: by hand, and by workers that pin', async () => {
  const deployment = releases();
  const v1 = await deployment.start('1.0.0');
  await deployment.makeCurrent('1.0.0');
  const begin = async (on: Saga) => {
    const request = aRefund(on.simulators);
    const handle = await on.start(request);
    await on.until(handle, ({ status }) => status === 'awaitingApproval');
    return { request, handle, goOn: () => handle.signal('approve', { by: 'ana' }) };
  };
  const before = await begin(v1);
  await v1.stopWorkers();
  const pinning = await deployment.start('1.0.0', { environment: { REFUND_VERSIONING: 'pinned' } });
  const after = await begin(pinning);
  const version = { deploymentName: deployment.deployment, buildId: '1.0.0' };
  await v1.client.workflowService.updateWorkflowExecutionOptions({
    ...{ namespace: 'default', workflowExecution: { workflowId: before.handle.workflowId } },
    workflowExecutionOptions: { versioningOverride: { pinned: { behavior: PINNED, version } } },
    updateMask: { paths: ['versioning_override'] },
  });
  const v2 = await deployment.start('2.0.0', { bundlePath: incompatible.bundlePath });
  await deployment.makeCurrent('2.0.0');
  await untilIt(async () => (await versionsOf(v2))['1.0.0']?.refunds.pinned === 2);
  for (const each of [before, after]) {
    await endsRefunded(pinning, each);
    expect(await lastRelease(each.handle)).toBe('1.0.0');
  }
});

test('a worker that was killed is missed as soon as it has not been heard of for longer than usual', async () => {
  const saga = await startSaga();
  open.push(saga);
  const { client } = saga;
  // Any name may be that of a queue.
  const name = `killed/${saga.taskQueue}`;
  const workerIdentity = '1@gone';
  const poll = { namespace: 'default', taskQueue: { name }, identity: workerIdentity };
  // Nobody gets a task there; the server keeps the poll in mind.
  const polling = client.withDeadline(Date.now() + 5_000, () =>
    client.workflowService.pollWorkflowTaskQueue(poll).catch(() => undefined),
  );
  const isPolled = async () => {
    const access = { client, taskQueue: name, timeoutMs: 3_000 };
    return (await takerOf(access, { name, kind: 'workflow' }, undefined)).polledAt !== null;
  };
  const seconds = Math.floor(Date.now() / 1_000);
  const heartbeat = {
    ...{ workerInstanceKey: name, workerIdentity, taskQueue: name, status: RUNNING },
    heartbeatTime: { seconds: Long.fromNumber(seconds) },
    elapsedSinceLastHeartbeat: { seconds: Long.fromNumber(1) },
  };
  await client.workflowService.recordWorkerHeartbeat({
    ...{ namespace: 'default', identity: workerIdentity, workerHeartbeat: [heartbeat] },
  });
  await untilIt(isPolled, 2_000);
  await untilIt(async () => !(await isPolled()), 10_000);
  await polling;
});
