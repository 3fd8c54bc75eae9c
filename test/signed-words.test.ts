import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import type { RefundRequest } from '../src/domain/request';
import type { ResolutionOutcome, ResolveLegMessage } from '../src/domain/resolution';
import type { RefundState } from '../src/domain/state';
import { STATEMENT_TYPES } from '../src/statements/claims';
import { anOutcomeStatement, approverKeys, aStatement, FORGED } from './support/approvers';
import type { Forged } from './support/approvers';
import { aRefund, booked, emptyFloatFor } from './support/requests';
import { lastTaskOf, resetByHand } from './support/reset';
import { details, replays } from './support/runs';
import { startSaga, type Saga } from './support/saga';
import { refusalOf, say } from './support/words';

let saga: Saga;
beforeAll(async () => {
  saga = await startSaga({ environment: { APPROVER_KEYS: approverKeys('ana', 'bob', 'order-service') } });
});
afterAll(() => saga.close());

interface Parked {
  request: RefundRequest;
  handle: WorkflowHandle;
}

/** The cash waits past the pivot, because our float at sipay is empty; nothing of it is in doubt. */
async function parked(): Promise<Parked> {
  const request = aRefund(saga.simulators, { loyalty: undefined });
  saga.simulators.faults.add({ ...emptyFloatFor(request), times: 100 });
  const handle = await saga.start(request);
  await saga.parked(handle, 'cash');
  return { request, handle };
}

const REFUNDED: ResolveLegMessage = {
  ...{ leg: 'cash', outcome: 'refunded', by: 'ana', evidence: 'paid by bank transfer' },
  providerReference: 'bank-7',
};

async function signedAndSaid({ handle, request }: Parked, word = REFUNDED): Promise<RefundState> {
  return say(handle, { ...word, statement: await anOutcomeStatement(handle, request, word) });
}

const UNTOUCHED = { sale: 10_000, cash: 0 };

test('of words that a run that was reset puts off at once all are listed, and all senders are told to look again', async () => {
  const { faults } = saga.simulators;
  const request = aRefund(saga.simulators, { loyalty: undefined });
  faults.add({ provider: 'sipay', operation: 'refund', kind: 'dropBefore' });
  faults.add({ provider: 'paywall', operation: 'refund', kind: 'slow', delayMs: 700 });
  const handle = await saga.start(request);
  await saga.until(handle, ({ status }) => status === 'refunding');
  faults.add({ provider: 'sipay', operation: 'lookUp', kind: 'errorBefore', times: 100 });
  await saga.parked(handle, 'cash');
  const again = await resetByHand(handle, await lastTaskOf(handle));
  await saga.parked(again, 'cash');
  faults.clear();
  faults.add({ provider: 'sipay', operation: 'lookUp', kind: 'slow', delayMs: 700 });
  const words = [REFUNDED, { ...REFUNDED, by: 'bob', evidence: 'seen in the bank' }];
  const said = words.map((word) => signedAndSaid({ handle: again, request }, word));
  for (const refusal of await Promise.all(said.map(refusalOf)))
    expect(refusal).toContain('look at the leg again once it waits for you');
  await saga.parked(again, 'cash');
  const { ignored } = await again.query<{ ignored: string[] }>('getBriefing');
  expect(ignored.map((line) => /by (\w+)/.exec(line)?.[1]).sort()).toEqual(['ana', 'bob']);
  expect(booked(saga.simulators, request)).toEqual(UNTOUCHED);
  await replays(again);
  await again.terminate('the end of a test');
});

describe('where words are signed', () => {
  test('every outcome that moves or writes off money needs a statement, and retry does not', async () => {
    const { request, handle } = await parked();
    for (const outcome of ['refunded', 'declined', 'turnBack'] satisfies ResolutionOutcome[]) {
      const before = (await handle.fetchHistory()).events?.length;
      expect(await refusalOf(say(handle, { ...REFUNDED, outcome }))).toContain('only with a signature');
      expect((await handle.fetchHistory()).events?.length).toBe(before);
    }
    await say(handle, { leg: 'cash', outcome: 'retry', by: 'bea', evidence: 'the float is filled' });
    expect(await saga.parked(handle, 'cash')).toMatchObject({ people: [{ by: 'bea', said: 'retry' }] });
    saga.simulators.faults.clear();
    await say(handle, { leg: 'cash', outcome: 'retry', by: 'bea', evidence: 'now it is' });
    expect(await handle.result()).toMatchObject({ status: 'refunded' });
    expect(booked(saga.simulators, request)).toEqual({ sale: 10_000, cash: 2_550 });
    await replays(handle);
  });

  test('a signed word counts, also from another person than the approver, and stands among the words of people', async () => {
    const at = await parked();
    await signedAndSaid(at, { ...REFUNDED, by: 'BOB' });
    expect(await at.handle.result()).toMatchObject({
      status: 'refunded',
      people: [{ by: 'BOB', said: 'refunded', leg: 'cash', evidence: 'paid by bank transfer' }],
      legs: { cash: { receipt: { confirmedBy: 'operator', providerReference: 'bank-7' } } },
    });
    expect(booked(saga.simulators, at.request)).toEqual(UNTOUCHED);
    await replays(at.handle);
  });

  test('the details tell to sign, and only retry can be pasted', async () => {
    const { handle } = await parked();
    const text = await details(handle);
    expect(text).toContain('--key FILE');
    expect(text).toContain('**Only `retry` counts without a signature.**');
    expect(text).toContain('"outcome": "retry"');
    await handle.terminate('the end of a test');
  });
});

