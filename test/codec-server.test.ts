import http from 'node:http';
import net from 'node:net';
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { defaultPayloadConverter } from '@temporalio/common';
import type { Payload } from '@temporalio/common';
import { runCli } from '../src/cli/main';
import { LARGEST_BODY } from '../src/codec-server/body';
import { startCodecServer } from '../src/codec-server/server';
import type { CodecServer } from '../src/codec-server/server';
import { parseKeys } from '../src/config/keys';
import { createEncryptionCodec } from '../src/encryption/codec';
import { untilIt } from './support/until';

const WORD = 'canary-905551112233';
const TOKEN = `token-${WORD}-0123456789abcdef`;
const ORIGIN = 'http://localhost:8233';
const SECRETS = { new: randomBytes(32), old: randomBytes(32), lost: randomBytes(32) };

function keysOf(...ids: (keyof typeof SECRETS)[]) {
  const [first, ...rest] =
    parseKeys(ids.map((id) => `${id}:${SECRETS[id].toString('base64')}`).join(',')) ?? [];
  if (!first) throw new TypeError('no keys');
  return [first, ...rest] as const;
}

let server: CodecServer;
beforeAll(async () => {
  server = await startCodecServer({
    host: '127.0.0.1',
    port: 0,
    origin: ORIGIN,
    token: TOKEN,
    keys: keysOf('new', 'old'),
  });
});
afterAll(() => server.close());

const ADMITTED = { authorization: `Bearer ${TOKEN}` };
const JSON_BODY = { 'content-type': 'application/json', 'x-namespace': 'default' };

/** Everything any answer showed, headers and all. */
const shown: string[] = [];

