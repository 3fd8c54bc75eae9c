/**
 * A small deterministic generator (mulberry32): the same seed gives the same numbers on every machine.
 * @returns a function whose results lie in [0, 1)
 */
export function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A 32-bit hash of a text (FNV-1a), to seed a generator with. */
export function hash(text: string): number {
  let result = 0x811c9dc5;
  for (const byte of Buffer.from(text, 'utf8')) result = Math.imul(result ^ byte, 0x01000193);
  return result >>> 0;
}
