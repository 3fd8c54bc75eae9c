import type { WorkflowHandle } from '@temporalio/client';
import { advance } from '../dev/temporal-server';
import type { RefundRequest } from '../src/domain/request';
import { aStatement, approverKeys, FORGED } from './support/approvers';
import type { Forged } from './support/approvers';
import { aRefund, booked, emptyFloatFor } from './support/requests';
import { resetByHand } from './support/reset';
import { details, replays } from './support/runs';
import { startSaga, type Saga } from './support/saga';
import { untilIt } from './support/until';

let saga: Saga;
beforeAll(async () => {
  saga = await startSaga({
    environment: {
      APPROVAL_LIMITS: 'TRY=5000,points=500',
      APPROVER_KEYS: approverKeys('ana', 'bob', 'order-service'),
    },
  });
});
afterAll(() => saga.close());

interface Asked {
  request: RefundRequest;
  handle: WorkflowHandle;
}

const WAITS = { required: true, signed: true, decision: null };

async function asked(request = aRefund(saga.simulators)): Promise<Asked> {
  const handle = await saga.start(request);
  await saga.until(handle, ({ status }) => status === 'awaitingApproval');
  return { request, handle };
}

function decide(handle: WorkflowHandle, argument: object): Promise<unknown> {
  return handle.executeUpdate('decide', { args: [argument] });
}

function refusedAs(why: string): unknown {
  return expect.objectContaining({
    cause: expect.objectContaining({
      type: 'DecisionRefused',
      message: expect.stringContaining(why) as unknown,
    }) as unknown,
  });
}

