import type { ProviderName } from '../domain/plan';

/** The calls that this process makes at a time, by provider. */
export class CallsInFlight {
  readonly #counts = new Map<ProviderName, number>();

  /** How many there are at a provider. */
  at(provider: ProviderName): number {
    return this.#counts.get(provider) ?? 0;
  }

  /** Counts a call until it has ended. */
  during<Result>(provider: ProviderName, call: () => Promise<Result>): Promise<Result> {
    this.#add(provider, 1);
    return call().finally(() => this.#add(provider, -1));
  }

  #add(provider: ProviderName, by: 1 | -1): void {
    this.#counts.set(provider, this.at(provider) + by);
  }
}
