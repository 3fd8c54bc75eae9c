/** What a seed decides by. */
export interface Dice {
  maybe: (share: number) => boolean;
  between: (least: number, most: number) => number;
  oneOf: <T>(...options: T[]) => T;
  /** Moments, with this probability any, at most so many, within so long. Milliseconds. */
  times: (share: number, most: number, within: number) => number[];
}

/** Dice that fall as `chance` says. */
export function diceOf(chance: () => number): Dice {
  const maybe = (share: number) => chance() < share;
  const between = (least: number, most: number) => least + chance() * (most - least);
  return {
    maybe,
    between,
    oneOf: <T>(...options: T[]): T => options[Math.floor(chance() * options.length)] as T,
    times: (share, most, within) =>
      maybe(share) ? Array.from({ length: 1 + Math.floor(chance() * most) }, () => between(0, within)) : [],
  };
}
