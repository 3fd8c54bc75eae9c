import {
  FAULT_KINDS,
  type Fault,
  type FaultKind,
  type FaultRates,
  type RandomScope,
  type Trouble,
} from './fault-kinds';
import { makesSense } from './fault-places';
import type { Operation, ProviderName } from '../options';
import { hash, mulberry32 } from './random';

/** A request as faults are matched with it. `subject` is the movement it is about. */
export interface Target {
  provider: ProviderName;
  operation: Operation;
  subject: string;
  path: string;
  body: string;
}

/** The faults to come, scripted or drawn. */
export class Faults {
  #script: (Fault & { times: number; skip: number })[] = [];
  #draw: (target: Target) => Trouble | undefined = () => undefined;

  /** Scripts a fault behind those already scripted. */
  add(fault: Fault): void {
    this.#script.push({ ...fault, times: fault.times ?? 1, skip: fault.skip ?? 0 });
  }

  /**
   * Strikes requests at random, where no scripted fault fits. The same seed strikes the same requests: what decides is
   * the movement a request is about and how many of its kind came before, not the order in which movements arrive.
   * (Look-ups that name no movement, and tokens, count among themselves.)
   */
  random(seed: number, rates: FaultRates, scope: RandomScope = {}): void {
    const { providers, operations, of = {}, ...common } = scope;
    const asked = new Map<string, number>();
    const lasting = new Map<string, { kind: FaultKind; left: number }>();
    this.#draw = (target) => {
      if (providers && !providers.includes(target.provider)) return undefined;
      if (operations && !operations.includes(target.operation)) return undefined;
      const place = `${target.provider} ${target.operation} ${target.subject}`;
      const nth = (asked.get(place) ?? 0) + 1;
      asked.set(place, nth);
      const drawn = pick(rates, mulberry32(hash(`${seed} ${nth} ${place}`))());
      const before = lasting.get(place);
      const kind = before?.kind ?? drawn;
      if (!kind || !suits(kind, target)) return undefined;
      const { times = 1, ...own } = of[kind] ?? {};
      const left = (before?.left ?? times) - 1;
      if (left > 0) lasting.set(place, { kind, left });
      else lasting.delete(place);
      return { ...common, ...own, kind };
    };
  }

  /** Forgets every fault, scripted or random. */
  clear(): void {
    this.#script = [];
    this.#draw = () => undefined;
  }

  /** The trouble for one request, used up by it. */
  take(target: Target): Trouble | undefined {
    const fault = this.#script.find((candidate) => fits(candidate, target) && candidate.skip-- <= 0);
    if (!fault) return this.#draw(target);
    fault.times -= 1;
    if (fault.times <= 0) this.#script = this.#script.filter((candidate) => candidate !== fault);
    return fault;
  }
}

function fits(fault: Fault, target: Target): boolean {
  return (
    fault.provider === target.provider &&
    (fault.operation === undefined || fault.operation === target.operation) &&
    suits(fault.kind, target) &&
    (fault.match === undefined || target.path.includes(fault.match) || target.body.includes(fault.match))
  );
}

function suits(kind: FaultKind, { provider, operation }: Target): boolean {
  return makesSense(kind, provider, operation);
}

function pick(rates: FaultRates, drawn: number): FaultKind | undefined {
  let reached = 0;
  return FAULT_KINDS.find((kind) => drawn < (reached += rates[kind] ?? 0));
}
