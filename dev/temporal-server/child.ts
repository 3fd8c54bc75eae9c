import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { guardAgainstOrphan } from './guard';

const BANNER_WAIT_MS = 5_000;
const STOP_WAIT_MS = 5_000;
const TAIL_CHARACTERS = 2_000;

/** A Temporal server process that belongs to this process and never outlives it. */
export interface ServerChild {
  readonly processId: number | undefined;
  readonly isRunning: () => boolean;
  /** The end of what it wrote to its error output. */
  errorTail(): string;
  /** Asks it to end, and kills it when it has not within 5 s. */
  stop(): Promise<void>;
  /** Kills it at once, as a crash would. */
  killHard(): Promise<void>;
}

/** Starts a server process. Resolves when it says that it is up, when it has ended, or after 5 s. */
export async function startServerChild(
  executable: string,
  parameters: readonly string[],
  log?: (text: string) => void,
): Promise<ServerChild> {
  const child = spawn(executable, parameters, {
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that Ctrl-C lets the workers finish before their server goes.
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  const { pid, stdout, stderr } = child;
  let running = true;
  let tail = '';

  const killAtExit = () => child.kill('SIGKILL');
  const letGo = pid === undefined ? () => undefined : guardAgainstOrphan(pid);
  process.once('exit', killAtExit);
  const ended = new Promise<void>((resolve) => {
    const end = () => {
      running = false;
      process.off('exit', killAtExit);
      letGo();
      resolve();
    };
    child.once('close', end);
    child.once('error', (error) => {
      tail += error.message;
      end();
    });
  });
  stderr.on('data', (data: Buffer) => {
    tail = (tail + data.toString()).slice(-TAIL_CHARACTERS);
    log?.(data.toString());
  });

  async function end(signal: NodeJS.Signals): Promise<void> {
    if (!running) return;
    child.ref();
    child.kill(signal);
    await Promise.race([ended, pause(STOP_WAIT_MS, undefined, { ref: false })]);
    child.kill('SIGKILL');
    await ended;
  }

  // It writes its banner once it listens; another server on the same port cannot be taken for it then.
  await Promise.race([once(stdout, 'data'), ended, pause(BANNER_WAIT_MS, undefined, { ref: false })]);
  stdout.resume();

  // Whoever forgets to stop the server still comes to an end, and takes the server along.
  for (const handle of [child, stdout, stderr]) (handle as { unref?(): void }).unref?.();
  return {
    processId: pid,
    isRunning: () => running,
    errorTail: () => tail.trim(),
    stop: () => end('SIGTERM'),
    killHard: () => end('SIGKILL'),
  };
}
