/** Says one line a step, with the time that is left if the other steps take as long as those before. */
export class Progress {
  #done = 0;
  readonly #begin = Date.now();

  constructor(
    private readonly steps: number,
    private readonly log: (line: string) => void,
  ) {}

  /** A step is done. */
  step(text: string): void {
    this.#done += 1;
    const left = ((Date.now() - this.#begin) / this.#done) * (this.steps - this.#done);
    const time = left < 90_000 ? `${Math.ceil(left / 1_000)} s` : `${Math.ceil(left / 60_000)} min`;
    this.log(`[${this.#done}/${this.steps}] ${text} (${time} left)`);
  }
}
