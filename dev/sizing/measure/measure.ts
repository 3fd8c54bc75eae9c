import { setTimeout as pause } from 'node:timers/promises';
import { startOurs } from '../../bench/environment';
import { describeMachine } from '../../bench/machine';
import type { Child } from '../../bench/processes/child';
import type { IdleFigures, Measured, ShapeFigures } from '../measured';
import { weighAndPack } from './database';
import { figuresOf, mapCpu, perSecond, showCpu } from './figures';
import { usedBy } from './reading';
import type { Used } from './reading';
import { inLanes, parking, SHAPES, untilWaiting } from './shapes';
import type { Driven, Load, Shape } from './shapes';
import { startStack } from './stack';
import type { Stack } from './stack';
import type { Postgres } from './postgres';
import type { Programs } from './programs';

/** How it is measured. */
export interface MeasureOptions extends Load {
  shards: number;
  lists: number | undefined;
  delayMs: number;
  /** How long an idle deployment is watched, and one with parked refunds. */
  idleSeconds: number;
  log: (line: string) => void;
}

/** Before a shape is measured, so many of its refunds are run: V8 compiles, pools and caches fill. */
const WARM_UP = 0.2;

/** Others may take this share of the machine. */
const MOST_FOREIGN = 0.1;

/** Measures what refunds cost a real server over PostgreSQL. */
export async function measure(programs: Programs, options: MeasureOptions): Promise<Measured> {
  const { log, shards, lists, delayMs, atOnce, refunds, idleSeconds } = options;
  const stack = await startStack(programs, {
    shards,
    lists,
    delayMs,
    run: `s${(Date.now() % 1e7).toString(36)}`,
  });
  try {
    const doubts: string[] = [];
    const believe = (what: string, { foreign }: Used) => {
      if (foreign > MOST_FOREIGN)
        doubts.push(`${what}: others took ${(foreign * 100).toFixed(0)} % of the machine`);
    };
    const commitsPerSecond = await countCommits(stack.postgres);
    log(`the database commits ${commitsPerSecond.toFixed(0)} times a second, one after the other`);
    const idle = await measureIdle(stack, idleSeconds, believe);
    log(`idle: ${idle.cpuMs.server.toFixed(1)} ms of server CPU a second`);
    const shapes: ShapeFigures[] = [];
    for (const shape of SHAPES) {
      const figures = await measureShape(stack, shape, { refunds, atOnce }, { idle, believe });
      shapes.push(figures);
      log(`${shape.name}: ${figures.perSecond.toFixed(1)} refunds/s, ${showCpu(figures.cpuMs)}`);
    }
    const parked = await measureParked(stack, options, believe);
    log(`${refunds} parked refunds, beyond an idle deployment: ${showCpu(parked.cpuMs)} each second`);
    const postgres = (await stack.postgres.query('postgres', 'show server_version'))[0]?.[0] ?? 'unknown';
    const { serverVersion: temporal } = await stack.server.connection.workflowService.getSystemInfo({});
    return {
      date: new Date().toISOString().slice(0, 10),
      machine: machineOf(),
      versions: { temporal, postgres },
      ...{
        shards,
        atOnce,
        idleSeconds,
        providerDelayMs: delayMs,
        commitsPerSecond,
        idle,
        shapes,
        parked,
        doubts,
      },
    };
  } finally {
    await stack.close();
  }
}

/** The machine, without what its system was built for. */
function machineOf(): Measured['machine'] {
  const machine = describeMachine();
  return { ...machine, system: machine.system.replace(/-.*$/, '') };
}

type Believe = (what: string, used: Used) => void;

async function measureIdle(stack: Stack, seconds: number, believe: Believe): Promise<IdleFigures> {
  return withWorker(stack, {}, async (worker) => {
    const used = await usedBy(stack, worker, () => pause(seconds * 1_000));
    believe('idle', used);
    return perSecond(used);
  });
}

async function measureShape(
  stack: Stack,
  shape: Shape,
  load: Load,
  { idle, believe }: { idle: IdleFigures; believe: Believe },
): Promise<ShapeFigures> {
  return withWorker(stack, shape.environment(stack), async (worker) => {
    await shape.drive(stack, { ...load, refunds: Math.ceil(load.refunds * WARM_UP) });
    const before = await weighAndPack(stack.postgres);
    let driven: Driven | undefined;
    const used = await usedBy(stack, worker, async () => {
      driven = await shape.drive(stack, load);
    });
    believe(shape.name, used);
    const after = await weighAndPack(stack.postgres);
    return figuresOf(shape, load.refunds, { driven, used, idle, before, after });
  });
}

/** So long the server goes on working off what was, before it is idle again. Milliseconds. */
const SETTLING_MS = 60_000;

/** What parked refunds cost beyond the same deployment, after the same work, a moment before. */
async function measureParked(
  stack: Stack,
  { refunds, atOnce, idleSeconds }: MeasureOptions,
  believe: Believe,
): Promise<Measured['parked']> {
  return withWorker(stack, {}, async (worker) => {
    const watch = async (what: string) => {
      await pause(SETTLING_MS);
      const used = await usedBy(stack, worker, () => pause(idleSeconds * 1_000));
      believe(what, used);
      return perSecond(used);
    };
    const without = await watch('idle after work');
    const start = await parking(stack, refunds);
    await inLanes(refunds, atOnce, async () => {
      await start();
    });
    await untilWaiting(stack, refunds);
    const parked = await watch('parked');
    return {
      refunds,
      seconds: parked.seconds,
      cpuMs: mapCpu((part) => parked.cpuMs[part] - without.cpuMs[part]),
      transactions: parked.transactions - without.transactions,
      walBytes: parked.walBytes - without.walBytes,
    };
  });
}

async function withWorker<Result>(
  stack: Stack,
  more: Record<string, string>,
  work: (worker: Child) => Promise<Result>,
): Promise<Result> {
  const worker = await startOurs(stack.server, stack.providers, { more });
  try {
    return await work(worker);
  } finally {
    await worker.stop();
  }
}

const COMMITS = 300;

/** How often a second one connection commits a row, one after the other. */
async function countCommits(postgres: Postgres): Promise<number> {
  await postgres.query('postgres', 'create table if not exists commits (at timestamptz)');
  const begin = performance.now();
  await postgres.query(
    'postgres',
    `do $$ begin for i in 1..${COMMITS} loop insert into commits values (now()); commit; end loop; end $$`,
  );
  return COMMITS / ((performance.now() - begin) / 1_000);
}
