import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RequestLeg } from '../../src/domain/request';
import { parseJson, writeJson } from '../../src/providers/json';
import type { Clocks, Provider, ProviderCall, ProviderSettings } from '../../src/providers/provider';
import { startBudget, type TimeBudget } from '../../src/providers/time-budget';
import { startAnsweringServer, type AnsweringServer } from './answering-server';

/** One line of a provider's `index.json`: a body, and the class as which it must come out. */
export interface FixtureEntry {
  file: string | null;
  rawBody?: string;
  kind: string;
  httpStatus?: number;
  expect?: string;
}

/** Every body that the provider's sheet holds. */
export function fixtureEntries(provider: string): FixtureEntry[] {
  return (JSON.parse(fixtureText(provider, 'index.json')) as { entries: FixtureEntry[] }).entries;
}

/** The exact text of one fixture. */
export function fixtureText(provider: string, file: string): string {
  return readFileSync(join(__dirname, '..', 'fixtures', provider, file), 'utf8');
}

/** An entry as a server answers it, to the byte. */
export function fixtureAnswer(provider: string, entry: FixtureEntry): { status: number; body: string } {
  const body = entry.file === null ? (entry.rawBody ?? '') : fixtureText(provider, entry.file);
  return { status: entry.httpStatus ?? 200, body };
}

/** Rows of `test.each`: a title that says what is served, and the entry. */
export function titled(entries: FixtureEntry[]): [string, FixtureEntry][] {
  return entries.map((entry) => [
    `${entry.file ?? `the raw body ${JSON.stringify(entry.rawBody)}`} (HTTP ${entry.httpStatus ?? '-'})`,
    entry,
  ]);
}

/** JSON without its blanks; every digit stays as it was written. */
export function compact(json: string): string {
  return writeJson(parseJson(json));
}

/** Bodies that no provider should send, each with what is wrong with it. */
export const HOSTILE_BODIES: readonly (readonly [string, string])[] = [
  ['nothing', ''],
  ['HTML', '<html>OK</html>'],
  ['null', 'null'],
  ['a text', '"COMPLETED"'],
  ['a number', '0'],
  ['true', 'true'],
  ['an empty list', '[]'],
  ['lists in lists', '[[[{"status":0,"code":"100"}]]]'],
  ['an empty object', '{}'],
  ['a truncated body', '{"status":0,"code":"100","payload":{'],
  ['a prototype key', '{"__proto__":{"IsSuccess":true,"IsFailure":false,"status":0,"code":"100"}}'],
  ['a constructor', '{"constructor":{"prototype":{}},"status":{},"code":[],"type":{}}'],
  ['endless nesting', '['.repeat(200_000)],
];

/** Everything in a body that may not be shown: all texts but short codes and words of the protocol. */
export function privateTexts(body: string): string[] {
  const texts: string[] = [];
  const visit = (key: string, value: unknown): void => {
    if (typeof value === 'string' && value.length > 4 && !/^(?:Code|code|errorCode|type|status)$/.test(key))
      texts.push(value);
    if (typeof value === 'object' && value !== null)
      Object.entries(value).forEach(([name, inner]) => visit(name, inner));
  };
  visit('', parseJson(body));
  return texts;
}

/** Fails when a message shows one of these texts. */
export function expectHidden(answer: object, hidden: readonly string[]): void {
  const { message = '', note = '' } = answer as { message?: string; note?: string };
  for (const text of hidden) expect(`${message} ${note}`).not.toContain(text);
}

/** Clocks that agree. */
export const clocksNow = (): Clocks => ({ earliest: Date.now(), latest: Date.now() });

/** A budget that no test uses up. */
export const AMPLE_TIME: TimeBudget = { remainingMs: () => 60_000, mayBegin: () => true };

