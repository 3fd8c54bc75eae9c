import { defaultPayloadConverter } from '@temporalio/common';
import type { WorkflowHandle } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { advance } from '../dev/temporal-server';
import type { ResolutionOutcome } from '../src/domain/resolution';
import { waitSummary } from '../src/domain/details/wait-summary';
import type { Waiting } from '../src/domain/details/wait-summary';
import { aRefund, aRefundAt, booked, emptyFloatFor, whole } from './support/requests';
import { resetByHand } from './support/reset';
import { startSaga } from './support/saga';
import type { Saga } from './support/saga';

const { EventType } = temporal.api.enums.v1;
const ELEVEN_YEARS_S = 11 * 365 * 86_400;

/** The timers of a run that the timeline shows, with what became of each. */
async function timersOf(handle: WorkflowHandle): Promise<string[]> {
  const { events = [] } = await handle.fetchHistory();
  const all = events ?? [];
  const ends = new Map(
    all.flatMap(({ timerFiredEventAttributes: fired, timerCanceledEventAttributes: cancelled }) => {
      const started = fired?.startedEventId ?? cancelled?.startedEventId;
      return started ? [[String(started), fired ? 'fired' : 'cancelled']] : [];
    }),
  );
  return all
    .filter(({ eventType }) => eventType === EventType.EVENT_TYPE_TIMER_STARTED)
    .map(({ eventId, userMetadata }) => {
      const summary = defaultPayloadConverter.fromPayload<string>(userMetadata?.summary ?? {});
      return `${summary} (${ends.get(String(eventId)) ?? 'open'})`;
    });
}

describe('what the timeline of the UI tells while a refund waits', () => {
  let saga: Saga;
  beforeAll(async () => {
    saga = await startSaga({ environment: { APPROVAL_LIMITS: 'TRY=50000,points=1000' } });
  });
  afterAll(() => saga.close());

  function settle(handle: WorkflowHandle, leg: string, outcome: ResolutionOutcome) {
    const said = { leg, outcome, by: 'ana', evidence: 'seen in the panel' };
    return handle.executeUpdate('resolveLeg', { args: [said] });
  }

  /** A refund whose cash waits, because our float at sipay is empty. */
  async function aParkedOne() {
    const request = aRefund(saga.simulators);
    saga.simulators.faults.add(emptyFloatFor(request));
    const handle = await saga.start(request);
    await saga.parked(handle, 'cash');
    return { request, handle };
  }

  const TOO_LOW = 'Waiting for an operator: our balance at sipay is too low to refund cash';

  test('a parked leg shows a timer that ends with the word of the operator', async () => {
    const { request, handle } = await aParkedOne();
    expect(await timersOf(handle)).toEqual([`${TOO_LOW} (open)`]);
    await settle(handle, 'cash', 'retry');
    await handle.result();
    expect(await timersOf(handle)).toEqual([`${TOO_LOW} (cancelled)`]);
    expect(booked(saga.simulators, request)).toEqual(whole(request));
  });

  test('a leg that parks again shows another one', async () => {
    const { request, handle } = await aParkedOne();
    saga.simulators.faults.add(emptyFloatFor(request));
    await settle(handle, 'cash', 'retry');
    await saga.until(handle, ({ people, waitingOn }) => people.length === 1 && waitingOn === 'operator');
    expect(await timersOf(handle)).toEqual([`${TOO_LOW} (cancelled)`, `${TOO_LOW} (open)`]);
    await settle(handle, 'cash', 'retry');
    await handle.result();
    expect(booked(saga.simulators, request)).toEqual(whole(request));
  });

  test('after ten years it fires, and changes nothing', async () => {
    const { request, handle } = await aParkedOne();
    await advance(saga.connection, { namespace: 'default', workflowId: handle.workflowId }, ELEVEN_YEARS_S);
    expect(await timersOf(handle)).toEqual([`${TOO_LOW} (fired)`]);
    expect((await saga.state(handle)).legs.cash?.status).toBe('parked');
    await settle(handle, 'cash', 'retry');
    expect(await handle.result()).toMatchObject({ status: 'refunded' });
    expect(await timersOf(handle)).toEqual([`${TOO_LOW} (fired)`]);
    expect(booked(saga.simulators, request)).toEqual(whole(request));
  });

  test('a cancel that ends the waiting ends the timer', async () => {
    const request = aRefundAt(saga.simulators, 'sipay');
    saga.simulators.faults.add(emptyFloatFor(request));
    const handle = await saga.start(request);
    await saga.parked(handle, 'cash');
    await handle.cancel();
    expect(await handle.result()).toMatchObject({ status: 'cancelled' });
    expect((await timersOf(handle)).filter((timer) => timer.startsWith('Waiting for an operator'))).toEqual([
      `${TOO_LOW} (cancelled)`,
    ]);
    expect(booked(saga.simulators, request)).toEqual({ cash: 0 });
  });

  test('a run that was reset while it waited shows it anew', async () => {
    const { request, handle } = await aParkedOne();
    const { events } = await handle.fetchHistory();
    const task = (events ?? []).findLast((event) => event.workflowTaskCompletedEventAttributes);
    const again = await resetByHand(handle, task?.eventId);
    await saga.parked(again, 'cash');
    expect((await timersOf(again)).at(-1)).toBe(`${TOO_LOW} (open)`);
    await settle(again, 'cash', 'retry');
    expect(await again.result()).toMatchObject({ status: 'refunded' });
    expect(booked(saga.simulators, request)).toEqual(whole(request));
  });

  test('a refund that awaits approval shows until when it can be decided', async () => {
    const handle = await saga.start(aRefund(saga.simulators, { currency: 'EUR' }));
    await saga.until(handle, ({ waitingOn }) => waitingOn === 'approval');
    expect(await timersOf(handle)).toEqual([
      'Waiting for a person to approve or reject, until the question expires (open)',
    ]);
    await handle.signal('reject', { by: 'ana' });
    expect(await handle.result()).toMatchObject({ status: 'rejected' });
  });
});

describe('the summary of the timer names the leg, its provider and the reason', () => {
  const WAITING: Waiting = {
    ...{ leg: 'cash', provider: 'sipay', isQuestion: false, isUnsent: false },
    problem: { side: 'refund', code: 'declined' },
  };
  test.each<[Partial<Waiting>, string]>([
    [{}, 'cash refused by sipay'],
    [{ isUnsent: true }, 'whether to refund cash at sipay'],
    [
      { isQuestion: true, problem: { side: 'refund', code: 'providerDown' } },
      'no usable answer of sipay about cash',
    ],
    [
      { leg: 'loyalty', provider: 'dsquares', problem: { side: 'reversal', code: 'declined' } },
      'the reversal of loyalty refused by dsquares',
    ],
    [
      { leg: 'sale', provider: 'paywall', problem: { side: 'reversal', code: 'noReversal' } },
      'sale cannot be reversed by the API of paywall',
    ],
  ])('%j: %s', (waiting, told) => {
    expect(waitSummary({ ...WAITING, ...waiting })).toBe(`Waiting for an operator: ${told}`);
  });
});
