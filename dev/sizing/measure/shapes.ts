import { aParkingRefund } from '../../bench/parking';
import { quantile } from '../../bench/statistics';
import { executeOurs } from '../../bench/variants';
import type { SeedRange } from '../../bench/processes/providers';
import type { Stack } from './stack';

/** How many, and how many at once. */
export interface Load {
  refunds: number;
  atOnce: number;
}

/** What driving a shape came to. */
export interface Driven {
  seconds: number;
  durationsMs: number[];
}

/** A way that a refund can go, and how the worker is set for it. */
export interface Shape {
  name: string;
  title: string;
  environment(stack: Stack): Record<string, string>;
  /** Begins so many refunds, and brings all of them to their end. */
  drive(stack: Stack, load: Load): Promise<Driven>;
  /** Whether people decide in between, so that how long a refund takes says nothing. */
  isDecided: boolean;
}

const NOTHING_MORE = () => ({});

/** Below it a person is asked of every refund. */
const ASKED_OF_ALL = { APPROVAL_LIMITS: 'TRY=1,points=1' };

/** The shapes that are measured; the first two differ by the lock of orders alone. */
export const SHAPES: readonly Shape[] = [
  {
    ...{ name: 'happy', title: 'three legs', environment: NOTHING_MORE, isDecided: false },
    drive: driveHappy,
  },
  {
    ...{ name: 'unlocked', title: 'three legs, `ORDER_LOCK=off`', isDecided: false },
    environment: () => ({ ORDER_LOCK: 'off' }),
    drive: driveHappy,
  },
  {
    ...{ name: 'approval', title: 'three legs, approved by a person', isDecided: true },
    environment: () => ASKED_OF_ALL,
    drive: driveApproved,
  },
  {
    ...{
      name: 'parked',
      title: 'three legs, one parked and resolved',
      environment: NOTHING_MORE,
      isDecided: true,
    },
    drive: driveParked,
  },
  {
    ...{ name: 'notices', title: 'three legs, with `NOTIFY_URL`', isDecided: false },
    environment: ({ receiverUrl }) => ({
      NOTIFY_URL: receiverUrl,
      NOTIFY_SECRETS: `whsec_${Buffer.alloc(32, 'sizing').toString('base64')}`,
    }),
    drive: driveHappy,
  },
];

async function driveHappy({ providers, refunds }: Stack, { refunds: count, atOnce }: Load): Promise<Driven> {
  await providers.ensure(count);
  const durationsMs: number[] = [];
  const begin = performance.now();
  await inLanes(count, atOnce, async () => {
    const then = performance.now();
    await executeOurs({ refunds }, providers.take());
    durationsMs.push(performance.now() - then);
  });
  return { durationsMs, seconds: (performance.now() - begin) / 1_000 };
}

async function driveApproved(stack: Stack, { refunds: count, atOnce }: Load): Promise<Driven> {
  const { providers, refunds } = stack;
  await providers.ensure(count);
  return driveDecided(
    stack,
    { refunds: count, atOnce },
    {
      start: async () => (await refunds.start(providers.take())).refundId,
      settle: (refundId) => refunds.decide({ refundId, decision: 'approve', by: 'ana' }),
    },
  );
}

async function driveParked(stack: Stack, load: Load): Promise<Driven> {
  const { refunds } = stack;
  const start = await parking(stack, load.refunds);
  return driveDecided(stack, load, {
    start,
    settle: (refundId) =>
      refunds.resolve({
        ...{ refundId, leg: 'cash', outcome: 'refunded', by: 'ana' },
        ...{ evidence: 'paid by bank transfer', providerReference: 'transfer' },
      }),
  });
}

let parkedUntilNow = 0;

/** Prepares so many refunds that will park at their last leg. @returns what begins the next of them */
export async function parking({ providers, refunds }: Stack, count: number): Promise<() => Promise<string>> {
  let next = parkedUntilNow;
  parkedUntilNow += count;
  const { run } = providers.skip(0);
  await providers.child.ask('seedParking', { run, from: next, to: parkedUntilNow } satisfies SeedRange);
  return async () => (await refunds.start(aParkingRefund(run, next++))).refundId;
}

async function driveDecided(
  stack: Stack,
  { refunds: count, atOnce }: Load,
  { start, settle }: { start: () => Promise<string>; settle: (refundId: string) => Promise<unknown> },
): Promise<Driven> {
  const ids: string[] = [];
  const begin = performance.now();
  await inLanes(count, atOnce, async () => void ids.push(await start()));
  await untilWaiting(stack, count);
  const durationsMs: number[] = [];
  await inLanes(count, atOnce, async () => {
    const refundId = ids.pop() ?? '';
    const then = performance.now();
    await settle(refundId);
    const { status } = await stack.refunds.result(refundId);
    if (status !== 'refunded') throw new Error(`a refund ended as ${status}; what is measured must not`);
    durationsMs.push(performance.now() - then);
  });
  return { durationsMs, seconds: (performance.now() - begin) / 1_000 };
}

/** Waits until so many refunds wait for a person; asks seldom, because each question costs. */
export async function untilWaiting({ client }: Pick<Stack, 'client'>, count: number): Promise<void> {
  while ((await client.workflow.count('RefundNeedsAttention = true')).count < count) {
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}

/** Does one thing so often, so many at a time. */
export async function inLanes(count: number, atOnce: number, one: () => Promise<void>): Promise<void> {
  let left = count;
  const lane = async () => {
    while (left > 0) {
      left -= 1;
      await one();
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, lane));
}

/** The latencies that a table shows. */
export function latencyOf(durationsMs: readonly number[]): { p50: number; p99: number } {
  return { p50: quantile(durationsMs, 0.5), p99: quantile(durationsMs, 0.99) };
}
