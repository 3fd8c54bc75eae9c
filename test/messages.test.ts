import type { WorkflowHandle } from '@temporalio/client';
import type { ApplicationFailure } from '@temporalio/common';
import { Worker } from '@temporalio/worker';
import { FAILURES, SEND_AGAIN } from '../src/domain/contract';
import { aRefund, booked } from './support/requests';
import { details } from './support/runs';
import { startSaga, type Saga } from './support/saga';

let saga: Saga;
beforeAll(async () => {
  saga = await startSaga({ environment: { APPROVAL_LIMITS: 'TRY=5000,points=500' } });
});
afterAll(() => saga.close());

const update = (handle: WorkflowHandle, name: string, argument: object) =>
  handle.executeUpdate(name, { args: [argument] });

function refusedAs(type: string, why: string): unknown {
  return expect.objectContaining({
    cause: expect.objectContaining({ type, message: expect.stringContaining(why) as unknown }) as unknown,
  });
}

/** Sends each while no worker runs, so that it comes together with the start. */
async function startedWith(
  request: ReturnType<typeof aRefund>,
  send: (handle: WorkflowHandle) => Promise<unknown>,
) {
  await saga.stopWorkers();
  const handle = await saga.start(request);
  const sent = Promise.allSettled([send(handle)]);
  await new Promise((resolve) => setTimeout(resolve, 300));
  await saga.startWorkers();
  return { handle, answer: (await sent)[0] };
}

const SMALL = { sale: undefined, loyalty: undefined };

describe('a decision that comes before the plan', () => {
  test.each(['approve', 'reject'])('and asks to %s is refused where nobody is asked', async (decision) => {
    const request = aRefund(saga.simulators, SMALL);
    const { handle, answer } = await startedWith(request, (run) =>
      update(run, 'decide', { decision, by: 'ana' }),
    );
    expect(answer).toMatchObject({
      status: 'rejected',
      reason: refusedAs('DecisionRefused', 'no approval is needed; to stop the refund, cancel it'),
    });
    expect(await handle.result()).toMatchObject({ status: 'refunded' });
    expect((await saga.state(handle)).approval).toBeUndefined();
  });

  test('is answered where a person is asked, and counts', async () => {
    const request = aRefund(saga.simulators);
    const { handle, answer } = await startedWith(request, (run) =>
      update(run, 'decide', { decision: 'reject', by: 'ana' }),
    );
    expect(answer).toMatchObject({ status: 'fulfilled', value: { approval: { decision: 'rejected' } } });
    expect(await handle.result()).toMatchObject({ status: 'rejected' });
    expect(booked(saga.simulators, request)).toEqual({ loyalty: 0, sale: 0, cash: 0 });
  });

  test('by signal is listed as ignored where nobody is asked, with the reason', async () => {
    const request = aRefund(saga.simulators, SMALL);
    const { handle } = await startedWith(request, (run) => run.signal('reject', { by: 'ana' }));
    expect(await handle.result()).toMatchObject({ status: 'refunded' });
    expect(await details(handle)).toMatch(
      /^- reject at .*: no approval is needed; to stop the refund, cancel it$/m,
    );
  });
});

