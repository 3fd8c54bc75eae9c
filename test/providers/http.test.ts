import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import sharedAxios from 'axios';
import { createHttpClient } from '../../src/providers/http';
import type { HttpClient, HttpSettings } from '../../src/providers/http';
import type { HttpResult } from '../../src/providers/http-answer';
import type { HttpRequest } from '../../src/providers/http-request';
import { mayHaveBeenRead } from '../../src/providers/http-transport';
import { writeJson } from '../../src/providers/json';
import { startBudget } from '../../src/providers/time-budget';
import { AMPLE_TIME } from '../support/adapter-cases';

const BODY = '{"a":1}';
const PROBE: HttpRequest = { method: 'GET', path: ['probe'], budget: AMPLE_TIME };
const PAY: HttpRequest = { method: 'POST', path: ['pay'], json: {}, budget: AMPLE_TIME };
/** Long enough never to be the reason why a test fails. */
const PATIENT_MS = 5_000;
const DEADLINE_MS = 300;
/** How much later than its deadline a call may end on a busy machine. */
const SLACK_MS = 1_000;

const inTime = (milliseconds: number) => `no answer within ${milliseconds / 1_000} s.`;

const closers: (() => unknown)[] = [];
afterEach(async () => {
  jest.restoreAllMocks();
  for (const close of closers.splice(0).reverse()) await close();
});

