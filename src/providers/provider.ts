import type { CheckAnswer, LookUpAnswer, MovementAnswer, Baseline } from '../domain/provider-answers';
import type { LookUpKind, ProviderName } from '../domain/plan';
import type { RequestLeg } from '../domain/request';
import { createHttpClient, type HttpClient, type HttpSettings } from './http';
import type { TimeBudget } from './time-budget';
import { timeOfRecord } from './utc';

/** What the clocks of the Temporal server and of this worker say, in milliseconds since the epoch. */
export interface Clocks {
  earliest: number;
  latest: number;
}

/** Everything an adapter is told about one movement of money. */
export interface ProviderCall<Leg extends RequestLeg = RequestLeg> {
  leg: Leg;
  currency: string;
  /** Decimals of `currency`. */
  exponent: number;
  /** Our idempotency key of this movement, the same on every attempt. */
  key: string;
  /** What time it may be. No adapter asks the clock of its worker alone, which may be hours off. */
  now: Clocks;
  /** Start of the refund's first execution, ISO 8601: what is older under our own reference is another refund's. */
  since: string;
  /**
   * A movement older than this is not ours, ISO 8601: our first send of this leg, less what clocks may differ by
   * (design 5, rule 3). Of a refund: this attempt, likewise; where it cannot be read nothing is compared with it.
   */
  notBefore: string;
  /** Only of a look-up of a reversal: when the refund that it reverses was made. What is older reversed another one. */
  refundedAt?: string;
  /** Rows of which a person said that they are not ours. */
  notOurs: readonly string[];
  /** How long all requests of this call together may take. */
  budget: TimeBudget;
  /** What preflight read before anything moved, where the provider has such a reading. */
  baseline?: Baseline;
  /** Only of a reversal: what the provider said that the points are worth, as an exact decimal. */
  worth?: string;
}

/** What a plan has to know of a provider; it follows from no secret, so that a worker without any can plan. */
export interface ProviderTraits {
  /** What its look-up of a refund rests on. */
  readonly lookUpKind: LookUpKind;
  /** How a refund is reversed: with a look-up of the reversal or without one. Absent: not through its API. */
  readonly reversal?: 'blind' | 'lookUp';
  /** How many requests a movement, and a question, make one after the other at most: each gets a call timeout. */
  readonly requestsInSequence: { movement: number; question: number };
}

/**
 * One provider's API as the saga uses it. Having an optional method *is* the capability.
 * No method throws for what a provider does: every outcome is a value.
 */
export interface Provider<Leg extends RequestLeg = RequestLeg> extends ProviderTraits {
  readonly name: ProviderName;
  /** Sends the refund once. */
  refund(call: ProviderCall<Leg>): Promise<MovementAnswer>;
  /** Asks what became of a refund. Read-only. */
  lookUp(call: ProviderCall<Leg>): Promise<LookUpAnswer>;
  /** Preflight: asks, before anything moves, whether this refund can be made, and reads what is compared later. Read-only. */
  check(call: ProviderCall<Leg>): Promise<CheckAnswer>;
  /** Takes a refunded leg back, once. */
  reverse?(call: ProviderCall<Leg>): Promise<MovementAnswer>;
  /** Asks what became of a reversal. Read-only. */
  lookUpReversal?(call: ProviderCall<Leg>): Promise<LookUpAnswer>;
  /** Closes the connections it keeps. */
  close(): void;
}

/** What every adapter is built from; times in milliseconds. */
export interface ProviderSettings {
  baseUrl: string;
  callTimeoutMs: number;
  maxConcurrent: number;
  /** How its HTTP client is made; another than our own only where no network is wanted. @default createHttpClient */
  connect?: (settings: HttpSettings) => HttpClient;
}

/** The HTTP client of a provider, or of a second host of the same provider. */
export function connectionTo(settings: ProviderSettings, baseUrl = settings.baseUrl): HttpClient {
  const { callTimeoutMs, maxConcurrent, connect = createHttpClient } = settings;
  return connect({ baseUrl, callTimeoutMs, maxConcurrent });
}

/**
 * Why an answer to a refund confirms another one, which was made before: it is older than the call, or a person said that
 * it is not ours; undefined when nothing of the kind is told.
 * @param at when the provider made it, in milliseconds; NaN where that is not told
 */
export function madeBefore(
  who: string,
  { id, at }: { id: string; at: number },
  { notBefore, notOurs, now }: ProviderCall,
): Extract<MovementAnswer, { kind: 'otherMovement' }> | undefined {
  const isOlder = timeOfRecord(at, now) < Date.parse(notBefore);
  if (!isOlder && !notOurs.includes(id)) return undefined;
  const which = isOlder ? 'that is older than our request' : 'of which a person said that it is not ours';
  return {
    kind: 'otherMovement',
    code: 'alreadyDone',
    message: `${who} confirmed a refund ${which}.`,
  };
}

/** Whether two currencies are one: Turkish providers also write TL, the old letters of TRY. */
export function isSameCurrency(one: string, other: string): boolean {
  return (one === 'TL' ? 'TRY' : one) === other;
}

/** Whether something a provider dated is as young as `notBefore` (ISO 8601); an unreadable date may be. */
export function isAsYoungAs(date: string | number, notBefore: string): boolean {
  const at = typeof date === 'number' ? date : Date.parse(date);
  return Number.isNaN(at) || at >= Date.parse(notBefore);
}
