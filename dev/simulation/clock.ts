/** A clock that stands still while anything runs, and jumps from one appointment to the next. Milliseconds. */
export class VirtualClock {
  #appointments: { at: number; order: number; act: () => void }[] = [];
  #order = 0;
  #busy = 0;

  constructor(public now: number) {}

  /** Does something after so long. */
  after(delayMs: number, act: () => void): void {
    this.#appointments.push({ at: this.now + Math.max(0, delayMs), order: (this.#order += 1), act });
  }

  /** Waits on this clock. */
  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.after(delayMs, resolve));
  }

  /** Marks work that takes turns of the event loop, so that the clock waits for it. */
  async working<T>(work: Promise<T>): Promise<T> {
    this.#busy += 1;
    try {
      return await work;
    } finally {
      this.#busy -= 1;
    }
  }

  /** Runs until nothing is left to do, `done` holds, or the clock passes `until`. */
  async run(done: () => boolean, until: number): Promise<void> {
    for (;;) {
      do await new Promise(setImmediate);
      while (this.#busy > 0);
      if (done()) return;
      const next = this.#takeNext();
      if (!next || next.at > until) return;
      this.now = Math.max(this.now, next.at);
      next.act();
    }
  }

  #takeNext() {
    let first = 0;
    this.#appointments.forEach(({ at, order }, index) => {
      const best = this.#appointments[first];
      if (best && (at < best.at || (at === best.at && order < best.order))) first = index;
    });
    return this.#appointments.splice(first, 1)[0];
  }
}

/** Makes `Date` and `performance` of this process tell the time of `clock()`; the code under test then lives in virtual time. */
export function installVirtualDate(clock: () => number): void {
  const RealDate = Date;
  class VirtualDate extends RealDate {
    constructor(...parts: unknown[]) {
      if (parts.length === 0) super(clock());
      else super(...(parts as [number]));
    }
    static override now(): number {
      return clock();
    }
  }
  // The isolate recognises dates by the name of their class.
  Object.defineProperty(VirtualDate, 'name', { value: 'Date' });
  globalThis.Date = VirtualDate as DateConstructor;
  performance.now = clock;
}
