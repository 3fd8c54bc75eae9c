import { readFileSync } from 'node:fs';

/** The file of the measurement that docs/scaling.md shows, as seen from the root of the project. */
export const MEASURED_FILE = 'dev/sizing/measured.json';

/** A figure of each database of the server. */
export interface ByDatabase {
  main: number;
  visibility: number;
}

/** What is kept of a refund, in bytes, by what it is kept for. */
export interface BytesAtRest {
  history: number;
  executions: number;
  tasks: number;
  visibility: number;
}

/** CPU in milliseconds. */
export interface Cpu {
  worker: number;
  /** The part of the worker that is its main thread: activities and HTTP. */
  workerMainThread: number;
  /** The busiest of its other threads: the workflow code. */
  workerWorkflowThread: number;
  server: number;
  database: number;
}

/** What one refund of a shape costs. */
export interface ShapeFigures {
  name: string;
  title: string;
  refunds: number;
  perSecond: number;
  /** Missing where people decide in between. */
  latencyMs?: { p50: number; p99: number };
  cpuMs: Cpu;
  transactions: ByDatabase;
  rowsWritten: ByDatabase;
  /** Questions to the visibility store: the server limits how many a second it answers. */
  listQueries: number;
  /** Of the write-ahead log. The parts are those of statements; the sum has what is written around them as well. */
  walBytes: { sum: number } & ByDatabase;
  walFullPages: number;
  walSyncs: number | null;
  /** Packed, as after VACUUM FULL. */
  bytes: BytesAtRest;
  /** As the tables stood right after the work, with the dead rows that it left. */
  bytesUnpacked: number;
}

/** What a deployment does while nothing happens, each second. */
export interface IdleFigures {
  seconds: number;
  cpuMs: Cpu;
  transactions: number;
  walBytes: number;
}

/** A measurement on one machine. */
export interface Measured {
  date: string;
  machine: { cpu: string; cores: number; memoryGb: number; system: string; node: string };
  versions: { temporal: string; postgres: string };
  shards: number;
  atOnce: number;
  idleSeconds: number;
  providerDelayMs: number;
  /** The commits of a second that one connection gets out of the database, one after the other. */
  commitsPerSecond: number;
  idle: IdleFigures;
  shapes: ShapeFigures[];
  /** What so many parked refunds cost beyond an idle deployment while nobody does anything, each second. */
  parked: IdleFigures & { refunds: number };
  /** What makes the figures hard to believe; empty where the machine was quiet. */
  doubts: string[];
}

/** Reads a measurement. */
export function readMeasured(file = MEASURED_FILE): Measured {
  return JSON.parse(readFileSync(file, 'utf8')) as Measured;
}

/** The shape of a name. @throws Error where it was not measured */
export function shapeOf({ shapes }: Measured, name: string): ShapeFigures {
  const shape = shapes.find((one) => one.name === name);
  if (!shape) throw new Error(`${name} was not measured`);
  return shape;
}
