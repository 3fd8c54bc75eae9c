import type { WorkflowHandle } from '@temporalio/client';
import type { RefundRequest } from '../src/domain/request';
import type { ResolutionOutcome } from '../src/domain/resolution';
import type { RefundState } from '../src/domain/state';
import { aRefund, aWyreLeg, booked, sipayPaymentOf } from './support/requests';
import { replays } from './support/runs';
import { startSaga, type Saga } from './support/saga';
import { refusalOf, say as sayWord } from './support/words';

let saga: Saga;
beforeAll(async () => {
  saga = await startSaga({
    // An ambiguous leg parks after its only look-up, before an absence can be proven.
    environment: { LOOKUP_DELAYS: '100ms', CALL_TIMEOUT: '2s', ABSENCE_AFTER: '3s', ORDER_LOCK: 'off' },
  });
});
afterEach(() => saga.simulators.faults.clear());
afterAll(() => saga.close());

interface Parked {
  request: RefundRequest;
  handle: WorkflowHandle;
}

const CASH_ONLY = { loyalty: undefined, sale: undefined };

/** A cash leg of which nobody knows whether it was refunded, because no list showed it: it was, or it was not. */
async function parked(happened: boolean, cash?: RefundRequest['cash']): Promise<Parked> {
  const request = aRefund(saga.simulators, { ...CASH_ONLY, ...(cash && { cash }) });
  const provider = request.cash?.provider ?? 'sipay';
  const { faults } = saga.simulators;
  faults.add({ provider, operation: 'lookUp', kind: 'staleLookUp', delayMs: 600_000, times: 100 });
  faults.add({ provider, operation: 'refund', kind: happened ? 'dropAfter' : 'dropBefore' });
  const handle = await saga.start(request);
  expect(await saga.parked(handle, 'cash')).toMatchObject({
    legs: { cash: { problem: { code: 'ambiguous' } } },
  });
  faults.clear();
  expect(booked(saga.simulators, request)).toEqual({ cash: happened ? 2_550 : 0 });
  return { request, handle };
}

const REFERENCE = 'panel-row-7';

function say(handle: WorkflowHandle, outcome: ResolutionOutcome, more: object = {}): Promise<RefundState> {
  const word = { leg: 'cash', outcome, by: 'ana', evidence: 'read in the panel' };
  const reference = outcome === 'refunded' ? { providerReference: REFERENCE } : {};
  return sayWord(handle, { ...word, ...reference, ...more });
}

/** What the provider's books call the refund of the cash. */
const referenceIn = ({ request }: Parked) =>
  saga.simulators.books.of('sipay', sipayPaymentOf(request)).at(-1)?.providerReference ?? '';

const SAID = '"despiteProvider": true';

