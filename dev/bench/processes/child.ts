import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { guardAgainstOrphan } from '../../temporal-server/guard';
import type { Question, Reply, Usage } from './probe';

/** How a measured process is started. */
export interface ChildOptions {
  /** The compiled script. */
  script: string;
  environment: Record<string, string>;
  /** What its output holds once it is ready. */
  ready: string;
  /** Parameters of Node itself. */
  nodeOptions?: readonly string[];
}

const START_WAIT_MS = 60_000;
const STOP_WAIT_MS = 30_000;
const TAIL_CHARACTERS = 2_000;

/** A measured process: its CPU and memory are its own, so that they can be told from the driver's. */
export class Child {
  readonly #waiting = new Map<number, (reply: Reply) => void>();
  #asked = 0;
  #tail = '';

  private constructor(
    private readonly process: ChildProcess,
    letGo: () => void,
  ) {
    process.on('message', (reply: Reply) => {
      this.#waiting.get(reply.id)?.(reply);
      this.#waiting.delete(reply.id);
    });
    process.once('close', () => {
      letGo();
      for (const [id, answer] of this.#waiting)
        answer({ id, problem: `the process ended:\n${this.#tail.trim()}` });
    });
  }

  /** Starts a process and waits until it is ready. */
  static async start({ script, environment, ready, nodeOptions = [] }: ChildOptions): Promise<Child> {
    const { PATH, HOME } = process.env;
    const probe = path.join(__dirname, 'probe.js');
    const child = spawn(process.execPath, [...nodeOptions, '--require', probe, script], {
      env: { PATH, HOME, NODE_ENV: 'production', ...environment },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      windowsHide: true,
    });
    const letGo = child.pid === undefined ? () => undefined : guardAgainstOrphan(child.pid);
    const started = new Child(child, letGo);
    await started.#prints(ready);
    return started;
  }

  /** Asks the process; whatever it cannot answer is an error here. */
  async ask<Answer = unknown>(name: string, argument?: unknown): Promise<Answer> {
    const id = (this.#asked += 1);
    const replied = new Promise<Reply>((resolve) => this.#waiting.set(id, resolve));
    this.process.send({ id, name, argument } satisfies Question);
    const reply = await replied;
    if ('problem' in reply) throw new Error(reply.problem);
    return reply.answer as Answer;
  }

  /** Its process id. */
  get pid(): number | undefined {
    return this.process.pid;
  }

  /** What it has used until now. */
  usage(): Promise<Usage> {
    return this.ask<Usage>('usage');
  }

  /** Tells it to end and waits for that; kills it when it takes too long. */
  async stop(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const closed = once(this.process, 'close');
    this.process.kill('SIGTERM');
    const killed = setTimeout(() => this.process.kill('SIGKILL'), STOP_WAIT_MS);
    await closed;
    clearTimeout(killed);
  }

  #prints(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const problem = () => new Error(`a measured process did not start:\n${this.#tail}`);
      setTimeout(() => reject(problem()), START_WAIT_MS).unref();
      const read = (data: Buffer) => {
        const output = this.#tail + data.toString();
        if (output.includes(text)) resolve();
        this.#tail = output.slice(-TAIL_CHARACTERS);
      };
      this.process.stdout?.on('data', read);
      this.process.stderr?.on('data', read);
      this.process.once('error', reject);
      this.process.once('close', () => reject(problem()));
    });
  }
}
