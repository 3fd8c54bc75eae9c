import { Agenda } from './heap';

/** What a job does next: takes a place at a station (and waits for it), gives it back, or lets time pass. */
export type Step = { take: string } | { give: string } | { passMs: number };

/** What is simulated. */
export interface Queues {
  /** How many places each station has. */
  stations: Record<string, number>;
  /** The time from one arrival to the next. */
  nextArrivalMs: () => number;
  /** What a job does, one step after the other. */
  stepsOf: (job: number) => Step[];
  jobs: number;
  /** So many jobs, the first of all, are not looked at: the system has to fill. */
  warmUp: number;
}

/** What was seen of the jobs after the warm-up, until the last of them arrived. */
export interface Seen {
  /** How long each job took. Milliseconds. */
  latenciesMs: number[];
  /** Jobs that arrived in a second. */
  perSecond: number;
  /** Jobs in the system, on average over the time. */
  inSystem: number;
  /** The share of the places of each station that was taken, on average over the time. */
  used: Record<string, number>;
}

interface Job {
  number: number;
  arrivedAt: number;
  steps: Step[];
  next: number;
}

interface Station {
  places: number;
  taken: Level;
  waiting: Job[];
}

/** Runs jobs through stations in virtual time; whoever waits longest at a station is served first. */
export function simulate(queues: Queues): Seen {
  return new Simulation(queues).run();
}

/** The span of time that is looked at. */
interface Span {
  begin: number;
  end: number;
}

/** A number that changes, and its sum over the time that is looked at. */
class Level {
  value = 0;
  #sum = 0;
  #changedAt = 0;

  constructor(private readonly span: Span) {}

  change(now: number, by: number): void {
    this.#sum +=
      this.value * Math.max(0, Math.min(now, this.span.end) - Math.max(this.#changedAt, this.span.begin));
    this.#changedAt = now;
    this.value += by;
  }

  mean(now: number): number {
    this.change(now, 0);
    return this.#sum / (this.span.end - this.span.begin);
  }
}

class Simulation {
  /** Nothing is looked at before the warm-up is over. */
  readonly #span: Span = { begin: Number.POSITIVE_INFINITY, end: Number.POSITIVE_INFINITY };
  readonly #agenda = new Agenda<Job | 'arrival'>();
  readonly #stations: Map<string, Station>;
  readonly #present = new Level(this.#span);
  readonly #latenciesMs: number[] = [];
  #now = 0;
  #arrived = 0;

  constructor(private readonly queues: Queues) {
    this.#stations = new Map(
      Object.entries(queues.stations).map(([name, places]) => [
        name,
        { places, taken: new Level(this.#span), waiting: [] },
      ]),
    );
  }

  run(): Seen {
    const { jobs, warmUp, nextArrivalMs } = this.queues;
    this.#agenda.add(nextArrivalMs(), 'arrival');
    for (let due = this.#agenda.next(); due; due = this.#agenda.next()) {
      this.#now = due.at;
      this.#go(due.item === 'arrival' ? this.#arrive() : due.item);
    }
    const used = [...this.#stations].map(([name, { taken, places }]) => [
      name,
      taken.mean(this.#now) / places,
    ]);
    return {
      latenciesMs: this.#latenciesMs,
      perSecond: ((jobs - 1 - warmUp) / (this.#span.end - this.#span.begin)) * 1_000,
      inSystem: this.#present.mean(this.#now),
      used: Object.fromEntries(used) as Record<string, number>,
    };
  }

  #arrive(): Job {
    const { jobs, warmUp, nextArrivalMs, stepsOf } = this.queues;
    const number = this.#arrived;
    this.#arrived += 1;
    if (number === warmUp) this.#span.begin = this.#now;
    if (this.#arrived < jobs) this.#agenda.add(this.#now + nextArrivalMs(), 'arrival');
    else this.#span.end = this.#now;
    this.#present.change(this.#now, 1);
    return { number, arrivedAt: this.#now, steps: stepsOf(number), next: 0 };
  }

  /** Lets a job go on until it waits, for a place or for time to pass, or is done. */
  #go(job: Job): void {
    for (let step = job.steps[job.next++]; step; step = job.steps[job.next++]) {
      if ('passMs' in step) {
        this.#agenda.add(this.#now + step.passMs, job);
        return;
      }
      if ('give' in step) this.#give(this.#stationOf(step.give));
      else if (!this.#take(this.#stationOf(step.take), job)) return;
    }
    this.#present.change(this.#now, -1);
    if (job.number >= this.queues.warmUp) this.#latenciesMs.push(this.#now - job.arrivedAt);
  }

  #take({ places, taken, waiting }: Station, job: Job): boolean {
    const isFree = taken.value < places;
    if (isFree) taken.change(this.#now, 1);
    else waiting.push(job);
    return isFree;
  }

  #give({ taken, waiting }: Station): void {
    const next = waiting.shift();
    if (next) this.#agenda.add(this.#now, next);
    else taken.change(this.#now, -1);
  }

  #stationOf(name: string): Station {
    const station = this.#stations.get(name);
    if (!station) throw new Error(`there is no station ${name}`);
    return station;
  }
}