describe('what a person says of an unclear refund is held against what its provider shows', () => {
  test('declined of a refund that was made is refused with the row, and retry lets it count', async () => {
    const made = await parked(true);
    const refusal = await refusalOf(say(made.handle, 'declined'));
    expect(refusal).toContain('sipay, asked just now, shows something else: Found: ');
    expect(refusal).toContain(SAID);
    expect(await saga.state(made.handle)).toMatchObject({
      waitingOn: 'operator',
      people: [],
      legs: {
        cash: {
          status: 'parked',
          problem: { code: 'ambiguous', evidence: { message: expect.stringMatching(/^Found: /) as string } },
        },
      },
    });
    await say(made.handle, 'retry');
    expect(await made.handle.result()).toMatchObject({
      status: 'refunded',
      legs: { cash: { receipt: { confirmedBy: 'lookUp' } } },
    });
    expect(booked(saga.simulators, made.request)).toEqual({ cash: 2_550 });
    await replays(made.handle);
  });

  test('refunded of one that was not made is refused, and counts despite the provider, who said so', async () => {
    const unmade = await parked(false);
    const refusal = await refusalOf(say(unmade.handle, 'refunded'));
    expect(refusal).toContain('sipay, asked just now, shows something else: ');
    const [, seen] = /"despiteProvider": true, "seen": "([^"]+)"/.exec(refusal) ?? [];
    await say(unmade.handle, 'refunded', { despiteProvider: true, seen });
    expect(await unmade.handle.result()).toMatchObject({
      status: 'refunded',
      people: [{ said: 'refunded', despiteProvider: true }],
      legs: {
        cash: {
          receipt: {
            confirmedBy: 'operator',
            note: expect.stringContaining('read in the panel (said against what sipay shows: ') as string,
          },
        },
      },
    });
    expect(booked(saga.simulators, unmade.request)).toEqual({ cash: 0 });
    await replays(unmade.handle);
  });

  test.each([true, false])('what agrees with the books counts at once: made %s', async (happened) => {
    const found = await parked(happened);
    const reference = { providerReference: referenceIn(found) };
    await say(found.handle, happened ? 'refunded' : 'declined', happened ? reference : {});
    const result = (await found.handle.result()) as RefundState;
    expect(result.status).toBe(happened ? 'refunded' : 'declined');
    expect(JSON.stringify(result)).not.toMatch(/neither confirmed|said against/);
    expect(booked(saga.simulators, found.request)).toEqual({ cash: happened ? 2_550 : 0 });
  });

  test('refunded under another reference than the one shown is refused', async () => {
    const made = await parked(true);
    expect(await refusalOf(say(made.handle, 'refunded'))).toContain(`Found: ${referenceIn(made)}`);
    await say(made.handle, 'refunded', { providerReference: referenceIn(made) });
    expect(await made.handle.result()).toMatchObject({ status: 'refunded' });
  });

  test.each<[ResolutionOutcome, RegExp]>([
    ['refunded', /read in the panel \(sipay was asked, and neither confirmed nor denied it: /],
    ['declined', /"message":"sipay was asked, and neither confirmed nor denied it: /],
  ])('%s is taken where the provider does not answer, and the leg says so', async (outcome, words) => {
    const unknown = await parked(outcome === 'refunded');
    saga.simulators.faults.add({ provider: 'sipay', operation: 'lookUp', kind: 'errorBefore', times: 100 });
    await say(unknown.handle, outcome);
    const result = (await unknown.handle.result()) as RefundState;
    expect(result.status).toBe(outcome);
    expect(JSON.stringify(result.legs.cash)).toMatch(words);
    await replays(unknown.handle);
  });

  test('wyre is asked too', async () => {
    const made = await parked(true, aWyreLeg());
    expect(await refusalOf(say(made.handle, 'declined'))).toContain(
      'wyre, asked just now, shows something else: ',
    );
    await say(made.handle, 'retry');
    expect(await made.handle.result()).toMatchObject({ status: 'refunded' });
  });

  test('of two words at once one is checked, and the other is heard after it', async () => {
    const made = await parked(true);
    saga.simulators.faults.add({ provider: 'sipay', operation: 'lookUp', kind: 'slow', delayMs: 700 });
    const answers = [1, 2].map(() => refusalOf(say(made.handle, 'declined')));
    for (const answer of await Promise.all(answers)) expect(answer).toContain('shows something else');
    await say(made.handle, 'retry');
    expect(await made.handle.result()).toMatchObject({ status: 'refunded' });
    await replays(made.handle);
  });

  test('a worker that dies in the middle of the check loses no word', async () => {
    const made = await parked(true);
    saga.simulators.faults.add({ provider: 'sipay', operation: 'lookUp', kind: 'slow', delayMs: 1_500 });
    const answer = refusalOf(say(made.handle, 'declined'));
    await saga.restartWorkers();
    expect(await answer).toContain('shows something else');
    await say(made.handle, 'retry');
    expect(await made.handle.result()).toMatchObject({ status: 'refunded' });
    await replays(made.handle);
  });

  test('a cancel during the check is heard after it', async () => {
    const unmade = await parked(false);
    saga.simulators.faults.add({ provider: 'sipay', operation: 'lookUp', kind: 'slow', delayMs: 700 });
    const answer = refusalOf(say(unmade.handle, 'refunded'));
    await new Promise((resolve) => setTimeout(resolve, 200));
    await unmade.handle.cancel();
    expect(await answer).toContain('shows something else');
    await say(unmade.handle, 'declined');
    expect(await unmade.handle.result()).toMatchObject({ status: 'cancelled' });
    expect(booked(saga.simulators, unmade.request)).toEqual({ cash: 0 });
    await replays(unmade.handle);
  });

  test.each([
    ['despiteProvider', 'yes', 'despiteProvider must be true or false'],
    ['providerReference', 'REFERENCE', 'still holds the words of our example'],
    ['evidence', 'What you saw', 'still holds the words of our example'],
    ['by', 'name', 'still holds the words of our example'],
  ])('%s may not be %j', async (field, value, why) => {
    const unmade = await parked(false);
    expect(await refusalOf(say(unmade.handle, 'refunded', { [field]: value }))).toContain(why);
    await unmade.handle.terminate('the end of a test');
  });
});
