import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { createPost } from '../../src/notices/post';
import { startAnsweringServer, type AnsweringServer } from '../support/answering-server';
import { aSecret } from '../support/receiver';

const BODY = JSON.stringify({ type: 'refund.ended', data: { refundId: 'rf-1', reason: null } });
const ID = 'notice:rf-1:ended:refunded';

let server: AnsweringServer;
beforeEach(async () => {
  server = await startAnsweringServer();
});
afterEach(() => server.close());

function postTo(url: string, { secrets = [aSecret()], answerMs = 1_000 } = {}) {
  return createPost({ url, secrets }, answerMs)(ID, BODY);
}

test('a notice is verified by the package of the scheme, at the address exactly as it was given', async () => {
  const secret = aSecret();
  server.answer({ status: 200, body: 'ok' });
  await expect(postTo(`${server.url}/hooks/?shop=7&shop=8`, { secrets: [secret] })).resolves.toEqual({
    kind: 'taken',
  });
  const [seen] = server.requests;
  expect(seen).toMatchObject({ method: 'POST', url: '/hooks/?shop=7&shop=8', body: BODY });
  expect(seen?.headers).toMatchObject({ 'content-type': 'application/json', 'webhook-id': ID });
  expect(new Webhook(secret).verify(seen?.body ?? '', headersOf(server))).toEqual(JSON.parse(BODY));
});

test('with two secrets a receiver that knows either of them verifies it, and no other does', async () => {
  const [old, young] = [aSecret(), aSecret()];
  server.answer({ status: 204, body: '' });
  await postTo(server.url, { secrets: [old, young] });
  const [seen] = server.requests;
  for (const secret of [old, young]) {
    expect(new Webhook(secret).verify(seen?.body ?? '', headersOf(server))).toEqual(JSON.parse(BODY));
  }
  const verify = () => new Webhook(aSecret()).verify(seen?.body ?? '', headersOf(server));
  expect(verify).toThrow(WebhookVerificationError);
});

test.each([301, 302, 307, 308])('a redirect is not followed (%d)', async (status) => {
  const elsewhere = await startAnsweringServer();
  elsewhere.answer({ status: 200, body: '' });
  server.answer({ status, body: '', headers: { location: elsewhere.url } });
  await expect(postTo(server.url)).resolves.toEqual({ kind: 'refused', status });
  expect(elsewhere.requests).toEqual([]);
  await elsewhere.close();
});

test.each([400, 401, 404, 410, 429, 500, 503])('any other answer refuses it (%d)', async (status) => {
  server.answer({ status, body: 'no' });
  await expect(postTo(server.url)).resolves.toEqual({ kind: 'refused', status });
});

test('what goes wrong is told by its code, and never with the address', async () => {
  server.answer('reset');
  await expect(postTo(server.url)).resolves.toEqual({ kind: 'unanswered', why: 'ECONNRESET' });
  await expect(postTo('http://127.0.0.1:1/')).resolves.toEqual({ kind: 'unanswered', why: 'ECONNREFUSED' });
  await expect(postTo('https://receiver.invalid/secret-path')).resolves.toEqual({
    kind: 'unanswered',
    why: expect.stringMatching(/^(ENOTFOUND|EAI_AGAIN)$/) as string,
  });
  await expect(postTo(server.url.replace('http:', 'https:'))).resolves.toEqual({
    kind: 'unanswered',
    why: expect.stringMatching(/^[A-Z][A-Z0-9_]+$/) as string,
  });
});

test('a receiver that hangs is given up', async () => {
  server.answer(() => new Promise<never>(() => undefined));
  const begun = performance.now();
  await expect(postTo(server.url, { answerMs: 300 })).resolves.toEqual({
    kind: 'unanswered',
    why: 'it did not answer within 0.3 s',
  });
  expect(performance.now() - begun).toBeLessThan(2_000);
});

/** A receiver that says yes and then writes without end, or never ends its body. */
async function startTalker(write: (response: http.ServerResponse) => void) {
  const talker = http.createServer((request, response) => {
    request.resume();
    response.on('error', () => undefined);
    response.writeHead(200);
    write(response);
  });
  await new Promise<void>((resolve) => talker.listen(0, '127.0.0.1', resolve));
  const cutOff = new Promise<void>((resolve) =>
    talker.once('connection', (socket) => socket.once('close', () => resolve())),
  );
  const close = () => {
    talker.closeAllConnections();
    return new Promise((resolve) => talker.close(resolve));
  };
  return { cutOff, url: `http://127.0.0.1:${(talker.address() as AddressInfo).port}`, close };
}

test('the answer is its status: a body without end is cut off', async () => {
  let written = 0;
  const chunk = Buffer.alloc(65_536, 'x');
  const { cutOff, url, close } = await startTalker((response) => {
    const more = () => {
      while (!response.destroyed && written < 1e9) {
        written += chunk.length;
        if (!response.write(chunk)) return void response.once('drain', more);
      }
    };
    more();
  });
  await expect(postTo(url, { answerMs: 10_000 })).resolves.toEqual({ kind: 'taken' });
  await cutOff;
  expect(written).toBeLessThan(50_000_000);
  await close();
});

test('and one that never ends is not waited for', async () => {
  const { cutOff, url, close } = await startTalker((response) => void response.write('wait'));
  const begun = performance.now();
  await expect(postTo(url, { answerMs: 500 })).resolves.toEqual({ kind: 'taken' });
  expect(performance.now() - begun).toBeLessThan(400);
  await cutOff;
  await close();
});

test('no proxy of the environment is asked', async () => {
  const proxy = await startAnsweringServer();
  const names = ['http_proxy', 'HTTP_PROXY', 'all_proxy', 'NODE_USE_ENV_PROXY'];
  for (const name of names) process.env[name] = name === 'NODE_USE_ENV_PROXY' ? '1' : proxy.url;
  try {
    server.answer({ status: 204, body: '' });
    await expect(postTo(server.url)).resolves.toEqual({ kind: 'taken' });
    expect(proxy.requests).toEqual([]);
  } finally {
    for (const name of names) Reflect.deleteProperty(process.env, name);
    await proxy.close();
  }
});

function headersOf({ requests }: AnsweringServer): Record<string, string> {
  return requests[0]?.headers as Record<string, string>;
}
