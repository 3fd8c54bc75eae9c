import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils';
import { temporal } from '@temporalio/proto';
import { createRefundClient } from '../src/client';
import type { StuckRefund } from '../src/client';
import { doubtsOf } from '../src/client/doubts';
import type { Decode, Doubt } from '../src/client/doubts';
import { runRefund } from './support/cli';
import { aRefund } from './support/requests';
import { startSaga, type Saga } from './support/saga';
import { ANOTHER_ACTIVITY, workOtherwise } from './support/other-code';

const { History } = temporal.api.history.v1;

const decode: Decode = (payloads) =>
  Promise.resolve(payloads?.[0] && defaultPayloadConverter.fromPayload(payloads[0]));

async function recorded(name: string) {
  const text = await readFile(path.join(__dirname, 'histories', `${name}.json`), 'utf8');
  // As the server sends it: times are long integers.
  return History.decode(History.encode(historyFromJSON(JSON.parse(text))).finish()).events;
}

describe('doubts are read from a history', () => {
  const told = ({ leg, side, provider }: Doubt) => `${side} of ${leg} at ${provider}`;

  test.each([
    ['three-legs', []],
    ['first-leg-declined', []],
    ['slow-retries', []],
    ['parked-refunded', []],
    ['lost-answer-found', ['refund of sale at paywall']],
    ['lost-answer-proven-absent', ['refund of sale at paywall']],
    ['parked-declined', ['refund of loyalty at mircate']],
    ['reset', ['refund of sale at paywall', 'refund of cash at sipay']],
  ])('%s', async (name, wanted) => {
    const events = await recorded(name);
    const seen = new Set<string>();
    for (let length = 1; length <= events.length; length += 1) {
      for (const doubt of await doubtsOf(events.slice(0, length), decode, false)) seen.add(told(doubt));
    }
    expect([...seen]).toEqual(wanted);
    expect(await doubtsOf(events, decode, true)).toEqual([]);
  });

  test('a call in flight is in doubt only when nobody hears its answer any more', async () => {
    const events = await recorded('three-legs');
    const sent = events.findIndex((event) => event.activityTaskScheduledEventAttributes);
    const upToThere = events.slice(0, sent + 1);
    expect(await doubtsOf(upToThere, decode, false)).toEqual([]);
    expect((await doubtsOf(upToThere, decode, true)).map(told)).toEqual(['refund of loyalty at dsquares']);
  });
});

