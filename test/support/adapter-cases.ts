import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RequestLeg } from '../../src/domain/request';
import { parseJson, writeJson } from '../../src/providers/json';
import type { Provider, ProviderCall, ProviderSettings } from '../../src/providers/provider';
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

/** What every adapter's refund does when the network fails, told by whether bytes may have left. */
export function describeTransport<Leg extends RequestLeg>(
  create: (settings: ProviderSettings) => Provider<Leg>,
  call: ProviderCall<Leg>,
): void {
  describe('when the network fails', () => {
    let server: AnsweringServer;
    beforeEach(async () => void (server = await startAnsweringServer()));
    afterEach(() => server.close());

    async function refund(callTimeoutMs = 5_000) {
      const provider = create({ baseUrl: server.url, callTimeoutMs, maxConcurrent: 2 });
      try {
        return { refund: await provider.refund(call), lookUp: await provider.lookUp(call) };
      } finally {
        provider.close();
      }
    }

    test('a refused connection is not sent', async () => {
      await server.close();
      const answers = await refund();
      expect(answers).toMatchObject({ refund: { kind: 'notSent' }, lookUp: { kind: 'unanswered' } });
    });

    test('a reset after the request is ambiguous', async () => {
      server.answer('reset');
      const answers = await refund();
      expect(answers).toMatchObject({ refund: { kind: 'ambiguous' }, lookUp: { kind: 'unanswered' } });
    });

    test('an answer that does not come in time is ambiguous', async () => {
      server.answer(() => new Promise<never>(() => undefined));
      const answers = await refund(150);
      expect(answers).toMatchObject({ refund: { kind: 'ambiguous' }, lookUp: { kind: 'unanswered' } });
      expect(server.requests).toHaveLength(2);
    });

    test('a redirect is ambiguous and is not followed', async () => {
      server.answer({ status: 307, body: '', headers: { Location: `${server.url}/elsewhere` } });
      const answers = await refund();
      expect(answers).toMatchObject({ refund: { kind: 'ambiguous' }, lookUp: { kind: 'unanswered' } });
      expect(server.requests.map(({ url }) => url)).not.toContain('/elsewhere');
    });

    test('a rate limit is turned away and carries how long to wait', async () => {
      server.answer({ status: 429, body: '', headers: { 'Retry-After': '7' } });
      const answers = await refund();
      expect(answers.refund).toMatchObject({ kind: 'turnedAway', retryAfterMs: 7_000 });
    });

    test('a refund whose time is over is not sent', async () => {
      const provider = create({ baseUrl: server.url, callTimeoutMs: 5_000, maxConcurrent: 2 });
      const answer = await provider.refund({ ...call, sendBefore: Date.now() - 1 });
      provider.close();
      expect(answer.kind).toBe('notSent');
      expect(server.requests).toHaveLength(0);
    });

    test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])(
      'an amount of %p is refused here, before anything is sent',
      async (amountMinor) => {
        const provider = create({ baseUrl: server.url, callTimeoutMs: 5_000, maxConcurrent: 2 });
        const answer = await provider.refund({ ...call, leg: { ...call.leg, amountMinor } });
        provider.close();
        expect(answer.kind).toBe('notSent');
        expect(server.requests).toHaveLength(0);
      },
    );
  });
}
