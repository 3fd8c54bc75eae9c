import type { LegName, ProviderName } from '../../domain/plan';
import { nameOf, SIDES } from './movement-events';
import type { Asked, Movement, Result } from './movement-events';

/** A movement of money of which nobody knows whether it happened. */
export interface InDoubtMovement extends Movement {
  /** When it became so, ISO 8601. */
  since: string;
}

/** Who goes on with a run: the saga, a person whom it waits for, or nobody because it is over or its tasks fail. */
export type Stand = 'goesOn' | 'waitsForPerson' | 'halted';

/**
 * What is remembered of a movement that was ever in doubt.
 * - `open`: in doubt
 * - `sentAgain`: cleared to be sent, or sent. A run that gives that up calls the movement ambiguous again, because a look-up
 *   or a person has only cleared it
 * - `closed`: known, unless it is sent or asked about again
 */
interface Known extends InDoubtMovement {
  state: 'open' | 'sentAgain' | 'closed';
  cause: 'ambiguous' | 'alreadyDone' | 'otherMovement';
  /** No request was in doubt, and no look-up showed anything: the run only looks before it goes on. */
  isOnlyAsked: boolean;
}

/** Providers whose records carry our own reference: there a record of theirs is known to be ours. */
const WITH_OUR_REFERENCE: readonly ProviderName[] = ['sipay'];

/**
 * What is known of each movement of a run, event by event. It leaves open what the saga leaves open
 * (workflows/look-up.ts): where the two may differ, the movement stays in doubt until the saga goes on to another one.
 */
export class InDoubtReader {
  private readonly inFlight = new Map<string, Asked>();
  private readonly records = new Map<string, Known>();
  /** How many requests for each movement may have been executed. */
  private readonly sends = new Map<string, number>();
  /** What a person said of a leg, by the event that took it in. */
  private readonly said = new Map<string, LegName>();
  private wasReset = false;

  isReset(): void {
    this.wasReset = true;
  }

  asks(eventId: string, asked: Asked): void {
    const name = nameOf(asked.movement);
    this.inFlight.set(eventId, asked);
    // The saga goes on to another movement only when it knows of this one.
    for (const other of this.records.keys()) if (other !== name) this.close(other);
    const record = this.records.get(name);
    if (asked.sends && record) record.state = 'sentAgain';
    if (asked.sends || record?.state === 'open') return;
    this.open(asked, record?.since ?? asked.at, {
      cause: record?.cause ?? 'ambiguous',
      isOnlyAsked: record === undefined,
    });
  }

  awaits(eventId: string): boolean {
    return this.inFlight.has(eventId);
  }

  ends(eventId: string, result: Result, at: string): void {
    const asked = this.inFlight.get(eventId);
    if (!asked) return;
    this.inFlight.delete(eventId);
    if (asked.sends) this.wasSent(asked, result, at);
    else this.wasLookedUp(asked, result);
  }

  accepts(eventId: string, leg: LegName): void {
    this.said.set(eventId, leg);
  }

  completes(acceptedEventId: string): void {
    const leg = this.said.get(acceptedEventId);
    for (const side of leg ? SIDES : []) this.close(nameOf({ leg: leg as LegName, side }));
  }

  inDoubt(stand: Stand): InDoubtMovement[] {
    if (stand === 'halted')
      for (const asked of this.inFlight.values()) if (asked.sends) this.open(asked, asked.at);
    return [...this.records.values()]
      .filter(({ state }) => state === 'open' || (state === 'sentAgain' && stand !== 'goesOn'))
      .map(({ leg, side, provider, since }) => ({ leg, side, provider, since }));
  }

  private wasSent(asked: Asked, { kind, mayBeExecuted }: Result, at: string): void {
    const name = nameOf(asked.movement);
    const wasInDoubt = this.records.has(name);
    if (mayBeExecuted) this.sends.set(name, (this.sends.get(name) ?? 0) + 1);
    switch (kind) {
      case 'done': {
        this.close(name);
        return;
      }
      case 'notSent':
        if (!wasInDoubt && this.mayBeSentEarlier(asked) && !asked.isCleared)
          this.open(asked, at, { state: 'sentAgain' });
        return;
      case 'declined':
        if (wasInDoubt) this.open(asked, at);
        return;
      case 'alreadyDone':
      case 'otherMovement': {
        this.open(asked, at, { cause: kind });
        return;
      }
      default: {
        this.open(asked, at);
        return;
      }
    }
  }

  private wasLookedUp(asked: Asked, { kind }: Result): void {
    const name = nameOf(asked.movement);
    const record = this.records.get(name);
    if (!record) return;
    if (kind === 'absent' && record.isOnlyAsked && !this.mayBeSentEarlier(asked)) this.records.delete(name);
    if (kind !== 'absent') record.isOnlyAsked = false;
    const isOurs = WITH_OUR_REFERENCE.includes(record.provider) || this.sends.get(name) !== 1;
    const isClosed =
      kind === 'found'
        ? record.cause !== 'alreadyDone' || isOurs
        : kind === 'declined' && record.cause !== 'otherMovement';
    if (isClosed) this.close(name);
  }

  private mayBeSentEarlier({ hasEarlierRuns }: Asked): boolean {
    return hasEarlierRuns || this.wasReset;
  }

  private open({ movement }: Asked, since: string, more: Partial<Known> = {}): void {
    const opened = { state: 'open', cause: 'ambiguous', isOnlyAsked: false } as const;
    this.records.set(nameOf(movement), { ...movement, since, ...opened, ...more });
  }

  private close(name: string): void {
    const record = this.records.get(name);
    if (record) record.state = 'closed';
  }
}
