import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http2';
import type { Http2Server, Http2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { readConfiguration } from '../../src/config';
import { SECRETS } from '../../src/config/reader';
import { readConnection } from '../../src/config/connection';
import { connectRefundClient } from '../../src/client';
import { connectWorker, renewApiKey } from '../../src/runtime/connection';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'secrets-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function fileWith(content: string, name = 'secret'): string {
  const file = path.join(folder, name);
  writeFileSync(file, content);
  return file;
}

const WYRE = { WYRE_BASE_URL: 'https://wyre.example' };

describe('a secret in a file', () => {
  test('counts as if it were in the variable, without the line end behind it', () => {
    const { providers, payloadKeys } = readConfiguration({
      ...WYRE,
      WYRE_API_KEY_FILE: fileWith('the-key\n'),
      PAYLOAD_KEYS_FILE: fileWith(`k1:${Buffer.alloc(32, 1).toString('base64')}\n`, 'payload-keys'),
    });
    expect(providers.wyre?.apiKey).toBe('the-key');
    expect(payloadKeys).toEqual([{ id: 'k1', secret: Buffer.alloc(32, 1) }]);
  });

  test('and in the variable too is an error, which repeats neither', () => {
    const both = { WYRE_API_KEY: 'canary-one', WYRE_API_KEY_FILE: fileWith('canary-two') };
    const reading = () => readConfiguration({ ...WYRE, ...both });
    expect(reading).toThrow('WYRE_API_KEY and WYRE_API_KEY_FILE are both set: set one of them');
    expect(reading).not.toThrow(/canary/);
  });

  test.each([
    ['is not there', () => path.join(folder, 'nowhere')],
    ['is a folder', () => folder],
    ['is empty', () => fileWith(' \n')],
  ])('that %s is an error by its name', (_, file) => {
    expect(() => readConfiguration({ ...WYRE, WYRE_API_KEY_FILE: file() })).toThrow(
      'WYRE_API_KEY_FILE must be the path of a file that holds the secret',
    );
  });

  test('of a provider without its base URL is as stray as the variable', () => {
    const paywall = {
      PAYWALL_BASE_URL: 'https://pay.example',
      PAYWALL_API_KEY: 'k',
      PAYWALL_API_CLIENT: 'c',
    };
    expect(() => readConfiguration({ ...paywall, WYRE_API_KEY_FILE: fileWith('key') })).toThrow(
      'WYRE_API_KEY is set, but WYRE_BASE_URL is not',
    );
  });

  test('is possible for each variable that the documentation says, and for no other', () => {
    const page = readFileSync(path.join(__dirname, '../../docs/configuration.md'), 'utf8');
    const [, said = ''] = /`<NAME>_FILE` is its path, for ([^.]*)\./.exec(page) ?? [];
    expect([...said.matchAll(/`(\w+)`/g)].map(([, name]) => name)).toEqual(SECRETS);
  });
});

describe('the API key of Temporal in a file', () => {
  let server: Http2Server;
  const keys: (string | undefined)[] = [];
  const sessions: Http2Session[] = [];
  const environment = (file: string) => ({
    TEMPORAL_ADDRESS: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    TEMPORAL_TLS: 'false',
    TEMPORAL_API_KEY_FILE: file,
  });

  /** A server that answers every call with an empty message, and notes who asked. */
  beforeAll(async () => {
    server = createServer();
    server.on('session', (session) => sessions.push(session));
    server.on('stream', (stream, headers) => {
      keys.push(headers.authorization);
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.on('wantTrailers', () => {
        stream.sendTrailers({ 'grpc-status': '0' });
      });
      stream.end(Buffer.alloc(5));
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  });
  afterAll(() => {
    for (const session of sessions) session.destroy();
    server.close();
  });

  async function until(key: string, call: () => Promise<unknown>): Promise<void> {
    for (let tries = 0; keys.at(-1) !== `Bearer ${key}`; tries += 1) {
      if (tries > 200) throw new Error(`the server never saw ${key}, but ${keys.at(-1)}`);
      await call();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  test('is sent by a worker, and exchanged while it runs, though the file is empty in between', async () => {
    const file = fileWith('first-key\n', 'api-key');
    const before = { ...process.env };
    Object.assign(process.env, environment(file));
    const { connection, currentApiKey } = await connectWorker().finally(() => {
      process.env = before;
    });
    const renewed: true[] = [];
    const end = renewApiKey(connection, currentApiKey ?? String, {
      everyMs: 20,
      onRenewed: () => renewed.push(true),
    });
    const call = () => connection.workflowService.getSystemInfo({});
    await until('first-key', call);
    writeFileSync(file, '');
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(renewed).toEqual([]);
    writeFileSync(file, 'second-key');
    await until('second-key', call);
    expect(renewed).toEqual([true]);
    end();
    await connection.close();
  });

  test('is sent by a client, which reads it again', async () => {
    const file = fileWith('one', 'client-key');
    const client = await connectRefundClient({ environment: environment(file), timeoutMs: 1_000 });
    const call = () => client.overview('rf-1').catch(() => undefined);
    await until('one', call);
    writeFileSync(file, 'two');
    await until('two', call);
    await client.close();
  });

  test.each(['canary-one\ncanary-two', 'canary\0', 'canary-ü', 'c'.repeat(8_193)])(
    'that no header can hold is an error, and is not taken where the one before still counts',
    async (text) => {
      const connecting = connectRefundClient({ environment: environment(fileWith(text)) });
      await expect(connecting).rejects.toThrow('TEMPORAL_API_KEY must be printable ASCII on one line');
      await expect(connecting).rejects.not.toThrow(/canary/);
      const file = fileWith('a-good-key', 'exchanged-key');
      const { currentApiKey } = readConnection(environment(file));
      writeFileSync(file, text);
      await new Promise((resolve) => setTimeout(resolve, 1_050));
      expect(currentApiKey?.()).toBe('a-good-key');
    },
  );

  test('and in its variable too is an error', async () => {
    const both = { ...environment(fileWith('canary-a')), TEMPORAL_API_KEY: 'canary-b' };
    const connecting = connectRefundClient({ environment: both });
    await expect(connecting).rejects.toThrow('TEMPORAL_API_KEY and TEMPORAL_API_KEY_FILE are both set');
    await expect(connecting).rejects.not.toThrow(/canary/);
  });
});