async function listed(handle: WorkflowHandle, count: number): Promise<string[]> {
  for (;;) {
    const lines = (await details(handle)).match(/^- (?:approve|reject) at .*$/gm) ?? [];
    if (lines.length >= count) return lines;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe('a refund whose approvers have keys', () => {
  test('goes on after a signed approval by signal, and says in its state who signed', async () => {
    const { request, handle } = await asked();
    expect((await saga.state(handle)).approval).toEqual(WAITS);
    await handle.signal('approve', { by: 'ana', note: 'ok', statement: await aStatement(handle, request) });
    expect(await handle.result()).toMatchObject({
      status: 'refunded',
      approval: { required: true, signed: true, decision: 'approved', by: 'ana', note: 'ok' },
    });
    expect(booked(saga.simulators, request)).toEqual({ loyalty: 500, sale: 10_000, cash: 2_550 });
  });

  test('is rejected by a signed update, which is answered', async () => {
    const { request, handle } = await asked();
    const statement = await aStatement(handle, request, { claims: { decision: 'reject' } });
    expect(await decide(handle, { decision: 'reject', by: 'ANA', statement })).toMatchObject({
      approval: { signed: true, decision: 'rejected', by: 'ANA' },
    });
    expect(await handle.result()).toMatchObject({ status: 'rejected' });
    expect(booked(saga.simulators, request)).toEqual({ loyalty: 0, sale: 0, cash: 0 });
  });

  test('asks nobody below the limits, and then ignores a statement', async () => {
    const request = aRefund(saga.simulators, { sale: undefined });
    const handle = await saga.client.workflow.signalWithStart('refundOrder', {
      taskQueue: saga.taskQueue,
      workflowId: `refund:${request.refundId}`,
      args: [request],
      signal: 'approve',
      signalArgs: [{ by: 'ana', statement: 'x' }],
    });
    expect(await handle.result()).toMatchObject({ status: 'refunded' });
    expect(await details(handle)).toContain('no approval is needed; to stop the refund, cancel it');
  });

  test('tells an operator to sign, and has nothing to paste', async () => {
    const { handle } = await asked();
    const text = await details(handle);
    expect(text).toContain('--by NAME --key FILE');
    expect(text).not.toContain('"decision"');
    await handle.terminate();
  });
});

describe('a statement changes nothing when it is', () => {
  let at: Asked;
  beforeAll(async () => {
    at = await asked();
  });
  afterAll(() => at.handle.terminate());

  test.each<[string, Forged, string]>([
    ...FORGED,
    ['for the other decision', { claims: { decision: 'reject' } }, 'another decision'],
  ])('%s', async (_, forged, why) => {
    const { handle, request } = at;
    const statement = await aStatement(handle, request, forged);
    await expect(decide(handle, { decision: 'approve', by: 'ana', statement })).rejects.toEqual(
      refusedAs(why),
    );
    const before = (await listed(handle, 0)).length;
    await handle.signal('approve', { by: 'ana', statement });
    expect((await listed(handle, Math.min(before + 1, 20))).at(-1)).toContain(why);
    expect((await saga.state(handle)).approval).toEqual(WAITS);
    expect(booked(saga.simulators, request)).toEqual({ loyalty: 0, sale: 0, cash: 0 });
  });

  test('altered after it was signed', async () => {
    const { handle, request } = at;
    const [header = '', body = '', signature = ''] = (await aStatement(handle, request)).split('.');
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as object;
    const raised = Buffer.from(JSON.stringify({ ...claims, exp: 9_999_999_999 })).toString('base64url');
    const unsigned = Buffer.from('{"alg":"none"}').toString('base64url');
    for (const statement of [`${header}.${raised}.${signature}`, `${unsigned}.${body}.${signature}`]) {
      await expect(decide(handle, { decision: 'approve', by: 'ana', statement })).rejects.toEqual(
        refusedAs('its statement'),
      );
    }
  });

  test('of somebody without a key, or of whoever requested the refund', async () => {
    const { handle, request } = at;
    const ofMallory = await aStatement(handle, request, { key: 'mallory', claims: { approver: 'mallory' } });
    await expect(
      decide(handle, { decision: 'approve', by: 'mallory', statement: ofMallory }),
    ).rejects.toEqual(refusedAs('know no key of this approver'));
    const own = await aStatement(handle, request, {
      key: 'order-service',
      claims: { approver: 'order-service' },
    });
    for (const by of ['order-service', 'ORDER-Service', 'ana']) {
      await expect(decide(handle, { decision: 'approve', by, statement: own })).rejects.toEqual(
        refusedAs('Refused, nothing was changed'),
      );
    }
    expect((await saga.state(handle)).approval).toEqual(WAITS);
  });

  test.each<[string, unknown]>([
    ['missing', undefined],
    ['null', null],
    ['a number', 7],
    ['true', true],
    ['a list', ['a.b.c']],
    ['a list of what looks like one', [`e30.e30.${'e'.repeat(86)}`]],
    ['an object', { statement: 'a.b.c' }],
    ['empty', ''],
    ['no JWS', 'approved by ana'],
    ['a JWS without a signature', 'e30.e30.'],
    ['huge', `e30.${'e'.repeat(100_000)}.${'e'.repeat(86)}`],
    ['dots', '..'],
  ])('%s', async (_, statement) => {
    const { handle } = at;
    const message = { by: 'ana', statement };
    const lines = (await listed(handle, 0)).length;
    const before = (await handle.fetchHistory()).events?.length;
    await expect(decide(handle, { decision: 'approve', ...message })).rejects.toEqual(
      refusedAs('refund approve <id> --by NAME --key FILE'),
    );
    expect((await handle.fetchHistory()).events?.length).toBe(before);
    await handle.signal('approve', message);
    expect((await listed(handle, Math.min(lines + 1, 20))).at(-1)).toContain('accepts only signed decisions');
  });
});

describe('a signed decision', () => {
  test('of one refund does not pass for another, and counts once for its own', async () => {
    const [one, two] = [await asked(), await asked()];
    const statement = await aStatement(one.handle, one.request);
    await expect(decide(two.handle, { decision: 'approve', by: 'ana', statement })).rejects.toEqual(
      refusedAs('another refund'),
    );
    await one.handle.signal('approve', { by: 'ana', statement });
    await one.handle.signal('approve', { by: 'ana', statement });
    await one.handle.signal('reject', { by: 'ana', statement });
    expect(await one.handle.result()).toMatchObject({ status: 'refunded' });
    expect(await listed(one.handle, 2)).toHaveLength(2);
    await two.handle.terminate();
  });

  test('counts before the question is asked; an unsigned or forged one before it does not stand in its way', async () => {
    const request = aRefund(saga.simulators);
    await saga.stopWorkers();
    const handle = await saga.start(request);
    const good = await aStatement(handle, request);
    const forged = await aStatement(handle, request, { key: 'bob' });
    await handle.signal('reject', { by: 'eve' });
    await handle.signal('reject', { by: 'ana', statement: forged });
    await handle.signal('approve', { by: 'ana', statement: good });
    await saga.startWorkers();
    expect(await handle.result()).toMatchObject({ status: 'refunded', approval: { decision: 'approved' } });
    expect(await listed(handle, 2)).toHaveLength(2);
    await replays(handle);
  });

  test('counts once among many that come before the plan, whichever is heard first; each is answered', async () => {
    const refunds = Array.from({ length: 4 }, () => aRefund(saga.simulators));
    await saga.stopWorkers();
    const handles = await Promise.all(refunds.map((request) => saga.start(request)));
    const answers = Promise.all(
      handles.map(async (handle, index) => {
        const request = refunds[index] ?? aRefund(saga.simulators);
        const statement = await aStatement(handle, request);
        const forged = await aStatement(handle, request, { key: 'bob' });
        const unsigned = { decision: 'reject', by: 'bob' };
        const wrong = { decision: 'reject', by: 'ana', statement: forged };
        const right = { decision: 'approve', by: 'ana', statement };
        const sent = [wrong, right, unsigned, wrong, right, wrong];
        return Promise.allSettled(sent.map((message) => decide(handle, message)));
      }),
    );
    await saga.startWorkers();
    for (const [wrong, right, unsigned, ...others] of await answers) {
      expect(unsigned).toMatchObject({ status: 'rejected' });
      expect(wrong).toMatchObject({ status: 'rejected' });
      const accepted = [right, ...others].filter((answer) => answer?.status === 'fulfilled');
      expect(accepted).toMatchObject([{ value: { approval: { decision: 'approved', by: 'ana' } } }]);
    }
    for (const handle of handles) {
      expect(await handle.result()).toMatchObject({ status: 'refunded' });
      await replays(handle);
    }
  });

  test('is asked for after the workers started again, also without any approver’s key', async () => {
    const { request, handle } = await asked();
    await saga.restartWorkers();
    await expect(decide(handle, { decision: 'approve', by: 'ana' })).rejects.toEqual(
      refusedAs('accepts only signed decisions'),
    );
    const without = await startSaga({ taskQueue: saga.taskQueue, environment: { APPROVAL_LIMITS: '' } });
    await saga.stopWorkers();
    const statement = await aStatement(handle, request);
    await expect(decide(handle, { decision: 'approve', by: 'ana', statement })).rejects.toEqual(
      refusedAs('know no key of this approver'),
    );
    await without.close();
    await saga.startWorkers();
    expect(await decide(handle, { decision: 'approve', by: 'ana', statement })).toMatchObject({
      approval: { decision: 'approved' },
    });
    expect(await handle.result()).toMatchObject({ status: 'refunded' });
    await replays(handle);
  });

  test('counts when it came in time but no worker ran when the deadline passed', async () => {
    const { request, handle } = await asked();
    await saga.stopWorkers();
    const skipped = advance(
      saga.client.connection,
      { namespace: 'default', workflowId: handle.workflowId },
      4 * 86_400,
    );
    await untilIt(async () =>
      Boolean((await handle.fetchHistory()).events?.some(({ timerFiredEventAttributes: fired }) => fired)),
    );
    await handle.signal('approve', { by: 'ana', statement: await aStatement(handle, request) });
    await saga.startWorkers();
    expect(await handle.result()).toMatchObject({ status: 'refunded', approval: { decision: 'approved' } });
    await skipped.catch(() => undefined);
    await replays(handle);
  });

  test('is still awaited after a flood of forged ones, of which no more than twenty wait at a time', async () => {
    const { request, handle } = await asked();
    const forged = await aStatement(handle, request, { key: 'bob' });
    await saga.stopWorkers();
    await Promise.all(
      Array.from({ length: 60 }, () => handle.signal('approve', { by: 'ana', statement: forged })),
    );
    await saga.startWorkers();
    // The plan's own marker, and one for each that is checked: nothing is in line any more.
    await untilIt(async () => (await markersOf(handle)) === 1 + 20);
    const statement = await aStatement(handle, request);
    expect(await decide(handle, { decision: 'approve', by: 'ana', statement })).toMatchObject({
      approval: { decision: 'approved' },
    });
    expect(await handle.result()).toMatchObject({ status: 'refunded' });
    await replays(handle);
  });

  test('is no longer checked after two hundred, by signal and update together, and the refusal says so', async () => {
    const { request, handle } = await asked();
    const forged = await aStatement(handle, request, { key: 'bob' });
    const wrong = { decision: 'approve', by: 'ana', statement: forged };
    for (let checked = 0; checked < 200; checked += 10) {
      if (checked % 20 === 0)
        await Promise.allSettled(Array.from({ length: 10 }, () => decide(handle, wrong)));
      else await Promise.all(Array.from({ length: 10 }, () => handle.signal('approve', wrong)));
      await untilIt(async () => (await markersOf(handle)) === 1 + checked + 10);
    }
    const statement = await aStatement(handle, request);
    const events = (await handle.fetchHistory()).events?.length;
    await expect(decide(handle, { decision: 'approve', by: 'ana', statement })).rejects.toEqual(
      refusedAs('has checked 200 signed decisions and checks no more'),
    );
    expect((await handle.fetchHistory()).events?.length).toBe(events);
    await handle.cancel();
    expect(await handle.result()).toMatchObject({ status: 'cancelled' });
    await replays(handle);
  });

  test('costs one marker more than an unsigned one', async () => {
    const { request, handle } = await asked();
    await handle.signal('approve', { by: 'ana', statement: await aStatement(handle, request) });
    await handle.result();
    const { events } = await handle.fetchHistory();
    const late = (events ?? []).filter((event) => event.workflowTaskTimedOutEventAttributes).length;
    expect((events ?? []).length - 2 * late).toBeLessThanOrEqual(26 + 8 + 3);
  });
});

describe('after a reset', () => {
  /** Resets to the first task of a run and gives the new run's handle. */
  async function reset(
    handle: WorkflowHandle,
    options?: { withoutSignals: boolean },
  ): Promise<WorkflowHandle> {
    const { events } = await handle.fetchHistory();
    const first = events?.find((event) => event.workflowTaskCompletedEventAttributes)?.eventId;
    return resetByHand(handle, first, options);
  }

  test.each(['signal', 'update'] as const)(
    'a signed approval by %s that was given before holds, also when it has expired since',
    async (kind) => {
      const request = aRefund(saga.simulators, { sale: undefined, loyalty: undefined, currency: 'EUR' });
      saga.simulators.faults.add({ ...emptyFloatFor(request), times: 1 });
      const { handle } = await asked(request);
      const statement = await aStatement(handle, request, { issued: -10, expires: -28 });
      if (kind === 'signal') await handle.signal('approve', { by: 'ana', statement });
      else await decide(handle, { decision: 'approve', by: 'ana', statement });
      await saga.parked(handle, 'cash');
      await new Promise((resolve) => setTimeout(resolve, 3_000));

      const fresh = await reset(handle);
      await saga.until(fresh, ({ approval }) => approval?.decision === 'approved');
      const again = await reset(fresh);
      await saga.until(again, ({ approval }) => approval?.decision === 'approved');
      await again.terminate();
    },
  );

  test.each([
    ['for the other decision', { decision: 'reject', by: 'ana' }, 'another decision'],
    ['under another name', { decision: 'approve', by: 'bob' }, 'altered, or not signed with the key'],
  ])('what an earlier run accepted does not count %s', async (_, changed, why) => {
    const { request, handle } = await asked();
    const statement = await aStatement(handle, request);
    await saga.stopWorkers();
    await handle.signal('approve', { by: 'ana', statement });
    await saga.startWorkers();
    await untilIt(async () => (await saga.state(handle)).approval?.decision === 'approved');
    const fresh = await reset(handle, { withoutSignals: true });
    await saga.until(fresh, ({ status }) => status === 'awaitingApproval');
    await expect(decide(fresh, { ...changed, statement })).rejects.toEqual(refusedAs(why));
    expect((await saga.state(fresh)).approval).toEqual(WAITS);
    await fresh.terminate();
  });

  test('an earlier run that is gone locks nobody out: a fresh statement counts, an old one is told why not', async () => {
    const { request, handle } = await asked();
    const fresh = await reset(handle);
    await saga.until(fresh, ({ status }) => status === 'awaitingApproval');
    const workflowExecution = { workflowId: handle.workflowId, runId: await runIdOf(handle) };
    await untilIt(async () => {
      await saga.client.workflowService
        .deleteWorkflowExecution({ namespace: 'default', workflowExecution })
        .catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      const gone = saga.client.workflow.getHandle(handle.workflowId, workflowExecution.runId);
      return gone.describe().then(
        () => false,
        () => true,
      );
    });
    const old = await aStatement(fresh, request, { issued: -900, expires: -60 });
    await expect(decide(fresh, { decision: 'approve', by: 'ana', statement: old })).rejects.toEqual(
      refusedAs('the history of that run is gone'),
    );
    const statement = await aStatement(fresh, request);
    expect(await decide(fresh, { decision: 'approve', by: 'ana', statement })).toMatchObject({
      approval: { decision: 'approved' },
    });
    await fresh.terminate();
  });

  test('one that had not counted before does not count now', async () => {
    const { request, handle } = await asked();
    const expired = await aStatement(handle, request, { issued: -900, expires: -60 });
    await handle.signal('approve', { by: 'ana', statement: expired });
    await listed(handle, 1);
    const fresh = await reset(handle);
    expect(await listed(fresh, 1)).toHaveLength(1);
    expect((await saga.state(fresh)).approval).toEqual(WAITS);
    const statement = await aStatement(fresh, request);
    expect(await decide(fresh, { decision: 'approve', by: 'ana', statement })).toMatchObject({
      approval: { decision: 'approved' },
    });
    await fresh.terminate();
  });
});

async function runIdOf(handle: WorkflowHandle): Promise<string> {
  const { raw } = await handle.describe();
  return raw.workflowExecutionInfo?.firstRunId ?? '';
}

async function markersOf(handle: WorkflowHandle): Promise<number> {
  const { events } = await handle.fetchHistory();
  return events?.filter(({ markerRecordedEventAttributes: marker }) => marker).length ?? 0;
}
