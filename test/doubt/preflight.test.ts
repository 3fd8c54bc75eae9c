import type { Fault, LoggedRequest, ProviderName } from '../../simulators';
import { PROVIDERS } from '../../simulators';
import { aRefundAt, booked, whole } from '../support/requests';
import { startSaga, type Saga } from '../support/saga';

let saga: Saga;
beforeAll(async () => {
  saga = await startSaga();
});
afterEach(() => saga.simulators.faults.clear());
afterAll(() => saga.close());

const strikeQuestions = (provider: ProviderName, fault: Omit<Fault, 'provider' | 'operation'>) => {
  for (const operation of ['check', 'lookUp'] as const) {
    saga.simulators.faults.add({ ...fault, provider, operation });
  }
};
const isQuestion = ({ operation }: LoggedRequest) => operation === 'check' || operation === 'lookUp';
const asked = (provider: ProviderName, since: number) =>
  saga.simulators.requests({ provider }).filter((request) => isQuestion(request) && request.at >= since);

describe.each(PROVIDERS)('preflight at %s', (provider) => {
  test.each<Fault['kind']>(['unauthorized', 'filteredBefore', 'malformed'])(
    'that gets no answer (%s) holds the refund in planning, and nothing is in doubt',
    async (kind) => {
      strikeQuestions(provider, { kind, times: 1_000 });
      const request = aRefundAt(saga.simulators, provider);
      const handle = await saga.start(request);
      const state = await saga.until(handle, ({ waitingOn }) => waitingOn === provider);
      expect(state).toMatchObject({ status: 'planning', waitingOn: provider });
      expect(Object.values(booked(saga.simulators, request))).toEqual([0]);
      saga.simulators.faults.clear();
      expect(await handle.result()).toMatchObject({ status: 'refunded' });
      expect(booked(saga.simulators, request)).toEqual(whole(request));
    },
  );

  test('is asked again no sooner than it wants', async () => {
    const since = Date.now();
    strikeQuestions(provider, { kind: 'tooMany', retryAfter: 2 });
    const request = aRefundAt(saga.simulators, provider);
    expect(await saga.run(request)).toMatchObject({ status: 'refunded' });
    const questions = asked(provider, since);
    const turnedAway = questions.find(({ status }) => status === 429)?.at ?? Infinity;
    const next = questions.find(({ status, at }) => status !== 429 && at >= turnedAway)?.at ?? 0;
    expect(next - turnedAway).toBeGreaterThanOrEqual(2_000);
  });
});
