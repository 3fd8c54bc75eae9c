import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { HANGING } from '../../../src/client/hanging';
import { heal } from '../../../src/client/health/heal';
import { forgets, HealRefusedError } from '../../../src/client/health/heal-refusals';
import type { KeptEvents } from '../../../src/client/health/kept-history';
import type { Access } from '../../../src/client/temporal-calls';
import { eachRun, OPEN, REFUNDS, textAttribute } from '../../../src/client/visibility';
import { lastReplayable } from '../../../src/reading/last-replayable';
import type { Context } from '../../chaos/context';
import { TASK_QUEUE } from '../../chaos/settings';
import type { UpgradeOptions } from './options';
import { writeBadRelease } from './releases';
import { DEPLOYMENT } from './releases';
import type { Releases } from './releases';

/** The release that does not replay what runs. */
export const BAD_RELEASE = '1.2.0';

/** How long each release is left alone before the next step. Milliseconds. */
const STEP_MS = 10_000;
/** How many refunds hang before the bad release is taken back. */
const ENOUGH_HANG = 20;
/** How long it is current at the longest. Milliseconds. */
const BAD_FOR_MS = 120_000;
/** How long what hung is given to go on by itself. Milliseconds. */
const BY_ITSELF_MS = 180_000;
const LOOK_MS = 1_000;
const ANSWER_MS = 10_000;

/** Refunds that were under way before a step, counted by where they stood. */
export interface Step {
  name: string;
  underWay: Record<string, number>;
}

/** What was seen on the way. */
export interface Walked {
  steps: Step[];
  /** How many refunds hung when the bad release was taken back. */
  hung: number;
  /** How long the command took that took it back. Milliseconds. */
  rollbackMs: number;
  /** How many of those that hung had begun before the bad release, and how long the last of them took to go on. */
  wentOn: { refunds: number; ms: number };
}

/** Takes a deployment from one release to the next, to a bad one, and back, each when enough refunds are under way. */
export async function walk(
  { dist, atOnce, log }: UpgradeOptions,
  context: Context,
  releases: Releases,
): Promise<Walked> {
  const script = path.join(dist, 'src/worker.js');
  const folder = await mkdtemp(path.join(dist, 'upgrade-'));
  const steps: Step[] = [];
  const look = async (name: string) => {
    const underWay = await readUnderWay(context);
    log(
      `${name}: ${Object.entries(underWay)
        .map(([where, count]) => `${count} ${where}`)
        .join(', ')}`,
    );
    steps.push({ name, underWay });
  };
  try {
    const badScript = await writeBadRelease(dist, folder);
    releases.start('1.0.0', script);
    await releases.makeCurrent('1.0.0');
    await until(context, async () => sum(await readUnderWay(context)) >= 0.95 * atOnce, BAD_FOR_MS);
    await pause(context, STEP_MS);
    releases.start('1.1.0', script);
    await look('1.1.0 gets 30 %');
    await releases.ramp('1.1.0', 30);
    await pause(context, STEP_MS);
    await look('1.1.0 is made current, and the workers of 1.0.0 are stopped');
    await releases.makeCurrent('1.1.0');
    await releases.stop('1.0.0');
    await pause(context, STEP_MS);
    releases.start(BAD_RELEASE, badScript);
    await look(`${BAD_RELEASE}, which does not replay what runs, is made current`);
    const badSince = Date.now();
    await releases.makeCurrent(BAD_RELEASE);
    await until(context, async () => (await readHanging(context)).size >= ENOUGH_HANG, BAD_FOR_MS);
    await look('1.1.0 is made current again');
    const hanging = await readHanging(context);
    const rollbackMs = await releases.makeCurrent('1.1.0');
    const back = Date.now();
    const ours = [...hanging].filter(([, begun]) => begun < badSince).map(([runId]) => runId);
    await until(context, async () => isNone(ours, await readHanging(context)), BY_ITSELF_MS);
    const wentOn = { refunds: ours.length, ms: Date.now() - back };
    return { steps, hung: hanging.size, rollbackMs, wentOn };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Refunds that the bad release began or took further, by what was done so that they could go on. */
export interface Left {
  /** `refund heal` let the good release go on with them. */
  healed: Set<string>;
  /** Healing is refused, because it would forget a reversal: the release that began it ends them. */
  broughtBack: Set<string>;
}

/** Heals what the bad release began or took further, as `refund replay` names it: also what waits, and does not hang yet. */
export async function settleLeft(
  context: Context,
  releases: Releases,
  bundlePath: string,
  { healed, broughtBack }: Left,
): Promise<void> {
  const query = `${REFUNDS} AND ${OPEN} AND TemporalWorkerDeploymentVersion = '${DEPLOYMENT}:${BAD_RELEASE}'`;
  const findReplayable = (kept: KeptEvents) => lastReplayable(kept, bundlePath);
  while (!context.over.aborted) {
    for await (const { execution } of eachRun(accessTo(context), query)) {
      const refundId = execution?.workflowId?.replace(/^refund:/, '') ?? '';
      try {
        const { hungRunId } = await heal(accessTo(context), refundId, { findReplayable });
        healed.add(refundId);
        context.actions.reset(refundId, hungRunId);
      } catch (error) {
        // Refused otherwise, or unanswered: it is met again as long as it is left.
        if (error instanceof HealRefusedError && wouldForget(error, refundId)) broughtBack.add(refundId);
      }
    }
    if (broughtBack.size > 0 && sum(await readUnderWay(context)) <= broughtBack.size)
      await releases.makeCurrent(BAD_RELEASE);
    await pause(context, LOOK_MS);
  }
}

function wouldForget({ message }: HealRefusedError, refundId: string): boolean {
  return Object.values(forgets).some((why) => message.includes(why(refundId)));
}

function isNone(runIds: readonly string[], hanging: ReadonlyMap<string, number>): boolean {
  return runIds.every((runId) => !hanging.has(runId));
}

function accessTo({ client }: Context): Access {
  return { client, taskQueue: TASK_QUEUE, timeoutMs: ANSWER_MS };
}

async function readUnderWay(context: Context): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for await (const run of eachRun(accessTo(context), `${REFUNDS} AND ${OPEN}`)) {
    const status = textAttribute(run, 'RefundStatus') ?? 'not taken up';
    const waitingOn = textAttribute(run, 'RefundWaitingOn');
    const where = waitingOn === undefined || waitingOn === status ? status : `${status} on ${waitingOn}`;
    counts[where] = (counts[where] ?? 0) + 1;
  }
  return counts;
}

/** Runs that hang, and when they began: milliseconds since 1970. */
async function readHanging(context: Context): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for await (const { execution, startTime } of eachRun(accessTo(context), `${REFUNDS} AND ${HANGING}`))
    found.set(execution?.runId ?? '', Number(startTime?.seconds ?? 0) * 1_000);
  return found;
}

function sum(counts: Record<string, number>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

async function until(context: Context, holds: () => Promise<boolean>, withinMs: number): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (Date.now() < deadline && !(await holds().catch(() => false))) await pause(context, LOOK_MS);
}

function pause({ over }: Context, milliseconds: number): Promise<unknown> {
  return sleep(milliseconds, undefined, { signal: over });
}
