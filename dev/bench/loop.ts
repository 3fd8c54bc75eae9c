/** What a closed loop came to. */
export interface Loop {
  /** How long each call took, in milliseconds. */
  durationsMs: number[];
  /** The sum over the lanes of what each ended in its own time: neither filling nor draining them counts against it. */
  perSecond: number;
}

/** Keeps so many calls going at once, each lane beginning its next when the last has ended, for so long. */
export async function closedLoop(
  atOnce: number,
  milliseconds: number,
  one: () => Promise<void>,
): Promise<Loop> {
  const begin = performance.now();
  const durationsMs: number[] = [];
  const lane = async (): Promise<number> => {
    let ended = 0;
    let now = begin;
    do {
      await one();
      const then = now;
      now = performance.now();
      durationsMs.push(now - then);
      ended += 1;
    } while (now - begin < milliseconds);
    return (ended / (now - begin)) * 1_000;
  };
  const rates = await Promise.all(Array.from({ length: atOnce }, lane));
  return { durationsMs, perSecond: rates.reduce((sum, rate) => sum + rate, 0) };
}