describe('refund stuck', () => {
  let saga: Saga;

  beforeAll(async () => {
    saga = await startSaga();
  });
  afterEach(async () => {
    saga.simulators.faults.clear();
    await saga.restartWorkers();
  });
  afterAll(() => saga.close());

  const refundIdOf = ({ workflowId }: WorkflowHandle) => workflowId.replace(/^refund:/, '');

  const refund = (...args: string[]) => runRefund(args);

  /** Waits until `refund stuck` tells of a refund, and gives what it tells. */
  async function found(
    handle: WorkflowHandle,
    kind: StuckRefund['kind'],
  ): Promise<StuckRefund & { meaning: string; next: string[] }> {
    for (let tries = 0; ; tries += 1) {
      const { code, out } = await refund('stuck', '--longer-than', '1ms', '--json');
      expect(code).toBe(0);
      const all = JSON.parse(out) as (StuckRefund & { meaning: string; next: string[] })[];
      const one = all.find((told) => told.refundId === refundIdOf(handle) && told.kind === kind);
      if (one) return one;
      if (tries > 300) throw new Error('it is not told of');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  const isToldOf = async (handle: WorkflowHandle) =>
    (await refund('stuck', '--longer-than', '1ms')).out.includes(refundIdOf(handle));

  /** Lists are a moment behind. */
  async function untilNotToldOf(handle: WorkflowHandle): Promise<void> {
    while (await isToldOf(handle)) await new Promise((resolve) => setTimeout(resolve, 100));
  }

  test('tells of a leg in doubt for long, and no more once a person has settled it', async () => {
    saga.simulators.faults.add({ provider: 'dsquares', operation: 'refund', kind: 'dropAfter' });
    const handle = await saga.start(aRefund(saga.simulators));
    await saga.parked(handle, 'loyalty');
    const stuck = await found(handle, 'ambiguous');
    expect(stuck).toMatchObject({
      status: 'refunding',
      waitingOn: 'operator',
      doubts: [{ leg: 'loyalty', side: 'refund', provider: 'dsquares' }],
      meaning: expect.stringContaining('never sent again until a person') as string,
    });
    expect(Date.now() - Date.parse(stuck.since)).toBeLessThan(60_000);
    expect(stuck.next).toEqual([
      `refund show ${refundIdOf(handle)}`,
      `refund resolve ${refundIdOf(handle)} --leg loyalty`,
    ]);
    expect((await refund('stuck')).out).not.toContain(refundIdOf(handle));

    const evidence = ['--evidence', 'seen', '--reference', 'REF-1'];
    await refund(
      'resolve',
      refundIdOf(handle),
      '--leg',
      'loyalty',
      '--outcome',
      'refunded',
      '--by',
      'ana',
      ...evidence,
    );
    expect(await handle.result()).toMatchObject({ status: 'refunded' });
    await untilNotToldOf(handle);
  });

  test('tells of a run whose workflow task fails, and what was sent before; heals as it says', async () => {
    const request = aRefund(saga.simulators, { loyalty: undefined });
    saga.simulators.faults.add({ provider: 'paywall', operation: 'refund', kind: 'dropAfter' });
    const handle = await saga.start(request);
    await saga.until(handle, ({ legs }) => legs.sale?.status === 'lookingUp');
    // On a busy machine the right workers may still look it up: then they must not find it.
    saga.simulators.faults.add({ provider: 'paywall', operation: 'lookUp', kind: 'errorBefore', times: 20 });
    await workOtherwise(saga, ...ANOTHER_ACTIVITY);
    const stuck = await found(handle, 'frozen').finally(() => saga.stopWorkers());
    expect(stuck).toMatchObject({
      why: expect.stringContaining('WorkflowTaskFailed') as string,
      hasSent: true,
      doubts: [{ leg: 'sale', side: 'refund', provider: 'paywall' }],
      next: [expect.stringMatching(/^refund heal /)],
    });
    const { out } = await refund('stuck');
    expect(out).toContain(`Refund ${request.refundId} is frozen since `);
    expect(out).toContain('looked up before anything is sent');
    expect((await refund('heal', request.refundId)).code).toBe(0);
    saga.simulators.faults.clear();
    await saga.startWorkers();
    expect(await saga.client.workflow.getHandle(handle.workflowId).result()).toMatchObject({
      status: 'refunded',
    });
    await untilNotToldOf(handle);
  });

  test('tells of a run that was terminated with a call in flight, until it goes on', async () => {
    const request = aRefund(saga.simulators, { loyalty: undefined });
    saga.simulators.faults.add({ provider: 'paywall', operation: 'refund', kind: 'slow', delayMs: 700 });
    const handle = await saga.start(request);
    await saga.until(handle, ({ legs }) => legs.sale?.status === 'refunding');
    await handle.terminate('by mistake');
    const stuck = await found(handle, 'cutOff');
    expect(stuck).toMatchObject({
      why: 'TERMINATED',
      doubts: [{ leg: 'sale', side: 'refund', provider: 'paywall' }],
      meaning: expect.stringContaining('nobody goes on with it') as string,
    });
    expect(stuck.next[1]).toContain(`refund heal ${request.refundId}`);
    const healed = await refund('heal', request.refundId);
    expect(healed).toMatchObject({
      code: 0,
      out: expect.stringContaining('was terminated. It was reset') as string,
    });
    expect(await saga.client.workflow.getHandle(handle.workflowId).result()).toMatchObject({
      status: 'refunded',
    });
    await untilNotToldOf(handle);
  });

  test('says of a run that was terminated before anything was sent that it has sent nothing', async () => {
    await saga.stopWorkers();
    const refunds = createRefundClient({ client: saga.client });
    const { workflowId } = await refunds.start(aRefund(saga.simulators));
    const handle = saga.client.workflow.getHandle(workflowId);
    await handle.terminate('by mistake');
    expect(await found(handle, 'cutOff').finally(() => saga.startWorkers())).toMatchObject({
      status: 'refunding',
      hasSent: false,
      doubts: [],
      meaning: expect.stringContaining('This run has sent nothing') as string,
    });
  });

  test('tells of others although one cannot be read, and says so', async () => {
    const environment = { PAYLOAD_KEYS: `lost:${Buffer.alloc(32, 7).toString('base64')}` };
    const encrypted = await startSaga({ environment });
    try {
      encrypted.simulators.faults.add({
        provider: 'dsquares',
        operation: 'refund',
        kind: 'dropAfter',
        times: 2,
      });
      const cutOff = await encrypted.start(aRefund(encrypted.simulators));
      const parked = await encrypted.start(aRefund(encrypted.simulators));
      for (const handle of [cutOff, parked]) await encrypted.parked(handle, 'loyalty');
      await cutOff.terminate('by mistake');
      expect(await found(cutOff, 'cutOff')).toMatchObject({ why: 'TERMINATED', hasSent: true, doubts: [] });
      const { code, out, err } = await refund('stuck', '--longer-than', '1ms');
      expect({ code, told: out.includes(refundIdOf(parked)) }).toEqual({ code: 0, told: false });
      expect(err).toContain('could not be looked into: there are too many, or PAYLOAD_KEYS lacks their keys');
      await parked.terminate();
    } finally {
      await encrypted.close();
    }
  });

  test('tells nothing of refunds that go their way, and refuses a duration that is none', async () => {
    const waiting = await saga.start(aRefund(saga.simulators, { currency: 'EUR' }));
    await saga.until(waiting, ({ status }) => status === 'awaitingApproval');
    saga.simulators.faults.add({ provider: 'sipay', operation: 'refund', kind: 'tooMany' });
    saga.simulators.sipay.setMerchantBalance(0);
    const parked = await saga.start(aRefund(saga.simulators));
    await saga.parked(parked, 'cash');
    saga.simulators.sipay.setMerchantBalance(10 ** 12);
    for (const handle of [waiting, parked]) await expect(isToldOf(handle)).resolves.toBe(false);
    const survey = await createRefundClient({ client: saga.client }).survey();
    expect(survey.awaitingApproval).toBeGreaterThanOrEqual(1);
    expect(survey.parked).toBeGreaterThanOrEqual(1);
    await waiting.signal('reject', { by: 'ana' });
    await parked.terminate();
    const wrong = await refund('stuck', '--longer-than', 'soon');
    expect(wrong).toMatchObject({ code: 2, err: expect.stringContaining('such as 30m') as string });
  });
});
