import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts CPU time in hundredths of a second. */
const TICK_MS = 10;

/** CPU of a process, its children, and the children that have ended. Milliseconds. */
export function treeCpuMs(pid: number): number {
  const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = fieldsOf(`/proc/${pid}/stat`);
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .trim()
    .split(' ')
    .filter(Boolean);
  const own = (user + system + endedUser + endedSystem) * TICK_MS;
  return children.reduce((sum, child) => sum + ownCpuMs(Number(child)), own);
}

/** CPU of each thread of a process, by its id; that of the main thread is the process's. Milliseconds. */
export function threadsCpuMs(pid: number): Map<number, number> {
  return new Map(
    readdirSync(`/proc/${pid}/task`).map((thread) => {
      const [user = 0, system = 0] = fieldsOf(`/proc/${pid}/task/${thread}/stat`);
      return [Number(thread), (user + system) * TICK_MS];
    }),
  );
}

/** A child may have ended since it was listed: then its parent has its time the next time that it is asked. */
function ownCpuMs(pid: number): number {
  try {
    const [user = 0, system = 0] = fieldsOf(`/proc/${pid}/stat`);
    return (user + system) * TICK_MS;
  } catch {
    return 0;
  }
}

/** The four times of a stat file. After the name, which may hold anything in its parentheses, come the state and numbers. */
function fieldsOf(file: string): number[] {
  const numbers = /\) \S (.*)$/m.exec(readFileSync(file, 'utf8'))?.[1]?.split(' ').map(Number) ?? [];
  return numbers.slice(10, 14);
}