async function send(path: string, init: RequestInit & { headers?: Record<string, string> } = {}) {
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`, { method: 'POST', ...init });
  const text = await response.text();
  shown.push(`${response.status} ${JSON.stringify([...response.headers])} ${text}`);
  return { status: response.status, headers: response.headers, text };
}

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  send(path, {
    headers: { ...JSON_BODY, ...ADMITTED, ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

const workflow = (workflowId: string, namespace = 'default') =>
  ({ type: 'workflow', namespace, workflowId }) as const;

async function encrypted(value: unknown, context = workflow('refund:a'), keys = keysOf('new')) {
  const codec = createEncryptionCodec(keys);
  const [payload] = await codec.encode([defaultPayloadConverter.toPayload(value)], context);
  return wire(payload ?? {});
}

interface WirePayload {
  metadata: Record<string, string>;
  data: string;
}

function wire({ metadata, data }: Payload): WirePayload {
  const encoded = Object.entries(metadata ?? {}).map(([name, bytes]) => [name, base64(bytes)]);
  return {
    metadata: Object.fromEntries(encoded) as Record<string, string>,
    data: base64(data ?? Buffer.of()),
  };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

function payloadOf({ metadata, data }: WirePayload): Payload {
  const bytes = Object.entries(metadata).map(([name, text]) => [name, Buffer.from(text, 'base64')]);
  return {
    metadata: Object.fromEntries(bytes) as Record<string, Uint8Array>,
    data: Buffer.from(data, 'base64'),
  };
}

async function decode(payloads: unknown[], headers = {}): Promise<unknown[]> {
  const { status, text } = await post('/decode', { payloads }, headers);
  expect(status).toBe(200);
  const { payloads: decoded } = JSON.parse(text) as { payloads: WirePayload[] };
  return decoded.map((payload) => defaultPayloadConverter.fromPayload(payloadOf(payload)));
}

describe('decode', () => {
  test('reads payloads of any workflow of the namespace, in order, with the key of each', async () => {
    const values = [{ by: 'ana' }, 'x'.repeat(100_000), null, 7];
    const payloads = [
      await encrypted(values[0]),
      await encrypted(values[1], workflow('refund:b')),
      await encrypted(values[2], workflow('refund:c'), keysOf('old')),
      wire(defaultPayloadConverter.toPayload(values[3])),
    ];
    expect(await decode(payloads)).toEqual(values);
    expect(await decode([])).toEqual([]);
  });

  test('says in the place of a payload why it cannot be read, and reads the others', async () => {
    const foreign = await encrypted('x', workflow('refund:a', 'other'));
    const lost = await encrypted('x', workflow('refund:a'), keysOf('lost'));
    const good = await encrypted('x');
    const damaged = { ...good, data: base64(Buffer.alloc(40)) };
    const renamed = {
      ...foreign,
      metadata: { ...foreign.metadata, owner: base64(Buffer.from('default/refund:a')) },
    };
    expect(await decode([foreign, lost, damaged, renamed, good])).toEqual([
      expect.stringContaining('Unreadable: encrypted for another workflow'),
      expect.stringContaining('with a key that PAYLOAD_KEYS does not hold (id lost)'),
      expect.stringContaining('and damaged'),
      expect.stringContaining('and damaged'),
      'x',
    ]);
    expect(await decode([foreign], { 'x-namespace': 'other' })).toEqual(['x']);
    expect(await decode([good], { 'x-namespace': 'defaul' })).toEqual([
      expect.stringContaining('Unreadable'),
    ]);
  });
});

test('encode makes what every worker of the namespace reads, and none of another', async () => {
  const { text } = await post('/encode', {
    payloads: [wire(defaultPayloadConverter.toPayload({ by: 'ana' }))],
  });
  const { payloads } = JSON.parse(text) as { payloads: [WirePayload] };
  const payload = payloadOf(payloads[0]);
  expect(Buffer.from(payload.metadata?.['key-id'] ?? []).toString()).toBe('new');
  expect(Buffer.from(payload.data ?? []).includes('ana')).toBe(false);
  const codec = createEncryptionCodec(keysOf('new'));
  for (const [context, readable] of [
    [workflow('refund:a'), true],
    [workflow('refund:b'), true],
    [workflow('refund:a', 'other'), false],
  ] as const) {
    const [decoded] = await codec.decode([payload], context);
    const read = () => defaultPayloadConverter.fromPayload(decoded ?? {});
    if (readable) expect(read()).toEqual({ by: 'ana' });
    else expect(read).toThrow('for another workflow');
  }
  expect(await decode(payloads)).toEqual([{ by: 'ana' }]);
});

describe('a request is refused', () => {
  const empty = '{"payloads":[]}';
  test.each<[string, number, string, RequestInit & { headers?: Record<string, string> }]>([
    ['without a token', 401, '/decode', { headers: JSON_BODY, body: empty }],
    [
      'with a wrong token',
      401,
      '/decode',
      { headers: { ...JSON_BODY, authorization: `Bearer ${TOKEN}x` }, body: empty },
    ],
    [
      'with a part of the token',
      401,
      '/encode',
      { headers: { ...JSON_BODY, authorization: `Bearer ${TOKEN.slice(0, -1)}` }, body: empty },
    ],
    [
      'with the token alone',
      401,
      '/decode',
      { headers: { ...JSON_BODY, authorization: TOKEN }, body: empty },
    ],
    [
      'with the token as a cookie',
      401,
      '/decode',
      { headers: { ...JSON_BODY, cookie: `refund_codec=${TOKEN}`, origin: ORIGIN }, body: empty },
    ],
    ['with the token in its address', 401, `/decode?token=${TOKEN}`, { headers: JSON_BODY, body: empty }],
    [
      'from a page of another origin',
      403,
      '/decode',
      { headers: { ...JSON_BODY, ...ADMITTED, origin: 'http://localhost:8234' }, body: empty },
    ],
    [
      'from a page without an origin',
      403,
      '/decode',
      { headers: { ...JSON_BODY, ...ADMITTED, origin: 'null' }, body: empty },
    ],
    [
      'for a preflight of another origin',
      403,
      '/decode',
      { method: 'OPTIONS', headers: { origin: 'https://evil.example' } },
    ],
    [
      'without a namespace',
      400,
      '/decode',
      { headers: { ...ADMITTED, 'content-type': 'application/json' }, body: empty },
    ],
    [
      'that is no JSON by its type',
      415,
      '/decode',
      { headers: { ...JSON_BODY, ...ADMITTED, 'content-type': 'text/plain' }, body: empty },
    ],
    ['for another path', 404, '/', { headers: ADMITTED, body: empty }],
    ['for a path that only ends like one', 404, '/x/decode', { headers: ADMITTED, body: empty }],
    ['by GET', 405, '/decode', { method: 'GET', headers: ADMITTED }],
  ])('%s', async (_, status, path, init) => {
    const refused = await send(path, init);
    expect(refused.status).toBe(status);
    expect(JSON.parse(refused.text)).toEqual({ error: expect.any(String) as unknown });
    if (status === 403) expect(refused.headers.get('access-control-allow-origin')).toBeNull();
  });

  test.each([
    '',
    'null',
    '[]',
    '7',
    '{',
    `"${WORD}"`,
    '{"payloads":null}',
    '{"payloads":{}}',
    '{"payloads":[null]}',
    '{"payloads":[{"data":7}]}',
    `{"payloads":[{"data":"${WORD}!"}]}`,
    '{"payloads":[{"metadata":[]}]}',
    '{"payloads":[{"metadata":{"encoding":7}}]}',
    `{"payloads":[{"metadata":{"encoding":"${WORD}!"}}]}`,
  ])('as garbage: %s', async (body) => {
    for (const path of ['/decode', '/encode']) expect((await post(path, body)).status).toBe(400);
  });

  test('as too large, whether it says so or not, and the server goes on', async () => {
    const { status } = await post('/decode', `{"payloads":[],"x":"${'x'.repeat(LARGEST_BODY)}"}`).catch(
      () => ({ status: 413 }),
    );
    expect(status).toBe(413);
    expect(await chunked(LARGEST_BODY + 1)).toBe(413);
    expect(await decode([])).toEqual([]);
  });

  test('as too large a log-in, before it is read, though twelve come at once', async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const before = process.memoryUsage().rss;
    const body = Buffer.alloc(LARGEST_BODY, 'x');
    const logins = Array.from({ length: 12 }, () =>
      send('/login', { headers: form, body }).then(
        ({ status }) => status,
        () => 413,
      ),
    );
    expect(new Set(await Promise.all(logins))).toEqual(new Set([413]));
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1_048_576);
    expect((await send('/login', { headers: form, body: `token=${TOKEN}` })).status).toBe(200);
  });

  test('when too many come at once, and is taken again as soon as these are gone', async () => {
    const open = Array.from({ length: 4 }, () => {
      const socket = net.connect(server.port, '127.0.0.1');
      const headers = [
        'Host: x',
        `Authorization: Bearer ${TOKEN}`,
        'X-Namespace: default',
        'Content-Length: 100',
      ];
      socket.write(
        `POST /decode HTTP/1.1\r\n${headers.join('\r\n')}\r\nContent-Type: application/json\r\n\r\n{`,
      );
      return socket;
    });
    const answer = () => post('/decode', { payloads: [] });
    await untilIt(async () => (await answer()).status === 503);
    expect((await answer()).headers.get('retry-after')).toBe('1');
    for (const socket of open) socket.destroy();
    await untilIt(async () => (await answer()).status === 200);
    expect(await decode([])).toEqual([]);
  });

  test('when it breaks off, without harm', async () => {
    const socket = net.connect(server.port, '127.0.0.1');
    socket.write(
      `POST /decode HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${TOKEN}\r\nX-Namespace: default\r\n`,
    );
    socket.write('Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"payl');
    await pause(50);
    socket.destroy();
    expect(await decode([])).toEqual([]);
  });
});

/** Sends a body of so many bytes without saying how many. */
function chunked(size: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const options = {
      port: server.port,
      path: '/decode',
      method: 'POST',
      headers: { ...JSON_BODY, ...ADMITTED },
    };
    const request = http.request(options, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.on('error', () => undefined);
    for (let sent = 0; sent < size; sent += 1_000_000) request.write(Buffer.alloc(1_000_000, 0x20));
    request.end();
  });
}

describe('a browser', () => {
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const login = (token: string) =>
    send('/login', { headers: form, body: new URLSearchParams({ token }).toString() });

  test('is told by the preflight what it may send', async () => {
    const { status, headers } = await send('/decode', { method: 'OPTIONS', headers: { origin: ORIGIN } });
    expect(status).toBe(204);
    expect(headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(headers.get('access-control-allow-credentials')).toBe('true');
    expect(headers.get('access-control-allow-headers')).toBe('content-type, x-namespace, authorization');
    expect(headers.get('vary')).toBe('Origin');
  });

  test('gets a session for the token, and reads with it from the right origin alone', async () => {
    const page = await send('/login', { method: 'GET' });
    expect(page.text).toContain('type="password"');
    const { status, headers } = await login(TOKEN);
    expect(status).toBe(200);
    const cookie = headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/^refund_codec=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=28800$/);
    const [pair = ''] = cookie.split(';');
    const ask = (extra: Record<string, string>) =>
      send('/decode', {
        headers: { ...JSON_BODY, cookie: `theme=dark; ${pair}`, ...extra },
        body: '{"payloads":[]}',
      });
    const answered = await ask({ origin: ORIGIN });
    expect(answered.status).toBe(200);
    expect(answered.headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect((await ask({})).status).toBe(401);
    expect((await ask({ origin: 'https://evil.example' })).status).toBe(403);
    expect((await ask({ origin: ORIGIN, cookie: `${pair}x` })).status).toBe(401);
  });

  test.each(['', 'x', `${TOKEN}x`])('gets none for another token', async (token) => {
    const { status, headers } = await login(token);
    expect({ status, cookie: headers.get('set-cookie') }).toEqual({ status: 401, cookie: null });
  });
});

describe('refund codec-server', () => {
  const PAYLOAD_KEYS = `new:${SECRETS.new.toString('base64')}`;

  async function run(
    args: string[],
    environment: Record<string, string>,
    meanwhile?: (err: string) => Promise<void>,
  ) {
    let err = '';
    const code = runCli(['codec-server', ...args], {
      stdout: { write: () => true },
      stderr: { write: (text: string) => (err += text) },
      environment,
      version: '1.2.3',
    });
    if (meanwhile) {
      while (!err.includes('listens')) await pause(10);
      await meanwhile(err);
      process.emit('SIGTERM');
    }
    const exit = await code;
    shown.push(err);
    return { code: exit, err };
  }

  test('serves until it is told to stop', async () => {
    const environment = { PAYLOAD_KEYS, CODEC_SERVER_TOKEN: TOKEN };
    const ran = await run(['--listen', '127.0.0.1:0'], environment, async (err) => {
      const [, port = ''] = /port (\d+)/.exec(err) ?? [];
      const response = await fetch(`http://127.0.0.1:${port}/decode`, {
        method: 'POST',
        headers: { ...JSON_BODY, ...ADMITTED },
        body: '{"payloads":[]}',
      });
      expect(await response.json()).toEqual({ payloads: [] });
    });
    expect(ran.code).toBe(0);
  });

  test.each<[string, string[], Record<string, string>, string]>([
    ['keys', [], { CODEC_SERVER_TOKEN: TOKEN }, 'PAYLOAD_KEYS must be set'],
    [
      'right keys',
      [],
      { PAYLOAD_KEYS: WORD, CODEC_SERVER_TOKEN: TOKEN },
      'PAYLOAD_KEYS must be keys of 32 bytes',
    ],
    ['a token', [], { PAYLOAD_KEYS }, 'CODEC_SERVER_TOKEN must be'],
    ['a long token', [], { PAYLOAD_KEYS, CODEC_SERVER_TOKEN: WORD }, 'CODEC_SERVER_TOKEN must be'],
    ['a port', ['--listen', 'localhost'], { PAYLOAD_KEYS, CODEC_SERVER_TOKEN: TOKEN }, '--listen must be'],
    [
      'no address of Temporal',
      ['--address', '127.0.0.1:0'],
      { PAYLOAD_KEYS, CODEC_SERVER_TOKEN: TOKEN },
      'The codec server connects to none',
    ],
    [
      'an address of this machine',
      ['--listen', '192.0.2.1:80'],
      { PAYLOAD_KEYS, CODEC_SERVER_TOKEN: TOKEN },
      'Nothing can listen',
    ],
    ['one origin', ['--origin', '*'], { PAYLOAD_KEYS, CODEC_SERVER_TOKEN: TOKEN }, '--origin must be'],
    [
      'an origin without a path',
      ['--origin', 'http://localhost:8233/x'],
      { PAYLOAD_KEYS, CODEC_SERVER_TOKEN: TOKEN },
      '--origin must be',
    ],
  ])('does not start without %s', async (_, args, environment, told) => {
    const { code, err } = await run(args, environment);
    expect(code).toBe(2);
    expect(err).toContain(told);
  });
});

test('no answer and no message ever showed a key, the token, or what was encrypted', () => {
  const secrets = Object.values(SECRETS).flatMap((secret) => [
    secret.toString('base64'),
    secret.toString('hex'),
  ]);
  expect(shown.length).toBeGreaterThan(40);
  for (const secret of [...secrets, WORD, TOKEN])
    expect(shown.filter((text) => text.includes(secret))).toEqual([]);
});
