import { CommanderError } from 'commander';
import { connectOperatorClient } from '../client/operator';
import type { ConnectedOperatorClient, KeptEvents, KeptHistory, OperatorClient } from '../client/operator';
import { addCodecServer } from './codec-server';
import type { Reply, Execute, Json } from './command-line';
import { connectionEnvironment, connectionSaid } from './connection-options';
import { EXIT, exitCodeOf } from './exit-codes';
import type { TextSource } from './input';
import { fitted } from './layout';
import { createProgram } from './program';
import { reaching, reachingNext } from './reach';
import type { Terminal } from './terminal';
import { json, plainLines } from './text';
import { traceCommand } from './tracing';
import type { Replayable } from '../client/operator';
import type { ReplayOptions, ReplayReport } from '../reading/replay-all';
import type { Reading } from '../reading/sinks';
import type { Environment } from '../config/reader';

/** What the command line works with. */
export interface CliIo {
  stdout: { write(text: string): unknown };
  stderr: { write(text: string): unknown; isTTY?: boolean };
  environment: Environment;
  version: string;
  stdin?: TextSource;
  /** Where somebody can be asked; absent in a pipe, where nothing ever waits for input. */
  terminal?: Terminal;
  /** The workflow bundle for reading histories; that of `npm run build` when left out. */
  readingBundle?: string;
  /** The workflow bundle of the workers; that of `npm run build` when left out. */
  workflowBundle?: string;
}

/** A person waits: how long the server, and then each call, may take. Milliseconds. */
const LONGEST_WAIT_MS = 5_000;

/**
 * Runs `refund` with these arguments (without `node` and the script).
 * @returns the exit code; an expected failure is a message on standard error, never a stack trace
 */
export async function runCli(argv: readonly string[], io: CliIo): Promise<number> {
  let exitCode: number = EXIT.ok;
  const execute: Execute = async (command, options) => {
    const environment = connectionEnvironment(program, io.environment);
    const sendSpans = await traceCommand(environment);
    await withClient(environment, async (client) => print(await command(client), options)).finally(sendSpans);
  };
  const reach = (text: string) => reaching(text, connectionSaid(program));
  const tell = (text: string) => io.stderr.write(`${fitted(reach(plainLines(text)))}\n`);
  const print = async (reply: Reply, options: Json) => {
    const text = options.json
      ? json(reachingNext(reply.json, connectionSaid(program)))
      : fitted(reach(plainLines(await textOf(reply))));
    if (text !== '') io.stdout.write(`${text}\n`);
    if (reply.hint !== undefined) tell(reply.hint);
    if (reply.failed) exitCode = EXIT.failed;
  };
  const program = createProgram(
    {
      execute,
      print,
      stdin: io.stdin ?? process.stdin,
      terminal: io.terminal,
      screen: io.stderr.isTTY === true ? io.stderr : undefined,
      say: (line, { json: quiet }) => (quiet ? io.stderr : io.stdout).write(`${reach(line)}\n`),
      readRun: (kept) => readLazily(kept, io.readingBundle),
      replayAll: (found, options) => replayLazily(found, { ...options, bundlePath: io.workflowBundle }),
      findReplayable: (kept) => findLazily(kept, io.workflowBundle),
      note: tell,
      reach,
    },
    {
      version: io.version,
      output: {
        writeOut: (text) => io.stdout.write(text),
        writeErr: (text) => io.stderr.write(fitted(text)),
      },
    },
  );
  addCodecServer(program, io);
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) tell(messageOf(error));
    return exitCodeOf(error);
  }
}

async function withClient(environment: Environment, act: (client: OperatorClient) => Promise<void>) {
  const client = await connectOperatorClient({
    environment,
    patienceMs: LONGEST_WAIT_MS,
    timeoutMs: LONGEST_WAIT_MS,
  });
  return act(client).finally(() => closeQuietly(client));
}

/** Most commands need no worker's native core, which takes its time to load. */
async function readLazily(kept: KeptHistory, bundlePath: string | undefined): Promise<Reading> {
  const { readRun } = await import('../reading/read-run.js');
  return readRun(kept, bundlePath);
}

async function replayLazily(found: Replayable, options: ReplayOptions): Promise<ReplayReport> {
  const { replayAll } = await import('../reading/replay-all.js');
  return replayAll(found, options);
}

async function findLazily(kept: KeptEvents, bundlePath: string | undefined): Promise<number | undefined> {
  const { lastReplayable } = await import('../reading/last-replayable.js');
  return lastReplayable(kept, bundlePath);
}

async function textOf({ text }: Reply): Promise<string> {
  return typeof text === 'string' ? text : text();
}

async function closeQuietly(client: ConnectedOperatorClient): Promise<void> {
  // The reply is there, and how the connection ends does not change it.
  await client.close().catch(() => undefined);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
