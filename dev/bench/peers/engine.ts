import { spawn } from 'node:child_process';
import type { SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { guardAgainstOrphan } from '../../temporal-server/guard';
import type { Variant } from '../variants';

const STOP_WAIT_MS = 5_000;

/** The server process of another engine. */
export interface Engine {
  pid: number | undefined;
  stop(): Promise<void>;
}

/** Starts the server of another engine; it never outlives the benchmark. */
export function startEngine(command: string, parameters: readonly string[], options: SpawnOptions): Engine {
  const child = spawn(command, parameters, { stdio: 'ignore', ...options });
  const letGo = child.pid === undefined ? () => undefined : guardAgainstOrphan(child.pid);
  return {
    pid: child.pid,
    async stop() {
      letGo();
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGINT');
      const killed = setTimeout(() => child.kill('SIGKILL'), STOP_WAIT_MS);
      await ended;
      clearTimeout(killed);
    },
  };
}

/** The same variant, which takes its engine and the engine's folder down with it. */
export function overEngine(variant: Variant, engine: Engine, folder: string): Variant {
  return {
    ...variant,
    async close() {
      await variant.close();
      await engine.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Tries again until it works, for a minute. */
export async function untilItWorks<Result>(attempt: () => Promise<Result>): Promise<Result> {
  const giveUpAt = Date.now() + 60_000;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > giveUpAt) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