/** What every adapter does when the network fails, told by whether bytes may have left. */
export function describeTransport<Leg extends RequestLeg>(
  create: (settings: ProviderSettings) => Provider<Leg>,
  call: Omit<ProviderCall<Leg>, 'budget'>,
): void {
  describe('when the network fails', () => {
    let server: AnsweringServer;
    beforeEach(async () => void (server = await startAnsweringServer()));
    afterEach(() => server.close());

    async function withProvider<Value>(
      use: (provider: Provider<Leg>) => Promise<Value>,
      callTimeoutMs = 5_000,
    ): Promise<Value> {
      const provider = create({ baseUrl: server.url, callTimeoutMs, maxConcurrent: 2 });
      try {
        return await use(provider);
      } finally {
        provider.close();
      }
    }

    const askAll = (callTimeoutMs?: number, budget = () => AMPLE_TIME) =>
      withProvider(
        async (provider) => ({
          refund: await provider.refund({ ...call, budget: budget() }),
          lookUp: await provider.lookUp({ ...call, budget: budget() }),
          check: await provider.check({ ...call, budget: budget() }),
        }),
        callTimeoutMs,
      );

    const IN_DOUBT = {
      refund: { kind: 'ambiguous' },
      lookUp: { kind: 'unanswered' },
      check: { kind: 'unanswered' },
    };

    test('a refused connection is not sent', async () => {
      await server.close();
      expect(await askAll()).toMatchObject({ ...IN_DOUBT, refund: { kind: 'notSent' } });
    });

    test('a reset after the request is ambiguous', async () => {
      server.answer('reset');
      expect(await askAll()).toMatchObject(IN_DOUBT);
    });

    test('an answer that does not come in time is ambiguous', async () => {
      server.answer(() => new Promise<never>(() => undefined));
      expect(await askAll(150)).toMatchObject(IN_DOUBT);
      expect(server.requests.length).toBeGreaterThanOrEqual(3);
    });

    test('an answer that does not come within the budget is ambiguous, though the timeout is longer', async () => {
      server.answer(() => new Promise<never>(() => undefined));
      const begun = performance.now();
      expect(await askAll(20_000, () => startBudget(150))).toMatchObject(IN_DOUBT);
      expect(performance.now() - begun).toBeLessThan(3_000);
    });

    test('a redirect is ambiguous and is not followed', async () => {
      server.answer({ status: 307, body: '', headers: { Location: `${server.url}/elsewhere` } });
      expect(await askAll()).toMatchObject(IN_DOUBT);
      expect(server.requests.map(({ url }) => url)).not.toContain('/elsewhere');
    });

    test('a page of HTML is a foreign answer: ambiguous under whatever status', async () => {
      for (const status of [200, 400, 401, 403, 404, 405, 409, 415, 422, 500, 503]) {
        server.answer({ status, body: '<html>no</html>', headers: { 'Retry-After': '7' } });
        expect([status, await askAll()]).toMatchObject([status, IN_DOUBT]);
      }
    });

    test('a rate limit is turned away and carries how long to wait', async () => {
      server.answer({ status: 429, body: '<html>', headers: { 'Retry-After': '7' } });
      expect(await askAll()).toMatchObject({
        refund: { kind: 'turnedAway', retryAfterMs: 7_000 },
        lookUp: { kind: 'unanswered', retryAfterMs: 7_000 },
        check: { kind: 'unanswered', retryAfterMs: 7_000 },
      });
    });

    test('a refund that more than half of the time is gone for is not sent', async () => {
      const budget = { remainingMs: () => 4_000, mayBegin: () => false };
      const answer = await withProvider((provider) => provider.refund({ ...call, budget }));
      expect(answer.kind).toBe('notSent');
      expect(server.requests).toHaveLength(0);
    });

    test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])(
      'an amount of %p is refused here, before anything is sent',
      async (amountMinor) => {
        const leg = { ...call.leg, amountMinor };
        const answer = await withProvider((provider) =>
          provider.refund({ ...call, leg, budget: AMPLE_TIME }),
        );
        expect(answer.kind).toBe('notSent');
        expect(server.requests).toHaveLength(0);
      },
    );
  });
}