/** Listens on a free port of loopback until the test ends. */
async function listen(server: net.Server): Promise<number> {
  const sockets = new Set<net.Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket.on('error', () => undefined).on('close', () => sockets.delete(socket)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

function clientOf(baseUrl: string, settings: Partial<HttpSettings> = {}): HttpClient {
  const client = createHttpClient({ baseUrl, callTimeoutMs: PATIENT_MS, maxConcurrent: 2, ...settings });
  closers.push(() => client.close());
  return client;
}

/** What a raw server does with each request that has arrived on a connection, counted from 1. */
type OnRequest = (socket: net.Socket, nth: number, head: string) => void;

/** A server of bytes, for answers that no HTTP library would write, and a client for it. */
async function rawServer(onRequest: OnRequest, settings: Partial<HttpSettings> = {}) {
  const seen = { connections: 0, requests: [] as string[] };
  const server = net.createServer((socket) => {
    seen.connections += 1;
    let nth = 0;
    socket.on('data', (bytes) => {
      seen.requests.push(bytes.toString('latin1'));
      onRequest(socket, (nth += 1), bytes.toString('latin1'));
    });
  });
  const baseUrl = `http://127.0.0.1:${await listen(server)}`;
  return { ...seen, seen, baseUrl, client: clientOf(baseUrl, settings) };
}

/** A server that counts its connections and answers none; whatever it is sent is kept. */
async function recordingServer() {
  const { seen, baseUrl } = await rawServer((socket) => socket.end(whole('{"recorded":true}')));
  return { seen, url: baseUrl };
}

/** A whole answer, as it goes over the wire. */
function whole(body: string | Buffer, { status = '200 OK', headers = '' } = {}): Buffer {
  const bytes = Buffer.from(body);
  return Buffer.concat([
    Buffer.from(`HTTP/1.1 ${status}\r\n${headers}Content-Length: ${bytes.length}\r\n\r\n`),
    bytes,
  ]);
}

/** An answer in chunks, without the one that ends it. */
function chunked(...chunks: (string | Buffer)[]): Buffer {
  const parts = chunks.map((chunk) => {
    const bytes = Buffer.from(chunk);
    return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
  });
  return Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'), ...parts]);
}

const LAST_CHUNK = '0\r\n\r\n';

/** Writes byte by byte, one in 100 ms. */
function drip(socket: net.Socket, bytes: Buffer): void {
  const timer = setInterval(() => {
    socket.write(bytes.subarray(0, 1));
    bytes = bytes.subarray(1);
    if (bytes.length === 0) clearInterval(timer);
  }, 100);
  socket.on('close', () => clearInterval(timer));
}

function bodyOf(result: HttpResult): unknown {
  return result.kind === 'answer' && result.body !== undefined ? writeJson(result.body) : undefined;
}

async function timed<Value>(promise: Promise<Value>): Promise<[Value, number]> {
  const begin = performance.now();
  return [await promise, performance.now() - begin];
}

describe('connections', () => {
  test('are kept and used again, by one client only', async () => {
    const { seen, client, baseUrl } = await rawServer((socket) => socket.write(whole(BODY)));
    for (let call = 0; call < 3; call += 1) expect(bodyOf(await client.send(PROBE))).toBe(BODY);
    expect(seen).toMatchObject({ connections: 1, requests: [{}, {}, {}] });
    expect(bodyOf(await clientOf(baseUrl).send(PROBE))).toBe(BODY);
    expect(seen.connections).toBe(2);
  });

  test('that nobody uses are closed by us, before a server closes them under a request', async () => {
    const closed: number[] = [];
    const { client } = await rawServer((socket) => {
      socket.write(whole(BODY, { headers: 'Keep-Alive: timeout=60\r\n' }));
      socket.on('close', () => closed.push(performance.now()));
    });
    await client.send(PROBE);
    const begin = performance.now();
    while (closed.length === 0 && performance.now() - begin < 3_000) await pause(25);
    expect((closed[0] ?? Infinity) - begin).toBeLessThan(2_000);
  });

  test('stay open under an answer that takes longer than an idle one is kept', async () => {
    const { seen, client } = await rawServer(
      (socket) => void setTimeout(() => socket.write(whole(BODY)), 1_300),
    );
    expect(bodyOf(await client.send(PROBE))).toBe(BODY);
    expect(seen.connections).toBe(1);
  });

  test('are never more than the limit', async () => {
    let open = 0;
    let most = 0;
    const { client } = await rawServer((socket) => {
      most = Math.max(most, (open += 1));
      setTimeout(() => socket.write(whole(BODY), () => (open -= 1)), 10);
    });
    const results = await Promise.all(Array.from({ length: 8 }, () => client.send(PROBE)));
    expect(results.map(bodyOf)).toEqual(Array<string>(8).fill(BODY));
    expect(most).toBe(2);
  });

  test('that are all taken make a call wait, and it is not sent when its time is over', async () => {
    const { seen, client } = await rawServer(
      (socket, _, head) => (head.includes('/hang') ? undefined : socket.write(whole(BODY))),
      { maxConcurrent: 1, callTimeoutMs: DEADLINE_MS * 2 },
    );
    const hanging = client.send({ ...PAY, path: ['hang'] });
    const [waiting, elapsed] = await timed(client.send({ ...PAY, path: ['waits'] }));
    expect(waiting).toEqual({ kind: 'notSent', message: `Not sent: ${inTime(DEADLINE_MS * 2)}` });
    expect(elapsed).toBeLessThan(DEADLINE_MS * 2 + SLACK_MS);
    expect((await hanging).kind).toBe('lost');
    // The place of the call that gave up is free again.
    expect(bodyOf(await client.send(PROBE))).toBe(BODY);
    expect(seen.requests.map((request) => request.split(' ')[1])).toEqual(['/hang', '/probe']);
  });

  test('are neither shared with nor changed by other users of axios and fetch in this process', async () => {
    const recorder = await recordingServer();
    const { seen, client } = await rawServer((socket) => socket.write(whole(BODY)));
    const { fetch } = globalThis;
    const interceptor = sharedAxios.interceptors.request.use(() => Promise.reject(new Error('intercepted')));
    sharedAxios.defaults.headers.common['X-Foreign'] = 'foreign';
    sharedAxios.defaults.baseURL = recorder.url;
    globalThis.fetch = () => Promise.reject(new Error('fetched'));
    try {
      expect(bodyOf(await client.send(PROBE))).toBe(BODY);
    } finally {
      globalThis.fetch = fetch;
      sharedAxios.interceptors.request.eject(interceptor);
      delete sharedAxios.defaults.headers.common['X-Foreign'];
      delete sharedAxios.defaults.baseURL;
    }
    expect(seen.requests.join()).not.toMatch(/foreign/i);
    expect(recorder.seen.connections).toBe(0);
  });
});

describe('a call goes nowhere else', () => {
  test.each([301, 302, 303, 307, 308])('when it is redirected with %i', async (status) => {
    const recorder = await recordingServer();
    const headers = `Location: ${recorder.url}/elsewhere\r\nRefresh: 0; url=${recorder.url}\r\n`;
    const { seen, client } = await rawServer((socket) =>
      socket.write(whole('', { status: `${status} X`, headers })),
    );
    const result = await client.send(PAY);
    expect(result).toMatchObject({ kind: 'answer', status, body: undefined });
    expect(seen.requests).toHaveLength(1);
    expect(recorder.seen.connections).toBe(0);
  });

  const proxies = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy'];
  test.each(proxies)('when %s names a proxy', async (variable) => {
    const recorder = await recordingServer();
    const { client, baseUrl } = await rawServer((socket) => socket.write(whole(BODY)));
    const before = { ...process.env };
    Object.assign(process.env, { [variable]: recorder.url, NODE_USE_ENV_PROXY: '1' });
    for (const name of ['NO_PROXY', 'no_proxy']) Reflect.deleteProperty(process.env, name);
    try {
      expect(bodyOf(await client.send(PROBE))).toBe(BODY);
      const made = clientOf(baseUrl);
      expect(bodyOf(await made.send(PROBE))).toBe(BODY);
      expect((await clientOf(baseUrl.replace('http:', 'https:')).send(PROBE)).kind).toBe('notSent');
    } finally {
      for (const name of Object.keys(process.env)) Reflect.deleteProperty(process.env, name);
      Object.assign(process.env, before);
    }
    expect(recorder.seen.connections).toBe(0);
  });

  const places: [string, string, string[], string | undefined][] = [
    ['a plain path', '', ['v1', 'pay'], '/v1/pay'],
    ['a base URL with a slash at its end', '/', ['v1'], '/v1'],
    ['a base URL with a path, kept', '/tenant/api', ['v1'], '/tenant/api/v1'],
    ['a base URL with a path and slashes at its end', '/tenant//', ['v1'], '/tenant/v1'],
    ['an absolute URL', '/p', ['http://evil.invalid/'], '/p/http%3A%2F%2Fevil.invalid%2F'],
    ['an address without a scheme', '/p', ['//evil.invalid'], '/p/%2F%2Fevil.invalid'],
    ['a way up that was encoded before', '/p', ['%2e%2e', 'x'], '/p/%252e%252e/x'],
    ['a way up with a slash', '/p', ['../x'], '/p/..%2Fx'],
    ['a way up by backslash', '/p', ['..\\x'], '/p/..%5Cx'],
    ['a query and a fragment', '/p', ['a?b=c#d'], '/p/a%3Fb%3Dc%23d'],
    ['a user name', '/p', ['user@evil.invalid'], '/p/user%40evil.invalid'],
    ['a line break', '/p', ['a\r\nX: y'], '/p/a%0D%0AX%3A%20y'],
    ['letters of any script', '/p', ['ödeme 1'], '/p/%C3%B6deme%201'],
    ['a way up', '/p', ['..', 'x'], undefined],
    ['the same place', '/p', ['.'], undefined],
    ['nothing', '/p', ['a', ''], undefined],
    ['half a character', '/p', ['\ud800'], undefined],
  ];
  test.each(places)('when a path segment is %s', async (_, prefix, segments, expected) => {
    const { seen, baseUrl } = await rawServer((socket) => socket.write(whole(BODY)));
    const result = await clientOf(baseUrl + prefix).send({ ...PROBE, path: segments });
    expect(result.kind).toBe(expected === undefined ? 'notSent' : 'answer');
    expect(seen.requests.map((request) => request.split(' ')[1])).toEqual(
      expected === undefined ? [] : [expected],
    );
  });

  test('when a query or a form holds signs of their syntax', async () => {
    const { seen, client } = await rawServer((socket) => socket.write(whole(BODY)));
    const hostile = { 'a&b': 'c=d&e\r\nX: y#?', '': 'ü' };
    await client.send({ ...PROBE, path: ['x'], query: hostile });
    await client.send({ ...PROBE, method: 'POST', path: ['x'], form: hostile });
    const [get = '', post = ''] = seen.requests;
    expect(get.split('\r\n')[0]).toBe('GET /x?a%26b=c%3Dd%26e%0D%0AX%3A+y%23%3F&=%C3%BC HTTP/1.1');
    expect(post.split('\r\n\r\n')[1]).toBe('a%26b=c%3Dd%26e%0D%0AX%3A+y%23%3F&=%C3%BC');
  });
});

describe('the deadline of a call', () => {
  const drips: [string, OnRequest][] = [
    ['headers that drip', (socket) => drip(socket, whole(BODY))],
    [
      'a body that drips',
      (socket) => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n');
        drip(socket, Buffer.alloc(1_000, '{"a":1}'));
      },
    ],
    [
      'a compressed body that drips',
      (socket) => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n');
        drip(socket, gzipSync(BODY));
      },
    ],
    ['an answer that never comes', () => undefined],
    [
      '"continue" without end',
      (socket) => drip(socket, Buffer.from('HTTP/1.1 100 Continue\r\n\r\n'.repeat(99))),
    ],
    [
      'another protocol',
      (socket) => socket.write('HTTP/1.1 101 X\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'),
    ],
  ];
  test.each(drips)('ends %s as lost', async (_, onRequest) => {
    const { seen, client } = await rawServer(onRequest, { callTimeoutMs: DEADLINE_MS });
    const [result, elapsed] = await timed(client.send(PAY));
    expect(result).toEqual({ kind: 'lost', message: `No whole answer: ${inTime(DEADLINE_MS)}` });
    expect(elapsed).toBeLessThan(DEADLINE_MS + SLACK_MS);
    expect(seen.requests).toHaveLength(1);
  });

  test('is not sent again by anybody: a call makes one request', async () => {
    const { seen, client } = await rawServer((socket) => socket.resetAndDestroy());
    expect((await client.send(PAY)).kind).toBe('lost');
    await pause(100);
    expect(seen.requests).toHaveLength(1);
  });

  test('is the end of its budget, where that comes first', async () => {
    const { client } = await rawServer(() => undefined);
    const [result, elapsed] = await timed(client.send({ ...PAY, budget: startBudget(DEADLINE_MS) }));
    expect(result).toMatchObject({
      kind: 'lost',
      message: expect.stringMatching(/no answer within 0\.[23]/) as string,
    });
    expect(elapsed).toBeLessThan(DEADLINE_MS + SLACK_MS);
  });

  test.each([
    ['spent', {}, 0],
    ['half spent, and the call moves money', { movesMoney: true }, 400],
  ] as const)('is past when the budget is %s: not even a connection is made', async (_, kind, left) => {
    const { seen, client } = await rawServer((socket) => socket.write(whole(BODY)));
    const budget = startBudget(1_000);
    const begun = performance.now();
    jest.spyOn(performance, 'now').mockImplementation(() => begun + 1_000 - left);
    const late = await client.send({ ...PAY, ...kind, budget });
    expect(late).toEqual({ kind: 'notSent', message: 'Not sent: what came before it took too long.' });
    expect(seen.connections).toBe(0);
  });

  test('of a movement that waits for a connection is half of its budget: it is not sent after that', async () => {
    const slow: OnRequest = (socket) => void setTimeout(() => socket.write(whole(BODY)), DEADLINE_MS);
    const { seen, client } = await rawServer(slow, { maxConcurrent: 1 });
    const first = client.send({ ...PAY, path: ['first'], movesMoney: true });
    const budget = startBudget(DEADLINE_MS * 1.6);
    const waiting = client.send({ ...PAY, path: ['waits'], movesMoney: true, budget });
    const question = client.send({ ...PROBE, budget: startBudget(PATIENT_MS) });
    expect(await waiting).toEqual({
      kind: 'notSent',
      message: 'Not sent: what came before it took too long.',
    });
    expect([(await first).kind, (await question).kind]).toEqual(['answer', 'answer']);
    expect(seen.requests.map((request) => request.split(' ')[1])).toEqual(['/first', '/probe']);
  });

  test.each([
    ['set back by an hour does not put it off', -3_600_000],
    ['that jumped while the machine slept brings it on', 3_600_000],
  ])('and a clock %s', async (_, jumpMs) => {
    const { client } = await rawServer(() => undefined);
    const budget = startBudget(DEADLINE_MS * 10);
    const call = client.send({ ...PAY, budget });
    await pause(50);
    const now = Date.now.bind(Date);
    jest.spyOn(Date, 'now').mockImplementation(() => now() + jumpMs);
    const [result, elapsed] = await timed(call);
    expect(result.kind).toBe('lost');
    expect(elapsed).toBeLessThan(jumpMs > 0 ? 1_000 + SLACK_MS : DEADLINE_MS * 10 + SLACK_MS);
  });
});