const OF_WORDS: readonly [string, Forged, string][] = [
  ['for another outcome', { claims: { outcome: 'declined' } }, 'another outcome'],
  ['for another leg', { claims: { leg: 'sale' } }, 'another leg'],
  ['for another problem', { claims: { problem: randomUUID() } }, 'what was known before'],
  ['with other evidence', { claims: { evidence: randomUUID() } }, 'other evidence'],
  ['without evidence', { claims: { evidence: undefined } }, 'other evidence'],
  ['with another reference', { claims: { providerReference: 'bank-8' } }, 'another reference'],
  ['that insists', { claims: { despiteProvider: true } }, 'despiteProvider'],
  ['that is a signed decision', { typ: STATEMENT_TYPES.decision }, 'is not one that'],
];

describe('a statement about a leg changes nothing when it is', () => {
  let at: Parked;
  beforeAll(async () => {
    at = await parked();
  });
  afterAll(() => at.handle.terminate('the end of a test'));
  afterEach(async () => {
    expect(await saga.state(at.handle)).toMatchObject({ waitingOn: 'operator', people: [] });
    expect(booked(saga.simulators, at.request)).toEqual(UNTOUCHED);
  });

  test.each([...FORGED, ...OF_WORDS])('%s', async (_, forged, why) => {
    const statement = await anOutcomeStatement(at.handle, at.request, REFUNDED, forged);
    expect(await refusalOf(say(at.handle, { ...REFUNDED, statement }))).toContain(why);
  });

  test.each<[string, Partial<ResolveLegMessage>]>([
    ['evidence', { evidence: 'paid in cash' }],
    ['reference', { providerReference: 'bank-9' }],
    ['outcome', { outcome: 'turnBack' }],
    ['person', { by: 'bob' }],
    ['insistence', { despiteProvider: true }],
  ])('sent with another %s than it was signed with', async (_, changed) => {
    const statement = await anOutcomeStatement(at.handle, at.request, REFUNDED);
    expect(await refusalOf(say(at.handle, { ...REFUNDED, ...changed, statement }))).toContain(
      'Refused, nothing was changed: its statement',
    );
  });

  test('an approval of the same refund', async () => {
    const statement = await aStatement(at.handle, at.request);
    expect(await refusalOf(say(at.handle, { ...REFUNDED, statement }))).toContain('is not one that');
  });

  test('of whoever requested the refund, or of somebody without a key', async () => {
    for (const by of ['order-service', 'mallory']) {
      const word = { ...REFUNDED, by };
      const statement = await anOutcomeStatement(at.handle, at.request, word);
      expect(await refusalOf(say(at.handle, { ...word, statement }))).toMatch(/requester|know no key/);
    }
  });

  test.each<[string, unknown]>([
    ['missing', undefined],
    ['null', null],
    ['a number', 7],
    ['a list of what looks like one', [`e30.e30.${'e'.repeat(86)}`]],
    ['no JWS', 'said by ana'],
    ['a JWS without a signature', 'e30.e30.'],
    ['huge', `e30.${'e'.repeat(100_000)}.${'e'.repeat(86)}`],
  ])('%s', async (_, statement) => {
    expect(await refusalOf(say(at.handle, { ...REFUNDED, statement }))).toContain('only with a signature');
  });
});

describe('a signed word', () => {
  test('counts once: the same leg that waits again, for the same reason, asks for another', async () => {
    const { request, handle } = await parked();
    const statement = await anOutcomeStatement(handle, request, REFUNDED);
    await say(handle, { leg: 'cash', outcome: 'retry', by: 'bea', evidence: 'once more' });
    await saga.until(handle, ({ people, waitingOn }) => people.length === 1 && waitingOn === 'operator');
    expect(await refusalOf(say(handle, { ...REFUNDED, statement }))).toContain('what was known before');
    await signedAndSaid({ request, handle });
    expect(await handle.result()).toMatchObject({ status: 'refunded' });
    await replays(handle);
  });

  test('of one refund does not pass for another', async () => {
    const [one, two] = [await parked(), await parked()];
    const statement = await anOutcomeStatement(one.handle, one.request, REFUNDED);
    expect(await refusalOf(say(two.handle, { ...REFUNDED, statement }))).toContain('another refund');
    await two.handle.terminate('the end of a test');
    await one.handle.terminate('the end of a test');
  });

  test('of many at once one counts, the others are refused, and the run replays', async () => {
    const all = await Promise.all(Array.from({ length: 4 }, () => parked()));
    const statement = `e30.e30.${'e'.repeat(86)}`;
    for (const { handle, request } of all) {
      const words = [REFUNDED, { ...REFUNDED, by: 'bob' }];
      const good = await Promise.all(
        words.map(async (word) => ({ ...word, statement: await anOutcomeStatement(handle, request, word) })),
      );
      const forged = { ...REFUNDED, statement };
      const said = await Promise.allSettled(
        [forged, ...good, forged, ...good].map((word) => say(handle, word)),
      );
      expect(said.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(await handle.result()).toMatchObject({ status: 'refunded' });
      expect((await saga.state(handle)).people).toHaveLength(1);
      await replays(handle);
    }
  });

  test('is heard before a cancel that comes with it, and the run replays', async () => {
    const { request, handle } = await parked();
    const statement = await anOutcomeStatement(handle, request, REFUNDED);
    await saga.stopWorkers();
    const said = say(handle, { ...REFUNDED, statement });
    await handle.cancel();
    await saga.startWorkers();
    expect(await said).toMatchObject({ legs: { cash: { status: 'refunded' } } });
    expect(await handle.result()).toMatchObject({ status: 'refunded' });
    await replays(handle);
  });
});
