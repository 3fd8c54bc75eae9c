import { hash, mulberry32 } from '../../simulators/engine/random';

/** Seeded choices: the same seed and subject give the same choices in the same order. */
export class Chance {
  readonly #draw: () => number;

  constructor(seed: number, subject: string) {
    this.#draw = mulberry32(hash(`${seed} ${subject}`));
  }

  /** True in this share of cases. */
  hits(share: number): boolean {
    return this.#draw() < share;
  }

  /** A number of this range. */
  between(least: number, most: number): number {
    return least + this.#draw() * (most - least);
  }

  /** A whole number of this range, both ends included. */
  integer(least: number, most: number): number {
    return Math.floor(this.between(least, most + 1));
  }

  /** One of these, each as likely as the others. */
  pick<Choice>(...choices: readonly [Choice, ...Choice[]]): Choice {
    return choices[this.integer(0, choices.length - 1)] ?? choices[0];
  }
}