const MEGABYTE = 1_000_000;
/** JSON of so many bytes, nearly all of them blanks. */
const jsonOf = (bytes: number) => Buffer.from(BODY.padEnd(bytes, ' '));
const encoded = (encoding: string, bytes: Buffer) =>
  whole(bytes, { headers: `Content-Encoding: ${encoding}\r\n` });

describe('an answer that is too large is lost, also when it is small on the wire', () => {
  const large = jsonOf(20 * MEGABYTE);
  const answers: [string, Buffer][] = [
    ['as it is', whole(jsonOf(MEGABYTE + 1))],
    [
      'in chunks',
      Buffer.concat([chunked(...Array<Buffer>(11).fill(jsonOf(100_000))), Buffer.from(LAST_CHUNK)]),
    ],
    ['with gzip', encoded('gzip', gzipSync(large))],
    ['with x-gzip', encoded('x-gzip', gzipSync(large))],
    ['with deflate', encoded('deflate', deflateSync(large))],
    ['with deflate without its header', encoded('deflate', deflateRawSync(large))],
    ['with brotli', encoded('br', brotliCompressSync(large))],
  ];
  test.each(answers)('%s', async (_, answer) => {
    const { client } = await rawServer((socket) => socket.write(answer));
    expect(await client.send(PROBE)).toEqual({ kind: 'lost', message: 'No whole answer: ERR_BAD_RESPONSE.' });
  });

  test.each([
    ['as it is', whole(jsonOf(MEGABYTE))],
    ['with gzip', encoded('gzip', gzipSync(jsonOf(MEGABYTE)))],
    ['with brotli', encoded('br', brotliCompressSync(jsonOf(MEGABYTE)))],
    ['with deflate', encoded('deflate', deflateSync(jsonOf(MEGABYTE)))],
  ])('and one of exactly a megabyte is read, %s', async (_, answer) => {
    const { client } = await rawServer((socket) => socket.write(answer));
    expect(bodyOf(await client.send(PROBE))).toBe(BODY);
  });
});

