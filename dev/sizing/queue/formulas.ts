/** A station with this many places, arrivals of a Poisson process and a mean time of service. */
export interface Load {
  perSecond: number;
  serviceMs: number;
  places: number;
}

/** The share of its places that is taken. */
export function utilization({ perSecond, serviceMs, places }: Load): number {
  return (perSecond * serviceMs) / 1_000 / places;
}

/** How many are in a system through which so many pass in a second, each for so long (Little's law). */
export function inSystem(perSecond: number, latencyMs: number): number {
  return (perSecond * latencyMs) / 1_000;
}

/** How long one waits on average where service is exponentially distributed (M/M/c, Erlang C). Milliseconds. */
export function waitOfExponentialMs(load: Load): number {
  const { serviceMs, places } = load;
  const offered = utilization(load) * places;
  let term = 1;
  let free = 0;
  for (let taken = 0; taken < places; taken += 1) {
    free += term;
    term *= offered / (taken + 1);
  }
  const waiting = term / (1 - offered / places);
  return ((waiting / (free + waiting)) * serviceMs) / (places - offered);
}

/** How long one waits on average for one place where every service takes as long (M/D/1, Pollaczek and Khinchine). */
export function waitOfConstantMs(load: Omit<Load, 'places'>): number {
  const used = utilization({ ...load, places: 1 });
  return (used * load.serviceMs) / (2 * (1 - used));
}
