import type { Fault, ProviderName } from '../../simulators';
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
const STATUSES = [400, 401, 403, 404, 405, 503];

const strike = (provider: ProviderName, kind: Fault['kind'], status: number) =>
  saga.simulators.faults.add({ provider, operation: 'refund', kind, status });
const sends = (provider: ProviderName) => saga.simulators.requests({ provider, operation: 'refund' }).length;

async function ended(provider: ProviderName, kind: Fault['kind'], status: number) {
  strike(provider, kind, status);
  const request = aRefundAt(saga.simulators, provider);
  const before = sends(provider);
  const handle = await saga.start(request);
  const leg = legAt(provider);
  const state = await saga.until(
    handle,
    (now) => now.status === 'refunded' || now.legs[leg]?.status === 'parked',
  );
  const { status: legStatus, problem } = state.legs[leg] ?? {};
  return {
    leg: legStatus,
    problem: problem?.code,
    sent: sends(provider) - before,
    booked: booked(saga.simulators, request)[leg],
    whole: whole(request)[leg],
  };
}

describe.each(STATUSES)('HTTP %i with a page that is not the provider’s', (status) => {
  test.each(DECIDING)('%s: in place of the answer, is looked up and found', async (provider) => {
    const { booked: moved, whole: all, ...rest } = await ended(provider, 'filteredAfter', status);
    expect(rest).toEqual({ leg: 'refunded', problem: undefined, sent: 1 });
    expect(moved).toBe(all);
  });

  test.each(DECIDING)('%s: in place of the call, is proven absent and sent once more', async (provider) => {
    const { booked: moved, whole: all, ...rest } = await ended(provider, 'filteredBefore', status);
    expect(rest).toEqual({ leg: 'refunded', problem: undefined, sent: 2 });
    expect(moved).toBe(all);
  });

  test.each(EVIDENCE)('%s: in place of the answer, parks and is never sent again', async (provider) => {
    const { booked: moved, whole: all, ...rest } = await ended(provider, 'filteredAfter', status);
    expect(rest).toEqual({ leg: 'parked', problem: 'ambiguous', sent: 1 });
    expect(moved).toBe(all);
  });

  test.each(EVIDENCE)('%s: in place of the call, parks with the evidence', async (provider) => {
    const { booked: moved, ...rest } = await ended(provider, 'filteredBefore', status);
    expect(rest).toMatchObject({ leg: 'parked', problem: 'ambiguous', sent: 1 });
    expect(moved).toBe(0);
  });
});