/** Answers of which the end, or the sense, is missing. */
const BROKEN: readonly [string, OnRequest][] = [
  ['chunks without an end', (socket) => socket.end(chunked(BODY))],
  ['a chunk cut off', (socket) => socket.end(chunked(BODY).subarray(0, -4))],
  ['less than its length', (socket) => socket.end(whole(BODY).toString().replace('Length: 7', 'Length: 8'))],
  ['more than its length', (socket) => socket.end(whole(BODY).toString().replace('Length: 7', 'Length: 3'))],
  ['two lengths', (socket) => socket.end(whole(BODY, { headers: 'Content-Length: 3\r\n' }))],
  ['a length and chunks', (socket) => socket.end(whole(BODY, { headers: 'Transfer-Encoding: chunked\r\n' }))],
  ['a length that is none', (socket) => socket.end(`HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n${BODY}`)],
  ['only half its headers', (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Le')],
  ['another protocol', (socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n')],
  ['headers without end', (socket) => socket.end(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`)],
  [
    'a header smuggled by a bare return',
    (socket) => socket.end(`HTTP/1.1 200 OK\r\nX: y\rZ: 1\r\n\r\n${BODY}`),
  ],
  ['gzip that is none', (socket) => socket.end(encoded('gzip', Buffer.from(BODY)))],
  ['gzip with a wrong sum', (socket) => socket.end(encoded('gzip', withWrongSum(gzipSync(BODY))))],
  ['brotli that is none', (socket) => socket.end(encoded('br', Buffer.from(BODY)))],
  ['nothing but the end', (socket) => socket.end()],
  ['nothing but a reset', (socket) => socket.resetAndDestroy()],
  [
    'a reset in the middle of a body without a length',
    (socket) =>
      socket.write(`HTTP/1.1 200 OK\r\n\r\n${BODY}`, () => setTimeout(() => socket.resetAndDestroy(), 30)),
  ],
];

function withWrongSum(gzipped: Buffer): Buffer {
  const sum = gzipped.length - 8;
  gzipped.writeUInt8(gzipped.readUInt8(sum) ^ 1, sum);
  return gzipped;
}

describe('an answer that is not whole is lost', () => {
  test.each(BROKEN)('%s', async (_, onRequest) => {
    const { seen, client } = await rawServer(onRequest);
    const result = await client.send(PAY);
    expect(result).toEqual({
      kind: 'lost',
      message: expect.stringMatching(/^No whole answer: [A-Z0-9_]+\.$/) as string,
    });
    expect(seen.requests).toHaveLength(1);
  });
});

describe('a connection that dies', () => {
  test.each([
    ['by a reset', (socket: net.Socket) => socket.resetAndDestroy()],
    ['by its end', (socket: net.Socket) => socket.end()],
  ])('%s before the server read anything is lost, because bytes may have left', async (_, die) => {
    const port = await listen(net.createServer((socket) => void setTimeout(() => die(socket.pause()), 20)));
    const client = clientOf(`http://127.0.0.1:${port}`);
    expect((await client.send(PAY)).kind).toBe('lost');
  });

  test.each([
    ['reset', (socket: net.Socket) => socket.resetAndDestroy()],
    ['ended', (socket: net.Socket) => socket.end()],
    ['answered in part', (socket: net.Socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{')],
  ])('on its second request (%s) is lost, and not tried again on another', async (_, die) => {
    const { seen, client } = await rawServer((socket, nth) =>
      nth === 1 ? socket.write(whole(BODY)) : die(socket),
    );
    expect((await client.send(PROBE)).kind).toBe('answer');
    expect((await client.send(PAY)).kind).toBe('lost');
    expect(seen).toMatchObject({ connections: 1, requests: [{}, {}] });
    expect((await client.send(PROBE)).kind).toBe('answer');
  });

  test('between two requests, unseen by us, is lost, or replaced before anything left', async () => {
    const sockets: net.Socket[] = [];
    const { seen, client } = await rawServer((socket) => {
      sockets.push(socket);
      socket.write(whole(BODY));
    });
    await client.send(PROBE);
    sockets[0]?.resetAndDestroy();
    const { kind } = await client.send(PAY);
    // Node.js 22.23.5 and 26.12 look at a kept connection before they write to it; earlier versions do not.
    const arrived = seen.requests.length - 1;
    expect([kind, arrived, seen.connections]).toEqual(kind === 'lost' ? ['lost', 0, 1] : ['answer', 1, 2]);
  });

  test('between two requests, seen by us, is replaced by a new one', async () => {
    const { seen, client } = await rawServer((socket) => {
      socket.write(whole(BODY));
      setTimeout(() => socket.end(), 10);
    });
    await client.send(PROBE);
    await pause(50);
    expect((await client.send(PROBE)).kind).toBe('answer');
    expect(seen.connections).toBe(2);
  });

  test.each([
    ['together with the first', 0],
    ['while nobody waits for it', 20],
  ])('is no loss, and an answer nobody asked for is given to nobody (%s)', async (_, delayMs) => {
    const stray = whole('{"stray":true}');
    const { client } = await rawServer((socket, nth) => {
      const own = whole(`{"n":${nth}}`);
      if (delayMs === 0) socket.write(Buffer.concat([own, stray]));
      else socket.write(own, () => setTimeout(() => socket.write(stray), delayMs));
    });
    for (let call = 0; call < 3; call += 1) {
      expect(bodyOf(await client.send(PROBE))).toMatch(/^\{"n":\d\}$/);
      await pause(delayMs * 3);
    }
  });
});

describe('what never left is not sent', () => {
  const notSent = {
    kind: 'notSent',
    message: expect.stringMatching(/^Not sent: [A-Z][A-Z0-9_]+\.$/) as string,
  };

  test('a refused connection, by number and by a name with two addresses', async () => {
    const server = net.createServer();
    const port = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    for (const host of ['127.0.0.1', 'localhost']) {
      const client = clientOf(`http://${host}:${port}`);
      expect(await client.send(PAY)).toEqual({
        kind: 'notSent',
        message: 'Not sent: ECONNREFUSED.',
      });
    }
  });

  test('a name that does not exist', async () => {
    const client = clientOf('http://refund-saga.invalid', { callTimeoutMs: 2_000 });
    const result = await client.send(PAY);
    // Where no name server answers, the deadline comes first.
    expect(result.kind).toBe('notSent');
    expect(result).toMatchObject({
      message: expect.stringMatching(/ENOTFOUND|EAI_AGAIN|no answer within/) as string,
    });
  });

  test('TLS with a server that speaks none, hangs up, or has no certificate', async () => {
    const plain = await listen(http.createServer((_, response) => response.end(BODY)));
    const deaf = await listen(net.createServer((socket) => socket.once('data', () => socket.destroy())));
    const bare = await listen(https.createServer((_, response) => response.end(BODY)));
    for (const port of [plain, deaf, bare]) {
      const client = clientOf(`https://127.0.0.1:${port}`);
      expect(await client.send(PAY)).toEqual(notSent);
    }
  });

  test('TLS whose handshake does not end in time', async () => {
    const port = await listen(net.createServer(() => undefined));
    const client = clientOf(`https://127.0.0.1:${port}`, { callTimeoutMs: DEADLINE_MS });
    const result = await client.send(PAY);
    expect(result).toEqual({ kind: 'notSent', message: `Not sent: ${inTime(DEADLINE_MS)}` });
  });

  const characters = {
    'a line break': 'k\r\nX-Evil: 1',
    'a bare line feed': 'k\nX-Evil: 1',
    'a zero': 'k\0',
    'a sign beyond Latin-1': 'k€',
  };
  test.each(Object.entries(characters))('a credential with %s', async (_, key) => {
    const { seen, client } = await rawServer((socket) => socket.write(whole(BODY)));
    const result = await client.send({ ...PROBE, headers: { Authorization: `Bearer ${key}` } });
    expect(result).toEqual({
      kind: 'notSent',
      message: 'Not sent: a credential holds a character that no header can.',
    });
    expect(seen.connections).toBe(0);
  });

  const cyclic: Record<string, unknown> = {};
  cyclic.self = cyclic;
  test.each([
    ['nothing', () => undefined],
    ['a cycle', cyclic],
  ])('a body that is no JSON: %s', async (_, json) => {
    const { seen, client } = await rawServer((socket) => socket.write(whole(BODY)));
    const result = await client.send({ ...PAY, json });
    expect(result).toEqual({ kind: 'notSent', message: 'Not sent: the request could not be made.' });
    expect(seen.connections).toBe(0);
  });
});

/** Calls that another process makes, with a client for each round, and in which a name is in `Object.prototype`. */
interface Round {
  settings: Partial<HttpSettings>;
  requests: HttpRequest[];
  polluted?: string;
}

const ELSEWHERE = `
  const swc = require(process.argv[1]);
  const options = { module: { type: 'commonjs' }, jsc: { parser: { syntax: 'typescript' }, target: 'es2022' } };
  require.extensions['.ts'] = (module, file) => module._compile(swc.transformFileSync(file, options).code, file);
  const { createHttpClient } = require(process.argv[2]);
  const budget = { remainingMs: () => 60_000, mayBegin: () => true };
  const [rounds, values] = JSON.parse(process.argv[3]);
  const evil = () => { throw new Error('polluted'); };
  const valueOf = (name) => {
    const value = values[name];
    if (value === 'FUNCTION') return evil;
    return name === 'proxy' ? new URL(value) : value;
  };
  (async () => {
    const results = [];
    for (const { settings, requests, polluted } of rounds) {
      const ours = [];
      if (polluted) Object.prototype[polluted] = valueOf(polluted);
      try {
        const client = createHttpClient({ callTimeoutMs: 5000, maxConcurrent: 1, ...settings });
        for (const request of requests) ours.push(await client.send({ ...request, budget }));
        client.close();
      } finally {
        delete Object.prototype[polluted];
      }
      results.push(ours);
    }
    console.log(JSON.stringify(results));
  })();
`;

/** Makes calls in a process of their own. */
async function sendElsewhere(
  rounds: Round[],
  environment: NodeJS.ProcessEnv,
  values: Record<string, unknown> = {},
): Promise<HttpResult[][]> {
  const parameters = [
    require.resolve('@swc/core'),
    path.resolve('src/providers/http.ts'),
    JSON.stringify([rounds, values]),
  ];
  const env = { ...process.env, ...environment };
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', ELSEWHERE, ...parameters], { env });
  return JSON.parse(stdout) as HttpResult[][];
}

describe('TLS with a certificate of our own', () => {
  let folder: string;
  let port: number;
  let requests: number;
  let server: https.Server;
  let identity: Pick<https.ServerOptions, 'key' | 'cert'>;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'refund-tls-'));
    const files = ['-keyout', path.join(folder, 'key.pem'), '-out', path.join(folder, 'cert.pem')];
    const names = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
    execFileSync('openssl', ['req', '-x509', ...curve, '-nodes', '-days', '2', ...names, ...files], {
      stdio: 'ignore',
    });
    const [key, cert] = await Promise.all(
      ['key.pem', 'cert.pem'].map((file) => readFile(path.join(folder, file))),
    );
    identity = { key, cert };
    server = https.createServer(identity, (request, response) => {
      requests += 1;
      if (request.url === '/reset') request.socket.destroy();
      else if (request.url !== '/hang') response.end(BODY);
    });
  });
  beforeEach(async () => {
    requests = 0;
    port = await listen(server);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('that nobody vouches for is not sent', async () => {
    const result = await clientOf(`https://127.0.0.1:${port}`).send(PAY);
    expect(result).toEqual({ kind: 'notSent', message: 'Not sent: DEPTH_ZERO_SELF_SIGNED_CERT.' });
    expect(requests).toBe(0);
  });

  /** Trust is read when a process starts: so another one makes these calls, one after the other with one client. */
  async function sendTrusting(paths: string[], settings: Partial<HttpSettings> = {}): Promise<HttpResult[]> {
    const requests = paths.map((name): HttpRequest => ({ ...PAY, path: [name] }));
    const baseUrl = `https://127.0.0.1:${port}`;
    const rounds = [{ settings: { baseUrl, ...settings }, requests }];
    const [results = []] = await sendElsewhere(rounds, {
      NODE_EXTRA_CA_CERTS: path.join(folder, 'cert.pem'),
    });
    return results;
  }

  test('is answered, kept and used again; what dies on it, fresh or reused, is lost', async () => {
    const connections: unknown[] = [];
    server.on('secureConnection', (socket) => connections.push(socket));
    const results = await sendTrusting(['pay', 'pay', 'reset', 'reset', 'pay']);
    expect(results.map(({ kind }) => kind)).toEqual(['answer', 'answer', 'lost', 'lost', 'answer']);
    expect(requests).toBe(5);
    expect(connections).toHaveLength(3);
  });

  test('that is silent after the request is lost by the deadline', async () => {
    const [result] = await sendTrusting(['hang'], { callTimeoutMs: DEADLINE_MS * 4 });
    expect(result).toEqual({ kind: 'lost', message: `No whole answer: ${inTime(DEADLINE_MS * 4)}` });
    expect(requests).toBe(1);
  });

  describe('that demands one of us', () => {
    const versions = ['TLSv1.2', 'TLSv1.3'] as const;

    /** A server that lets only holders of its own certificate in, and what it was asked. */
    async function demanding(settings: https.ServerOptions) {
      const seen: string[] = [];
      const strict = https.createServer(
        { ...identity, ca: identity.cert, requestCert: true, rejectUnauthorized: true, ...settings },
        (request, response) => {
          seen.push(request.url ?? '');
          response.end(BODY);
        },
      );
      return { seen, baseUrl: `https://127.0.0.1:${await listen(strict)}` };
    }

    test.each(versions)('is not sent by %s, although TLS 1.3 lets our bytes leave first', async (version) => {
      const { seen, baseUrl } = await demanding({ minVersion: version, maxVersion: version });
      const results = await sendTrusting(['pay', 'pay', 'pay'], { baseUrl });
      const refused = {
        kind: 'notSent',
        message: expect.stringMatching(/^Not sent: (?:EPROTO|ERR_SSL_\w+ALERT_\w+)\.$/) as string,
      };
      expect(results).toEqual([refused, refused, refused]);
      expect(seen).toEqual([]);
    });

    test('is lost when the server broke off for another reason after our bytes', async () => {
      const server = https.createServer(identity, (request) => request.socket.destroy());
      const baseUrl = `https://127.0.0.1:${await listen(server)}`;
      expect(await sendTrusting(['pay'], { baseUrl })).toMatchObject([{ kind: 'lost' }]);
    });
  });

  test('of another name is not sent', async () => {
    const [result] = await sendTrusting(['pay'], { baseUrl: `https://localhost:${port}` });
    expect(result).toEqual({ kind: 'notSent', message: 'Not sent: ERR_TLS_CERT_ALTNAME_INVALID.' });
    expect(requests).toBe(0);
  });
});

test.each([
  ['demands a certificate', 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', true, false],
  ['knows not who signed ours', 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', true, false],
  ['refuses ours, as newer OpenSSL writes it', 'ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE', true, false],
  ['refuses ours on a connection that it spoke on', 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', false, true],
  ['stumbles, maybe over our request', 'ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR', true, true],
  ['cannot read a record', 'ERR_SSL_SSLV3_ALERT_BAD_RECORD_MAC', true, true],
  ['hangs up', 'ECONNRESET', true, true],
])(
  'a TLS 1.3 server that %s (%s, before its first byte: %s) may have read our request: %s',
  (_, code, isOpen, expected) => {
    const passage = { isInTime: () => true, mayHaveLeft: true, isHandshakeOpen: isOpen };
    expect(mayHaveBeenRead(passage, Object.assign(new Error(), { code }))).toBe(expected);
  },
);

describe('a body', () => {
  const bytes = (...values: number[]) =>
    Buffer.concat([Buffer.from('{"a":"'), Buffer.from(values), Buffer.from('"}')]);
  const refused: [string, string | Buffer][] = [
    ['nothing', ''],
    ['HTML', '<html></html>'],
    ['JSON cut off', '{"a":'],
    ['two documents', '{"a":1}{"a":1}'],
    ['a comma too many', '{"a":1,}'],
    ['a comment', '{"a":1}//'],
    ['single quotes', "{'a':1}"],
    ['a number that is none', '{"a":NaN}'],
    ['a key with two values', '{"a":1,"a":2}'],
    ['a key with two values, once escaped', '{"a":1,"\\u0061":2}'],
    ['a key with two values, deep inside', '{"b":[{"a":1,"a":2}]}'],
    ['a key with two numbers that differ in their text', '{"a":1,"a":1.0}'],
    ['a prototype', '{"__proto__":{"a":1}}'],
    ['a prototype, escaped and deep inside', '{"b":[{"\\u005f_proto__":{"a":1}}]}'],
    ['a byte that is no UTF-8', bytes(0xff)],
    ['UTF-8 that is too long', bytes(0xc0, 0xaf)],
    ['half a character', bytes(0xed, 0xa0, 0x80)],
    ['UTF-16', Buffer.from(BODY, 'utf16le')],
    ['a byte order mark', `\ufeff${BODY}`],
    ['an encoding that we did not offer', gzipSync(gzipSync(BODY))],
  ];
  test.each(refused)('is undefined: %s', async (_, body) => {
    const headers = 'Content-Type: application/json; charset=utf-8\r\n';
    const { client } = await rawServer((socket) => socket.write(whole(body, { headers })));
    expect(await client.send(PROBE)).toEqual({
      kind: 'answer',
      status: 200,
      body: undefined,
      isEmpty: body.length === 0,
    });
  });

  test.each([
    ['ids to the last digit', '{"id":7440022202222222022,"at":149.90}'],
    ['a key given twice with the same value', '{"a":1,"a":1}', BODY],
    ['letters of any script', '{"a":"ödeme 😀 \u2028"}'],
  ])('keeps %s', async (_, body, expected = body) => {
    const { client } = await rawServer((socket) => socket.write(whole(body)));
    expect(bodyOf(await client.send(PROBE))).toBe(expected);
  });

  test.each([
    ['in small chunks', Buffer.concat([chunked(...Array.from(BODY)), Buffer.from(LAST_CHUNK)])],
    ['until the connection ends', Buffer.from(`HTTP/1.1 200 OK\r\n\r\n${BODY}`)],
    ['after informational answers', Buffer.concat([Buffer.from('HTTP/1.1 103 Early\r\n\r\n'), whole(BODY)])],
    ['with any status', whole(BODY, { status: '599 X' })],
  ])('is read %s', async (_, answer) => {
    const { client } = await rawServer((socket) => socket.end(answer));
    expect(bodyOf(await client.send(PROBE))).toBe(BODY);
  });

  test('cut off inside its compression is never taken for a body', async () => {
    const gzipped = gzipSync(BODY);
    const { client } = await rawServer((socket) => socket.end(encoded('gzip', gzipped.subarray(0, -10))));
    expect(bodyOf(await client.send(PROBE))).toBeUndefined();
  });

  test('goes out to the letter, with its length and type', async () => {
    const { seen, client } = await rawServer((socket) => socket.write(whole(BODY)));
    await client.send({ ...PAY, json: { b: 'ö', a: 1 }, headers: { 'X-Key': 'é' } });
    await client.send({ ...PROBE, method: 'POST', form: { a: 'b' } });
    const [json = '', form = ''] = seen.requests.map((request) => Buffer.from(request, 'latin1').toString());
    expect(json).toMatch(/Content-Type: application\/json\r\n/i);
    expect(json).toMatch(/Content-Length: 16\r\n/i);
    expect(json.split('\r\n\r\n')[1]).toBe('{"b":"ö","a":1}');
    expect(form).toMatch(/Content-Type: application\/x-www-form-urlencoded\r\n/i);
  });
});

test('Retry-After comes with the answer, the longest of that name', async () => {
  const headers = 'Retry-After: 7\r\nretry-after: 99\r\n';
  const { client } = await rawServer((socket) => socket.write(whole(BODY, { status: '429 X', headers })));
  expect(await client.send(PROBE)).toMatchObject({ status: 429, retryAfterMs: 99_000 });
});

describe('secrets', () => {
  const CANARY = 'canary-7f3a';
  const SECRET: HttpRequest = {
    method: 'POST',
    path: [`path-${CANARY}`],
    query: { phone: CANARY },
    headers: { Authorization: `Bearer ${CANARY}`, 'x-api-key': CANARY },
    json: { account: CANARY },
    budget: AMPLE_TIME,
  };
  const deaf: [string, OnRequest] = ['no answer', () => undefined];
  const echo: [string, OnRequest] = [
    'an echo in every place of an answer that is not whole',
    (socket) =>
      socket.end(`HTTP/1.1 200 ${CANARY}\r\n${CANARY}: ${CANARY}\r\nContent-Length: 999\r\n\r\n${CANARY}`),
  ];

  /** Fails when a result holds more than its contract, or any canary. */
  function expectBare(result: HttpResult): void {
    expect(Object.keys(result)).toEqual(['kind', 'message']);
    expect(typeof (result as { message: unknown }).message).toBe('string');
    expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
    expect(JSON.stringify(result)).not.toContain(CANARY);
  }

  test.each([...BROKEN, deaf, echo])('are in no message: %s', async (_, onRequest) => {
    const { baseUrl } = await rawServer(onRequest);
    const client = clientOf(`${baseUrl}/base-${CANARY}`, { callTimeoutMs: DEADLINE_MS });
    expectBare(await client.send(SECRET));
  });

  test('are in no message when nothing was sent', async () => {
    const baseUrls = [
      `http://127.0.0.1:1/${CANARY}`,
      `http://${CANARY}.invalid`,
      `https://127.0.0.1:1/${CANARY}`,
    ];
    const requests: HttpRequest[] = [
      SECRET,
      { ...SECRET, headers: { 'x-api-key': `${CANARY}\n` } },
      { ...SECRET, path: ['..', CANARY] },
    ];
    for (const baseUrl of baseUrls) {
      for (const request of requests)
        expectBare(await clientOf(baseUrl, { callTimeoutMs: 1_000 }).send(request));
    }
  });

  test('of a client that was closed are in no message either', async () => {
    const { client } = await rawServer(() => undefined);
    const call = client.send(SECRET);
    await pause(50);
    client.close();
    expectBare(await call);
  });
});

describe('what someone put into Object.prototype', () => {
  const evil = 'FUNCTION';
  const pollution: Record<string, unknown> = {
    adapter: evil,
    agent: {},
    auth: { username: 'evil', password: 'evil' },
    baseURL: '',
    budget: { remainingMs: evil, mayBegin: evil },
    beforeRedirect: evil,
    beforeRedirects: { proxy: evil },
    common: { evil: 'evil' },
    createConnection: evil,
    data: '{"evil":1}',
    decompress: false,
    family: 6,
    form: { evil: '1' },
    headers: { evil: 'evil', Authorization: 'evil' },
    host: 'evil.invalid',
    hostname: 'evil.invalid',
    httpAgent: {},
    httpVersion: 2,
    json: { evil: 1 },
    localAddress: '127.0.0.2',
    lookup: evil,
    maxBodyLength: 1,
    maxContentLength: 1,
    maxHeaderSize: 1,
    maxRate: 1,
    maxRedirects: 5,
    method: 'DELETE',
    movesMoney: true,
    params: { evil: 1 },
    paramsSerializer: evil,
    path: '/evil',
    port: 1,
    post: { evil: 'evil' },
    protocol: 'evil:',
    proxy: '',
    query: { evil: '1' },
    responseEncoding: 'hex',
    responseType: 'stream',
    setHost: false,
    socketPath: '/evil',
    transformRequest: evil,
    transformResponse: evil,
    transitional: {},
    transport: { request: evil },
    url: '',
    validateStatus: evil,
  };
  const names = Object.keys(pollution);
  const requests: HttpRequest[] = [
    { ...PROBE, path: ['get'] },
    { ...PAY, path: ['post'], json: { a: 1 }, headers: { 'x-api-key': 'k' } },
  ];
  const requestsUnder = new Map<string, string[]>();
  const bodiesUnder = new Map<string, unknown[]>();
  let strays: number;

  beforeAll(async () => {
    const recorder = await recordingServer();
    const { seen, baseUrl } = await rawServer((socket) => socket.write(encoded('gzip', gzipSync(BODY))));
    const rounds = ['nothing', ...names].map((name): Round => ({
      settings: { baseUrl: `${baseUrl}/${name}` },
      requests,
      ...(name !== 'nothing' && { polluted: name }),
    }));
    const elsewhere = { baseURL: recorder.url, url: recorder.url, proxy: recorder.url };
    const results = await sendElsewhere(rounds, {}, { ...pollution, ...elsewhere });
    for (const [index, name] of ['nothing', ...names].entries()) {
      const place = `/${name}/`;
      const ours = seen.requests.filter((request) => request.split(' ')[1]?.startsWith(place));
      requestsUnder.set(
        name,
        ours.map((request) => request.replace(place, '/nothing/')),
      );
      bodiesUnder.set(
        name,
        results[index]?.map((result) => (result.kind === 'answer' ? result.body : result)) ?? [],
      );
    }
    strays = recorder.seen.connections + seen.requests.length - 2 * rounds.length;
  });

  test.each(names)('as "%s" changes no call', (name) => {
    expect(requestsUnder.get('nothing')).toHaveLength(2);
    expect(requestsUnder.get(name)).toEqual(requestsUnder.get('nothing'));
    expect(bodiesUnder.get(name)).toEqual(bodiesUnder.get('nothing'));
  });

  test('makes no other call', () => {
    expect(bodiesUnder.get('nothing')).toEqual([
      { a: { isLosslessNumber: true, value: '1' } },
      expect.anything(),
    ]);
    expect(strays).toBe(0);
  });
});
