import { Option } from 'commander';
import type { Command } from 'commander';
import { startCodecServer } from '../codec-server/server';
import type { CodecServerOptions } from '../codec-server/server';
import { readPayloadKeys } from '../config/keys';
import { EnvironmentReader } from '../config/reader';
import type { Environment } from '../config/reader';
import { refuseConnectionOptions } from './connection-options';
import { UsageError } from './exit-codes';

/** What the command runs with. */
export interface CodecServerIo {
  stderr: { write(text: string): unknown };
  environment: Environment;
}

/** Adds `codec-server`, which needs no connection and ends by SIGINT or SIGTERM. */
export function addCodecServer(program: Command, io: CodecServerIo): void {
  program
    .command('codec-server')
    .description('decrypt payloads for the Temporal UI and CLI (needs PAYLOAD_KEYS and CODEC_SERVER_TOKEN)')
    .addOption(
      new Option('--listen <host:port>', 'where to listen').default('127.0.0.1:8081').argParser(addressOf),
    )
    .addOption(
      new Option('--origin <url>', 'the address of the Temporal UI')
        .default('http://localhost:8233')
        .argParser(originOf),
    )
    .action(async ({ listen, origin }: { listen: string; origin: string }) => {
      refuseConnectionOptions(program, NOT_CONNECTED);
      const { host, port } = parseAddress(listen);
      await serve({ host, port, origin, ...readSecrets(io.environment) }, io);
    });
}

const NOT_CONNECTED = 'The codec server connects to none; where it listens: --listen';

async function serve(options: CodecServerOptions, { stderr }: CodecServerIo): Promise<void> {
  const ended = new Promise((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  const server = await startCodecServer(options).catch((error: unknown) => {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new UsageError(
      `Nothing can listen at ${options.host}:${options.port} (${why}); choose another --listen.`,
    );
  });
  stderr.write(howToUse(server.port, options.origin));
  await ended;
  await server.close();
}

function howToUse(port: number, origin: string): string {
  return `The codec server listens on port ${port}, for pages of ${origin}.
UI:  open http://localhost:${port}/login once; then, in the UI's codec settings, the endpoint
     http://localhost:${port} with "Include cross-origin credentials".
CLI: temporal … --codec-endpoint http://localhost:${port} \\
       --codec-auth "Bearer $CODEC_SERVER_TOKEN"
`;
}

/** Longer than anyone can guess, so that nobody has to count the attempts. */
const SHORTEST_TOKEN = 32;

function readSecrets(environment: Environment): Pick<CodecServerOptions, 'keys' | 'token'> {
  const reader = new EnvironmentReader(environment);
  const [first, ...rest] = readPayloadKeys(reader);
  if (!first && reader.problems.length === 0)
    reader.problems.push('PAYLOAD_KEYS must be set: the keys of the workers');
  const token = reader.read('CODEC_SERVER_TOKEN', parseToken, TOKEN) ?? '';
  if (token === '') reader.problems.push(`CODEC_SERVER_TOKEN must be ${TOKEN}`);
  reader.finish();
  if (!first) throw new UsageError('PAYLOAD_KEYS must be set.');
  return { keys: [first, ...rest], token };
}

const TOKEN = `${SHORTEST_TOKEN} to 512 letters, digits, or any of -._~+/= (such as: openssl rand -hex 32)`;

function parseToken(text: string): string | undefined {
  return /^[A-Za-z0-9\-._~+/=]{32,512}$/.test(text) ? text : undefined;
}

function addressOf(text: string): string {
  parseAddress(text);
  return text;
}

function parseAddress(text: string): { host: string; port: number } {
  const [, host = '', port = ''] = /^\[?([A-Za-z0-9.:-]+?)\]?:(\d{1,5})$/.exec(text) ?? [];
  if (host === '' || Number(port) > 65_535)
    throw new UsageError('--listen must be host:port, such as 127.0.0.1:8081');
  return { host, port: Number(port) };
}

function originOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.origin !== text.replace(/\/$/, ''))
    throw new UsageError('--origin must be scheme, host and port of the UI, such as http://localhost:8233');
  return url.origin;
}
