import net from 'node:net';
import type { AddressInfo } from 'node:net';
import { Command } from 'commander';
import {
  addConnectionOptions,
  connectionEnvironment,
  connectionSaid,
} from '../../src/cli/connection-options';
import { parsed, runRefund } from '../support/cli';

const ADDRESS = process.env.TEMPORAL_TEST_ADDRESS ?? '';
const NOWHERE = '127.0.0.1:1';

/** What a client says first to whoever listens there: 0x16 begins a TLS handshake. */
async function firstByteOf(talk: (address: string) => Promise<unknown>): Promise<number | undefined> {
  let first: number | undefined;
  const server = net.createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (data) => {
      first ??= data[0];
      socket.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  await talk(`127.0.0.1:${(server.address() as AddressInfo).port}`);
  server.close();
  return first;
}

const HANDSHAKE = 0x16;

describe('the connection', () => {
  test('is as the command line says, before the environment, and after the command as well', async () => {
    const environment = { TEMPORAL_ADDRESS: NOWHERE, TEMPORAL_NAMESPACE: 'nowhere' };
    const said = ['--address', ADDRESS, '--namespace', 'default'];
    for (const args of [
      [...said, 'list', '--json', '--limit', '1'],
      ['list', '--json', '--limit', '1', ...said],
    ]) {
      const ran = await runRefund(args, { environment });
      expect(ran).toMatchObject({ code: 0 });
      expect(Array.isArray(parsed(ran))).toBe(true);
    }
    const elsewhere = await runRefund(['list', '--namespace', 'elsewhere']);
    expect(elsewhere).toMatchObject({ code: 4, out: '' });
    expect(elsewhere.err).toContain('elsewhere');
  });

  test('stands in each command that is told to be sent next', async () => {
    const said = ['--address', ADDRESS, '--namespace', 'default'];
    const environment = { TEMPORAL_ADDRESS: NOWHERE, TEMPORAL_NAMESPACE: 'nowhere' };
    const { code, err } = await runRefund(['show', 'rf-none', ...said], { environment });
    expect(code).toBe(3);
    const [, next = ''] = /Look for it with: refund (.*)\n$/.exec(err) ?? [];
    expect(next).toBe(`${said.join(' ')} list`);
    expect(await runRefund(next.split(' '), { environment })).toMatchObject({ code: 0 });
    expect((await runRefund(['show', 'rf-none'])).err).toContain('Look for it with: refund list\n');
  });

  test('is said again as a shell reads it', () => {
    const program = new Command();
    addConnectionOptions(program);
    const files = ['--tls', '--tls-cert-path', './my certs/a.pem', '--tls-ca-path', '/ca.pem'];
    program.parse([...files, '--namespace', "it's"], { from: 'user' });
    expect(connectionSaid(program)).toBe(
      "--namespace 'it'\\''s' --tls --tls-cert-path './my certs/a.pem' --tls-ca-path /ca.pem",
    );
  });

  test('speaks TLS where it is told to, and only there', async () => {
    const list = (...args: string[]) =>
      runRefund(['list', ...args], { environment: { TEMPORAL_ADDRESS: undefined } });
    expect(await firstByteOf((address) => list('--address', address, '--tls'))).toBe(HANDSHAKE);
    expect(await firstByteOf((address) => list('--address', address))).not.toBe(HANDSHAKE);
  });

  test('takes certificates from files, and what says otherwise out of the environment', async () => {
    const program = new Command();
    addConnectionOptions(program);
    const files = ['--tls-cert-path', 'a.pem', '--tls-key-path', 'a.key', '--tls-ca-path', 'ca.pem'];
    program.parse([...files, '--tls-server-name', 'temporal.example.com'], { from: 'user' });
    const environment = { TEMPORAL_TLS_CLIENT_CERT_DATA: 'b', TEMPORAL_TLS_SERVER_NAME: 'b', OTHER: 'b' };
    expect(connectionEnvironment(program, environment)).toEqual({
      TEMPORAL_TLS_CLIENT_CERT_PATH: 'a.pem',
      TEMPORAL_TLS_CLIENT_KEY_PATH: 'a.key',
      TEMPORAL_TLS_SERVER_CA_CERT_PATH: 'ca.pem',
      TEMPORAL_TLS_SERVER_NAME: 'temporal.example.com',
      OTHER: 'b',
    });
    const missing = await runRefund(['list', '--tls-cert-path', '/no/such.pem']);
    expect(missing).toMatchObject({ code: 2, out: '' });
    expect(missing.err).toContain('a file of certificates cannot be read');
  });

  test.each([[['--api-key', 'hunter2']], [['--api-key=hunter2']], [['--api-key']]])(
    'takes no API key from the command line: %j',
    async (said) => {
      const { code, out, err } = await runRefund(['list', ...said]);
      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(err).toContain('Set TEMPORAL_API_KEY');
      expect(err).not.toContain('hunter2');
    },
  );
});

test('--version prints the version and nothing else', async () => {
  expect(await runRefund(['--version'])).toEqual({ code: 0, out: '1.2.3\n', err: '' });
});

test('every help names the connection, and fits 80 columns', async () => {
  for (const args of [[], ['list'], ['resolve'], ['order', 'release'], ['codec-server']]) {
    const { code, out } = await runRefund([...args, '--help'], { columns: 80 });
    expect(code).toBe(0);
    expect(out).toContain('--tls-server-name <name>');
    expect(out.split('\n').filter((line) => line.length > 80)).toEqual([]);
  }
});

describe('an id', () => {
  test.each([
    ['status', 'refund:none', 'There is no refund none'],
    ['cancel', 'refund:none', 'There is no refund none'],
    ['order', 'order:none', 'Nothing is known of order none'],
  ])('is taken as the UI shows it: refund %s %s', async (command, id, told) => {
    const { code, out, err } = await runRefund([command, id]);
    expect({ code, out }).toEqual({ code: 3, out: '' });
    expect(err).toContain(told);
  });

  test('of the other kind is refused, with the command for it', async () => {
    const order = await runRefund(['show', 'order:order-77']);
    expect(order).toMatchObject({ code: 2, err: expect.stringContaining('refund order order-77') as string });
    const refund = await runRefund(['order', 'refund:rf-1001']);
    expect(refund).toMatchObject({ code: 2, err: expect.stringContaining('refund show rf-1001') as string });
    const filter = await runRefund(['list', '--order', 'refund:rf-1001']);
    expect(filter).toMatchObject({ code: 2 });
  });
});

test('a command below another is used wrongly with the same exit code', async () => {
  const { code, out, err } = await runRefund(['order', 'release', 'order-77']);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain('--refund <id>');
});

test('an empty address is a mistake, and not the server of the environment', async () => {
  const ran = await runRefund(['list', '--address', ''], { environment: { TEMPORAL_ADDRESS: ADDRESS } });
  expect(ran).toEqual({ code: 2, out: '', err: '--address is empty; nothing was started or sent.\n' });
});
