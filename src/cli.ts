#!/usr/bin/env node
import { CommanderError } from 'commander';
import { connectRefundClient } from './client';
import type { ConnectedRefundClient, RefundClient } from './client';
import { addCodecServer } from './cli/codec-server';
import type { Answer, Command, Execute, Json } from './cli/command-line';
import { EXIT, exitCodeOf } from './cli/exit-codes';
import type { TextSource } from './cli/input';
import { createProgram } from './cli/program';
import type { Terminal } from './cli/terminal';
import { json, plainLines } from './cli/text';
import { traceCommand } from './cli/tracing';
import type { Environment } from './config/reader';

/** What the command line works with. */
export interface CliIo {
  stdout: { write(text: string): unknown };
  stderr: { write(text: string): unknown };
  environment: Environment;
  stdin?: TextSource;
  /** Where somebody can be asked; absent in a pipe, where nothing ever waits for an answer. */
  terminal?: Terminal;
}

/** A person waits: how long the server, and then each call, may take. Milliseconds. */
const PATIENCE_MS = 5_000;

/**
 * Runs `refund` with these arguments (without `node` and the script).
 * @returns the exit code; an expected failure is a message on standard error, never a stack trace
 */
export async function runCli(argv: readonly string[], io: CliIo): Promise<number> {
  let exitCode: number = EXIT.ok;
  const execute: Execute = async (command, options) => {
    const { environment } = io;
    const sendSpans = await traceCommand(environment);
    const answer = await answerOf(command, environment, options).finally(sendSpans);
    io.stdout.write(`${answer.text}\n`);
    if (answer.hint !== undefined) io.stderr.write(`${plainLines(answer.hint)}\n`);
    if (answer.failed) exitCode = EXIT.failed;
  };
  const program = createProgram({
    execute,
    stdin: io.stdin ?? process.stdin,
    terminal: io.terminal,
    say: (line, { json: quiet }) => (quiet ? io.stderr : io.stdout).write(`${line}\n`),
  });
  addCodecServer(program, io);
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
    });
  }
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) io.stderr.write(`${plainLines(messageOf(error))}\n`);
    return exitCodeOf(error);
  }
}

async function answerOf(command: Command, environment: Environment, options: Json) {
  const client = await connectRefundClient({ environment, patienceMs: PATIENCE_MS, timeoutMs: PATIENCE_MS });
  return read(command, client, options).finally(() => closeQuietly(client));
}

async function read(
  command: Command,
  client: RefundClient,
  options: Json,
): Promise<Answer & { text: string }> {
  const answer = await command(client);
  if (options.json) return { ...answer, text: json(answer.json) };
  const text = typeof answer.text === 'string' ? answer.text : await answer.text();
  return { ...answer, text: plainLines(text) };
}

async function closeQuietly(client: ConnectedRefundClient): Promise<void> {
  // The answer is there; how the connection ends changes nothing in it.
  await client.close().catch(() => undefined);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

if (require.main === module) {
  const { stdout, stderr, env: environment } = process;
  // Whoever read our output may have seen enough (`refund list | head -1`).
  stdout.on('error', () => undefined);
  const { stdin } = process;
  const terminal = stdin.isTTY && stderr.isTTY ? { terminal: { input: stdin, output: stderr } } : {};
  void runCli(process.argv.slice(2), { stdout, stderr, environment, ...terminal }).then(
    (code) => (process.exitCode = code),
  );
}
