import { readFileSync } from 'node:fs';
import os from 'node:os';

/** Linux counts CPU time in hundredths of a second. */
const TICK_MS = 10;

/** CPU time of the whole machine, in milliseconds. */
export interface MachineCpu {
  busyMs: number;
  /** Taken by the host for other machines. */
  stolenMs: number;
}

/** What the machine has spent until now; undefined where the system does not tell. */
export function machineCpu(): MachineCpu | undefined {
  const numbers = fieldsOf('/proc/stat', /^cpu +(.*)$/m);
  if (!numbers) return undefined;
  const [user = 0, nice = 0, system = 0, , , irq = 0, softIrq = 0, steal = 0] = numbers;
  return { busyMs: (user + nice + system + irq + softIrq) * TICK_MS, stolenMs: steal * TICK_MS };
}

/** CPU time of a process and its children, in milliseconds; undefined where the system does not tell. */
export function processCpuMs(pid: number | undefined): number | undefined {
  if (pid === undefined) return undefined;
  // After the name, which may hold anything in its parentheses, follow the state and then numbers.
  const numbers = fieldsOf(`/proc/${pid}/stat`, /\) \S (.*)$/m);
  if (!numbers) return undefined;
  const children = fieldsOf(`/proc/${pid}/task/${pid}/children`, /^(\d.*\d) *$/m) ?? [];
  const own = ((numbers[10] ?? 0) + (numbers[11] ?? 0)) * TICK_MS;
  return children.reduce((sum, child) => sum + (processCpuMs(child) ?? 0), own);
}

/** What the figures were taken on. */
export function describeMachine() {
  const [cpu] = os.cpus();
  return {
    cpu: cpu?.model ?? 'unknown',
    cores: os.availableParallelism(),
    memoryGb: Math.round(os.totalmem() / 1e9),
    system: `${os.type()} ${os.release()}`,
    node: process.version,
  };
}

function fieldsOf(file: string, pattern: RegExp): number[] | undefined {
  try {
    return pattern.exec(readFileSync(file, 'utf8'))?.[1]?.split(' ').map(Number);
  } catch {
    return undefined;
  }
}