describe('a message', () => {
  const ESC = '\u001b[31mred';
  test.each<[string, object, string]>([
    ['names another refund', { by: 'ana', refundId: 'rf-other' }, 'it names another refund'],
    ['is from a name', { by: 'ılker yılmaz' }, 'by must be an id'],
    ['holds an escape in its note', { by: 'ana', note: ESC }, 'note must not hold U+001B (at position 1)'],
    ['holds a direction in its note', { by: 'ana', note: 'a\u202eb' }, 'U+202E (at position 2)'],
  ])('that %s is refused as update and as signal', async (_, message, why) => {
    const handle = await saga.start(aRefund(saga.simulators));
    await saga.until(handle, ({ status }) => status === 'awaitingApproval');
    await expect(update(handle, 'decide', { decision: 'approve', ...message })).rejects.toEqual(
      refusedAs('DecisionRefused', why),
    );
    await handle.signal('approve', message);
    expect(await details(handle)).toContain(why);
    expect((await saga.state(handle)).approval?.decision).toBeNull();
    await handle.terminate();
  });

  test('about a leg that names another refund is refused; the examples of the handlers name this one', async () => {
    const request = aRefund(saga.simulators, SMALL);
    saga.simulators.sipay.setMerchantBalance(0);
    const handle = await saga.start(request);
    await saga.parked(handle, 'cash');
    const retry = { leg: 'cash', outcome: 'retry', by: 'ana', evidence: 'the panel' };
    await expect(update(handle, 'resolveLeg', { ...retry, refundId: 'rf-other' })).rejects.toEqual(
      refusedAs('ResolutionRefused', 'it names another refund'),
    );
    const { definition } = await handle.query<{ definition: Record<string, { description: string }[]> }>(
      '__temporal_workflow_metadata',
    );
    const about = `{"refundId":"${request.refundId}",`;
    const handlers = [definition.signalDefinitions, definition.updateDefinitions].flat();
    expect(handlers.filter((handler) => handler?.description.includes(about))).toHaveLength(4);
    saga.simulators.sipay.setMerchantBalance(10 ** 12);
    await update(handle, 'resolveLeg', { ...retry, refundId: request.refundId });
    expect(await handle.result()).toMatchObject({ status: 'refunded' });
  });
});

test('a leg is sent again a hundred times by people and no more often, and then still hears what they saw', async () => {
  const request = aRefund(saga.simulators, SMALL);
  saga.simulators.sipay.setMerchantBalance(0);
  const handle = await saga.start(request);
  await saga.parked(handle, 'cash');
  const said = { leg: 'cash', by: 'ana', evidence: 'the panel' };
  for (let sent = 0; sent < 100;) {
    const answer = await update(handle, 'resolveLeg', { ...said, outcome: 'retry' }).catch(
      (error: unknown) => error,
    );
    if (!(answer instanceof Error)) sent += 1;
    await saga.parked(handle, 'cash');
  }
  await expect(update(handle, 'resolveLeg', { ...said, outcome: 'retry' })).rejects.toEqual(
    refusedAs('ResolutionRefused', 'legs of this refund were sent again 100 times, which is the limit'),
  );
  await update(handle, 'resolveLeg', { ...said, outcome: 'declined' });
  expect(await handle.result()).toMatchObject({ status: 'declined' });
  saga.simulators.sipay.setMerchantBalance(10 ** 12);
  expect(booked(saga.simulators, request)).toEqual({ cash: 0 });
});

test('whoever asks without a pause, and answers within the same task, is told to send it again or is heard; the run replays', async () => {
  const codePath = process.env.TEST_WORKFLOW_BUNDLE ?? '';
  saga.simulators.sipay.setMerchantBalance(0);
  const handles = await Promise.all(
    Array.from({ length: 8 }, () => saga.start(aRefund(saga.simulators, SMALL))),
  );
  const said = { leg: 'cash', outcome: 'declined', by: 'ana', evidence: 'the panel' };
  await Promise.all(
    handles.map(async (handle) => {
      for (;;) {
        const [, answer] = await Promise.all([
          saga.state(handle),
          update(handle, 'resolveLeg', said).catch((error: unknown) => error),
        ]);
        if (!(answer instanceof Error)) return;
        const { details: facts, type, message } = answer.cause as ApplicationFailure;
        // Where two tasks of a run meet, the server itself may answer that an update fell: nobody heard it.
        if (type === FAILURES.resolutionRefused && facts?.[0] !== SEND_AGAIN)
          expect(message).toContain('not parked');
      }
    }),
  );
  for (const handle of handles) {
    expect(await handle.result()).toMatchObject({ status: 'declined' });
    await Worker.runReplayHistory({ workflowBundle: { codePath } }, await handle.fetchHistory());
  }
  saga.simulators.sipay.setMerchantBalance(10 ** 12);
});
