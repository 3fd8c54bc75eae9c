import type { Fault, ProviderName } from '../../simulators';
import { PROVIDERS } from '../../simulators';
import { aRefundAt, booked, legAt, whole } from '../support/requests';
import { startSaga, type Saga } from '../support/saga';

let saga: Saga;
beforeAll(async () => {
  saga = await startSaga();
});
afterEach(() => saga.simulators.faults.clear());
afterAll(() => saga.close());

const DECIDING: ProviderName[] = ['paywall', 'sipay', 'wyre'];
const EVIDENCE: ProviderName[] = ['dsquares', 'mircate'];

const strike = (provider: ProviderName, kind: Fault['kind'], more: Partial<Fault> = {}) =>
  saga.simulators.faults.add({ provider, operation: 'refund', kind, ...more });
const sends = (provider: ProviderName) => saga.simulators.requests({ provider, operation: 'refund' }).length;

/** Runs a refund of one leg, and tells how many requests it sent. */
async function run(provider: ProviderName, expected: object): Promise<{ sent: number; moved: boolean }> {
  const request = aRefundAt(saga.simulators, provider);
  const before = sends(provider);
  const handle = await saga.start(request);
  const leg = legAt(provider);
  const state = await saga.until(
    handle,
    ({ status, legs }) => status === 'refunded' || status === 'declined' || legs[leg]?.status === 'parked',
  );
  expect({ status: state.status, ...state.legs[leg] }).toMatchObject(expected);
  const books = booked(saga.simulators, request)[leg] ?? 0;
  expect([0, whole(request)[leg]]).toContain(books);
  return { sent: sends(provider) - before, moved: books > 0 };
}

describe('a refusal that no sheet lists', () => {
  test.each(DECIDING)(
    'of %s, after it was applied, is looked up and counts as refunded',
    async (provider) => {
      strike(provider, 'unlistedAfter');
      const expected = { status: 'refunded', receipt: { confirmedBy: 'lookUp' } };
      expect(await run(provider, expected)).toEqual({ sent: 1, moved: true });
    },
  );

  test.each(EVIDENCE)('of %s, after it was applied, parks with what the look-up shows', async (provider) => {
    strike(provider, 'unlistedAfter');
    const expected = { status: 'parked', problem: { code: 'ambiguous', evidence: {} } };
    expect(await run(provider, expected)).toEqual({ sent: 1, moved: true });
  });

  test.each(PROVIDERS)('of %s, where nothing was applied, declines without a person', async (provider) => {
    strike(provider, 'unlistedBefore');
    expect(await run(provider, { status: 'declined', problem: { code: 'declined', evidence: {} } })).toEqual({
      sent: 1,
      moved: false,
    });
  });

  test.each<[ProviderName, object]>([
    ['sipay', { status: 'refunded', receipt: { confirmedBy: 'lookUp' } }],
    // In English they say that it was done before: by whom, without a reference of ours, only a person can tell.
    ['paywall', { status: 'parked', problem: { code: 'alreadyDone', evidence: {} } }],
    ['wyre', { status: 'parked', problem: { code: 'alreadyDone', evidence: {} } }],
  ])('of %s to a request that a gateway had repeated turns nothing back', async (provider, expected) => {
    strike(provider, 'repeated');
    expect(await run(provider, expected)).toEqual({ sent: 1, moved: true });
  });
});

describe('a refusal after a doubt is never final', () => {
  test.each(DECIDING)(
    '%s: the answer is lost, the list lags, and the second request is refused',
    async (provider) => {
      strike(provider, 'errorAfter', { status: 504 });
      strike(provider, 'unlistedBefore');
      saga.simulators.faults.add({ provider, kind: 'staleLookUp', operation: 'lookUp', times: 2 });
      saga.simulators.faults.add({ provider, kind: 'staleLookUp', operation: 'check', skip: 1, times: 2 });
      const state = await run(provider, {});
      expect(state.moved).toBe(true);
      expect(state.sent).toBeLessThanOrEqual(2);
    },
  );

  test.each(DECIDING)('%s: where the list never shows it, a person is asked', async (provider) => {
    strike(provider, 'dropBefore');
    strike(provider, 'unlistedBefore');
    const expected = { status: 'parked', problem: { code: 'alreadyDone' } };
    expect(await run(provider, expected)).toEqual({ sent: 2, moved: false });
  });
});

describe('one automatic re-send', () => {
  test.each(DECIDING)('%s: a second doubt parks, however empty the list is', async (provider) => {
    strike(provider, 'dropBefore', { times: 9 });
    const expected = { status: 'parked', problem: { code: 'ambiguous' } };
    expect(await run(provider, expected)).toEqual({ sent: 2, moved: false });
  });
});
