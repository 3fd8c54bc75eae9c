import { FAULT_KINDS, makesSense, PROVIDERS, type FaultKind, type Simulators } from '../../simulators';
import { closeAll, someSimulators } from './calls';
import { REFUNDS } from './refunds';

afterEach(closeAll);

describe('the script', () => {
  const kinds = (simulators: Simulators) => simulators.requests().map(({ fault }) => fault);

  test('strikes in order, so many times, after so many', async () => {
    const simulators = await someSimulators();
    simulators.faults.add({ provider: 'wyre', kind: 'tooMany', times: 2, skip: 1 });
    simulators.faults.add({ provider: 'wyre', kind: 'errorBefore' });
    for (let time = 0; time < 5; time += 1) await REFUNDS.wyre.lookUp(simulators);
    expect(kinds(simulators)).toEqual(['errorBefore', 'tooMany', 'tooMany', undefined, undefined]);
  });

  test('strikes only the provider, operation and text that it names, until it is cleared', async () => {
    const simulators = await someSimulators();
    const { faults } = simulators;
    faults.add({ provider: 'wyre', operation: 'refund', kind: 'down', times: 9 });
    faults.add({ provider: 'sipay', kind: 'down', times: 9, match: 'rf-2' });
    faults.add({ provider: 'paywall', kind: 'down', times: Infinity, match: 'sale-1' });
    const calls = [REFUNDS.wyre.lookUp, REFUNDS.wyre.refund, REFUNDS.sipay.refund, REFUNDS.paywall.lookUp];
    for (const call of calls) await call(simulators);
    faults.clear();
    await REFUNDS.paywall.lookUp(simulators);
    expect(kinds(simulators)).toEqual([undefined, 'down', undefined, 'down', undefined]);
  });

  test('a list lags for every look-up of one movement, for as long as the fault is scripted', async () => {
    const simulators = await someSimulators();
    const { seed, refund, lookUp, shows } = REFUNDS.sipay;
    const stale = { provider: 'sipay', kind: 'staleLookUp', delayMs: 3_600_000, match: 'rf-1:cash' } as const;
    simulators.faults.add({ ...stale, times: Infinity });
    seed(simulators);
    await refund(simulators);
    for (let time = 0; time < 4; time += 1) expect(shows((await lookUp(simulators)).json)).toBe(false);
    expect(kinds(simulators)).toEqual([undefined, ...Array<string>(4).fill('staleLookUp')]);
    simulators.faults.clear();
    expect(shows((await lookUp(simulators)).json)).toBe(true);
  });

  test('a slow provider applies before or after its delay', async () => {
    for (const [kind, movedAtOnce] of [
      ['slow', 1],
      ['slowBefore', 0],
    ] as const) {
      const simulators = await someSimulators({ faults: [{ provider: 'wyre', kind, delayMs: 150 }] });
      REFUNDS.wyre.seed(simulators);
      const began = Date.now();
      const ended = REFUNDS.wyre.refund(simulators);
      await new Promise((resolve) => setTimeout(resolve, 60));
      expect(simulators.books.size).toBe(movedAtOnce);
      await ended;
      expect(simulators.books.size).toBe(1);
      expect(Date.now() - began).toBeGreaterThanOrEqual(149);
    }
  });

  test('a redirect leads to an address that is watched', async () => {
    const simulators = await someSimulators({ faults: [{ provider: 'wyre', kind: 'redirect' }] });
    const ended = await REFUNDS.wyre.refund(simulators);
    expect(ended.headers.location).toMatch(
      /^http:\/\/localhost:\d+\/redirected\/wyre\/v3\/orders\/WO_1\/refund\/partner$/,
    );
    await fetch(String(ended.headers.location).replace('localhost', '127.0.0.1'), { method: 'POST' });
    expect(simulators.requests({ operation: 'redirected' })).toHaveLength(1);
  });
});

describe('a random mix', () => {
  const rates = { errorBefore: 0.2, dropAfter: 0.2, malformed: 0.1 };

  async function kindsOf(
    seed: number,
    order: readonly number[],
  ): Promise<Record<string, (FaultKind | undefined)[]>> {
    const simulators = await someSimulators();
    simulators.faults.random(seed, rates, { providers: ['wyre'] });
    const struckBy: Record<string, (FaultKind | undefined)[]> = {};
    for (const id of order) {
      const path = `/wyre/v3/orders/WO_${id}`;
      await fetch(simulators.url + path).catch(() => undefined);
      (struckBy[path] ??= []).push(simulators.requests().at(-1)?.fault);
    }
    return struckBy;
  }

  const ids = Array.from({ length: 40 }, (_, index) => index);

  test('is the same for the same seed, in whatever order movements arrive', async () => {
    const one = await kindsOf(7, [...ids, ...ids]);
    expect(await kindsOf(7, [...[...ids].reverse(), ...ids])).toEqual(one);
    expect(await kindsOf(8, [...ids, ...ids])).not.toEqual(one);
  });

  test('strikes about as often as asked, and only where asked', async () => {
    const all = Object.values(await kindsOf(7, ids)).flat();
    const hits = all.filter((kind) => kind !== undefined);
    expect(hits.length).toBeGreaterThan(10);
    expect(hits.length).toBeLessThan(30);
    const simulators = await someSimulators();
    simulators.faults.random(1, { down: 1 }, { operations: ['refund'] });
    await REFUNDS.wyre.lookUp(simulators);
    await REFUNDS.wyre.refund(simulators);
    expect(simulators.requests().map(({ fault }) => fault)).toEqual([undefined, 'down']);
  });

  test('gives a kind numbers of its own, and lets it last', async () => {
    const simulators = await someSimulators();
    const of = { staleLookUp: { delayMs: 3_600_000, times: 3 } };
    simulators.faults.random(3, { staleLookUp: 0.2 }, { operations: ['lookUp'], of });
    REFUNDS.wyre.seed(simulators);
    await REFUNDS.wyre.refund(simulators);
    for (let time = 0; time < 60; time += 1) await REFUNDS.wyre.lookUp(simulators);
    const lookUps = simulators.requests({ operation: 'lookUp' });
    const runs = lookUps
      .map(({ fault }) => (fault ? 'x' : ' '))
      .join('')
      .split(/ +/)
      .filter(Boolean);
    expect(runs.length).toBeGreaterThan(3);
    expect(runs.slice(0, -1).every((run) => run.length % 3 === 0)).toBe(true);
    expect(lookUps.map(({ status }) => status)).toEqual(lookUps.map(({ fault }) => (fault ? 404 : 200)));
  });

  test.each(FAULT_KINDS)('strikes with %s only where that makes sense', async (kind) => {
    const simulators = await someSimulators();
    simulators.faults.random(1, { [kind]: 1 }, { delayMs: 1 });
    for (const provider of PROVIDERS) {
      for (const operation of ['refund', 'lookUp'] as const) {
        await REFUNDS[provider][operation](simulators);
        const [struck] = simulators.requests({ provider, operation });
        expect(struck?.fault === kind).toBe(makesSense(kind, provider, operation));
      }
    }
  });
});
