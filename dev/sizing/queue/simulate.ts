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
  taken: number;
  waiting: Job[];
  /** Places taken, summed over the time that is looked at, until the last change. */
  takenMs: number;
  changedAt: number;
}

/** Runs jobs through stations in virtual time; whoever waits longest at a station is served first. */
export function simulate({ stations: places, nextArrivalMs, stepsOf, jobs, warmUp }: Queues): Seen {
  const agenda = new Agenda<Job | 'arrival'>();
  const stations = new Map<string, Station>(
    Object.entries(places).map(([name, count]) => [
      name,
      { places: count, taken: 0, waiting: [], takenMs: 0, changedAt: 0 },
    ]),
  );
  const latenciesMs: number[] = [];
  let [now, begin, end, arrived] = [0, 0, Number.POSITIVE_INFINITY, 0];
  let [present, presentMs, changedAt] = [0, 0, 0];

  const stationOf = (name: string): Station => {
    const station = stations.get(name);
    if (!station) throw new Error(`there is no station ${name}`);
    return station;
  };
  /** How much of the time since then is looked at. */
  const lookedSince = (then: number) =>
    arrived > warmUp ? Math.max(0, Math.min(now, end) - Math.max(then, begin)) : 0;
  const change = (station: Station, by: number) => {
    station.takenMs += station.taken * lookedSince(station.changedAt);
    station.changedAt = now;
    station.taken += by;
  };
  const enterOrLeave = (by: number) => {
    presentMs += present * lookedSince(changedAt);
    changedAt = now;
    present += by;
  };
  const go = (job: Job): void => {
    for (;;) {
      const step = job.steps[job.next];
      job.next += 1;
      if (!step) {
        enterOrLeave(-1);
        if (job.number >= warmUp) latenciesMs.push(now - job.arrivedAt);
        return;
      }
      if ('passMs' in step) {
        agenda.add(now + step.passMs, job);
        return;
      }
      const station = stationOf('take' in step ? step.take : step.give);
      if ('give' in step) {
        const next = station.waiting.shift();
        if (next) agenda.add(now, next);
        else change(station, -1);
      } else if (station.taken < station.places) change(station, 1);
      else {
        station.waiting.push(job);
        return;
      }
    }
  };
  agenda.add(nextArrivalMs(), 'arrival');
  for (let due = agenda.next(); due; due = agenda.next()) {
    now = due.at;
    if (due.item !== 'arrival') {
      go(due.item);
      continue;
    }
    if (arrived === warmUp) begin = now;
    const job = { number: arrived, arrivedAt: now, steps: stepsOf(arrived), next: 0 };
    arrived += 1;
    enterOrLeave(1);
    if (arrived < jobs) agenda.add(now + nextArrivalMs(), 'arrival');
    else end = now;
    go(job);
  }
  enterOrLeave(0);
  for (const station of stations.values()) change(station, 0);
  const lookedMs = end - begin;
  return {
    latenciesMs,
    perSecond: ((jobs - 1 - warmUp) / lookedMs) * 1_000,
    inSystem: presentMs / lookedMs,
    used: Object.fromEntries(
      [...stations].map(([name, { takenMs, places: count }]) => [name, takenMs / lookedMs / count]),
    ),
  };
}
