import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { guardAgainstOrphan } from '../temporal-server/guard';
import { CANARY } from './settings';

/** A worker that was killed, and when. */
export interface Killed {
  pid: number;
  at: number;
}

/** How worker processes are started. */
export interface WorkersOptions {
  /** The compiled worker. */
  script: string;
  count: number;
  environment: Record<string, string>;
}

const TAIL_LINES = 20;

/** The worker processes of a session: one that ends is replaced at once. */
export class Workers {
  readonly killed: Killed[] = [];
  /** Lines of their output that hold a canary. */
  readonly leaks: string[] = [];
  /** Ends that nobody asked for, with the last lines of output. */
  readonly crashes: string[] = [];
  lines = 0;
  readonly #running = new Set<ChildProcess>();
  #closing = false;

  constructor(private readonly options: WorkersOptions) {
    for (let count = 0; count < options.count; count += 1) this.#start();
  }

  /** The processes that run now. */
  get pids(): number[] {
    return [...this.#running].flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
  }

  /** Kills one of them without warning. */
  kill(pid: number): void {
    const child = [...this.#running].find((candidate) => candidate.pid === pid);
    if (!child) return;
    this.killed.push({ pid, at: Date.now() });
    child.kill('SIGKILL');
  }

  /** Stops one of them in the middle of whatever it does, for a moment. */
  async freeze(pid: number, milliseconds: number): Promise<void> {
    const child = [...this.#running].find((candidate) => candidate.pid === pid);
    if (!child) return;
    child.kill('SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    child.kill('SIGCONT');
  }

  /** Kills all of them and waits for their end. */
  close(): Promise<void> {
    return this.#end('SIGKILL');
  }

  /** Lets all of them finish what they have in hand, and waits for their end. */
  stop(): Promise<void> {
    return this.#end('SIGTERM');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    this.#closing = true;
    const ends = [...this.#running].map((child) => new Promise((resolve) => child.once('close', resolve)));
    for (const child of this.#running) child.kill(signal);
    await Promise.all(ends);
  }

  #start(): void {
    const { script, environment } = this.options;
    const child = spawn(process.execPath, [script], {
      env: { PATH: process.env.PATH, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    });
    const letGo = child.pid === undefined ? () => undefined : guardAgainstOrphan(child.pid);
    const tail: string[] = [];
    const read = this.#reader(tail);
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    this.#running.add(child);
    child.once('error', (error) => tail.push(error.message));
    child.once('close', (code, signal) => {
      letGo();
      this.#running.delete(child);
      if (this.#closing) return;
      if (!this.killed.some(({ pid }) => pid === child.pid)) {
        this.crashes.push(`ended with ${signal ?? String(code)}: ${tail.join('\n')}`);
      }
      this.#start();
    });
  }

  #reader(tail: string[]): (data: Buffer) => void {
    let rest = '';
    return (data) => {
      const lines = (rest + data.toString()).split('\n');
      rest = lines.pop() ?? '';
      this.lines += lines.length;
      this.leaks.push(...lines.filter((line) => CANARY.test(line)));
      tail.push(...lines);
      tail.splice(0, tail.length - TAIL_LINES);
    };
  }
}
