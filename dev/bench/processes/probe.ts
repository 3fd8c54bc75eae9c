/**
 * Loaded into every process that is measured, before its own code: answers questions over the channel to the driver.
 * The refund worker is measured this way without a line of it being changed.
 */

import { getHeapStatistics } from 'node:v8';

const GC_PASSES = 4;

/** What a process has used until now, and holds. */
export interface Usage {
  /** Of all its threads. Milliseconds. */
  cpuMs: number;
  rssBytes: number;
  /** Of its main thread; workflow code runs in other threads. */
  heapBytes: number;
}

/** A question of the driver to a process. */
export interface Question {
  id: number;
  name: string;
  argument: unknown;
}

/** What comes back. */
export type Reply = { id: number } & ({ answer: unknown } | { problem: string });

type Handler = (argument: never) => unknown;

const handlers = new Map<string, Handler>([
  ['usage', usage],
  ['retainedHeap', retainedHeap],
]);

/** Lets this process answer another kind of question. */
export function answer(name: string, handler: Handler): void {
  handlers.set(name, handler);
}

function usage(): Usage {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed } = process.memoryUsage();
  return { cpuMs: (user + system) / 1_000, rssBytes: rss, heapBytes: heapUsed };
}

/** Heap that is still in use after all garbage is collected, in bytes; needs `--expose-gc`. */
async function retainedHeap(): Promise<number> {
  if (!global.gc) throw new Error('this process was started without --expose-gc');
  for (let pass = 0; pass < GC_PASSES; pass += 1) {
    // What finalizers let go in one pass is collected in the next.
    await new Promise((resolve) => setImmediate(resolve));
    global.gc();
  }
  return getHeapStatistics().used_heap_size;
}

async function reply({ id, name, argument }: Question): Promise<Reply> {
  try {
    const handler = handlers.get(name);
    if (!handler) throw new Error(`this process cannot answer ${name}`);
    return { id, answer: await handler(argument as never) };
  } catch (error) {
    return { id, problem: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

process.on('message', (question: Question) => {
  void reply(question).then((message) => process.send?.(message));
});
// A process that has nothing else to do ends all the same.
process.channel?.unref();
