import { PROVIDERS } from '../../simulators';
import { at, closeAll, someSimulators } from './calls';
import { REFUNDS } from './refunds';

afterEach(closeAll);

describe('look-ups', () => {
  test.each(PROVIDERS)('of %s can be stale', async (provider) => {
    const { seed, refund, lookUp, shows } = REFUNDS[provider];
    const simulators = await someSimulators();
    seed(simulators);
    await refund(simulators);
    simulators.faults.add({ provider, kind: 'staleLookUp', delayMs: 1000 });
    expect(shows((await lookUp(simulators)).json)).toBe(false);
    expect(shows((await lookUp(simulators)).json)).toBe(true);
  });

  test.each([
    ['sipay', 504, 'payload.results.0.transaction_status_id', [10, 10, 20]],
    ['wyre', 200, 'status', ['CREATED', 'CREATED', 'COMPLETED']],
  ] as const)('of %s see a pending refund finish', async (provider, status, field, seen) => {
    const simulators = await someSimulators({ faults: [{ provider, kind: 'pending', reads: 2 }] });
    REFUNDS[provider].seed(simulators);
    const ended = await REFUNDS[provider].refund(simulators);
    expect(ended.status).toBe(status);
    const states = [];
    for (let time = 0; time < 3; time += 1)
      states.push(at((await REFUNDS[provider].lookUp(simulators)).json, field));
    expect(states).toEqual(seen);
  });

  test.each([
    ['dsquares', 200, { errorCode: '3', data: null }],
    ['mircate', 400, {}],
    ['paywall', 400, { IsFailure: true, Value: null }],
    ['sipay', 200, { status: 2, payload: null }],
    ['wyre', 400, {}],
  ] as const)('of %s can be unhealthy', async (provider, status, answer) => {
    const simulators = await someSimulators();
    REFUNDS[provider].seed(simulators);
    simulators.faults.add({ provider, operation: 'lookUp', kind: 'refuse' });
    expect(await REFUNDS[provider].lookUp(simulators)).toMatchObject({ status, json: answer });
  });
});
