import { cp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildBundle } from '../../../src/runtime/bundle';
import type { Testbed } from '../../chaos/environment';
import { Workers } from '../../chaos/workers';
import { findTemporalExecutable } from '../../temporal-server';
import { runCommand } from '../../temporal-server/command';

/** The name of the deployment. */
export const DEPLOYMENT = 'refunds';
const WORKERS = 2;
const COMMAND_TIMEOUT_MS = 20_000;
const ROUTED_WITHIN_MS = 180_000;

/** Sleeps once more after planning: what was planned before does not replay. */
const CHANGE = {
  before: /async function refundAsPlanned\(planned\) \{/,
  after: '$& await new Promise((resolve) => setTimeout(resolve, 1));',
};

/**
 * Copies the build to a folder, with workflow code that does not replay what runs.
 * @returns the script of its workers
 */
export async function writeBadRelease(dist: string, folder: string): Promise<string> {
  // Its modules are found where those of the build are.
  await cp(path.join(dist, 'src'), path.join(folder, 'src'), { recursive: true });
  const bundle = await buildBundle(path.join(folder, 'workflow-bundle.js'), { minimize: false });
  const code = await readFile(bundle, 'utf8');
  const changed = code.replace(CHANGE.before, CHANGE.after);
  if (changed === code)
    throw new Error(`the workflow code has no longer anything like ${CHANGE.before.source}`);
  await writeFile(bundle, changed);
  return path.join(folder, 'src/worker.js');
}

/** The releases of one deployment, whose workers are processes. */
export class Releases {
  readonly #workers = new Map<string, Workers>();

  constructor(private readonly testbed: Pick<Testbed, 'environment' | 'server'>) {}

  /** Starts the workers of a release; nothing is sent to them yet. */
  start(buildId: string, script: string): void {
    const environment = {
      ...this.testbed.environment,
      TEMPORAL_DEPLOYMENT_NAME: DEPLOYMENT,
      TEMPORAL_WORKER_BUILD_ID: buildId,
    };
    this.#workers.set(buildId, new Workers({ script, count: WORKERS, environment }));
  }

  /** Sends what is new, and what runs, to a release. Returns how long the command took, in milliseconds. */
  makeCurrent(buildId: string): Promise<number> {
    return this.#route('set-current-version', '--build-id', buildId);
  }

  /** Sends a part of what is new, and of what runs, to a release. */
  ramp(buildId: string, percentage: number): Promise<number> {
    return this.#route('set-ramping-version', '--build-id', buildId, '--percentage', String(percentage));
  }

  /** Stops the workers of a release as an orchestrator does: they finish their calls first. */
  async stop(buildId: string): Promise<void> {
    await this.#workers.get(buildId)?.stop();
  }

  /** Kills what still runs. */
  async close(): Promise<void> {
    await Promise.all([...this.#workers.values()].map((workers) => workers.close()));
  }

  /** What the workers of all releases wrote that they must not, and how they ended unasked. */
  get seen(): Pick<Workers, 'killed' | 'leaks' | 'crashes'> {
    const all = [...this.#workers.values()];
    return {
      killed: all.flatMap(({ killed }) => killed),
      leaks: all.flatMap(({ leaks }) => leaks),
      crashes: all.flatMap(({ crashes }) => crashes),
    };
  }

  /** Workers that have just been started are not known yet, so it is said again. */
  async #route(command: string, ...parameters: string[]): Promise<number> {
    const executable = await findTemporalExecutable();
    const { address } = this.testbed.server;
    const all = ['worker', 'deployment', command, '--deployment-name', DEPLOYMENT, ...parameters, '--yes'];
    const deadline = Date.now() + ROUTED_WITHIN_MS;
    for (;;) {
      const begun = Date.now();
      const ran = await runCommand(
        executable,
        [...all, '--address', address],
        process.env,
        COMMAND_TIMEOUT_MS,
      );
      if (ran.ok) return Date.now() - begun;
      if (Date.now() > deadline) throw new Error(`temporal ${all.join(' ')}: ${ran.problem}`);
      await sleep(500);
    }
  }
}
