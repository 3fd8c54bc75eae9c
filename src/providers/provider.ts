import type { CheckAnswer, LookUpAnswer, MovementAnswer, Baseline } from '../domain/outcome';
import type { ProviderName } from '../domain/plan';
import type { RequestLeg } from '../domain/request';
import { createHttpClient, type HttpClient, type HttpSettings } from './http';

/** Everything an adapter is told about one movement of money. */
export interface ProviderCall<Leg extends RequestLeg = RequestLeg> {
  leg: Leg;
  currency: string;
  /** Decimals of `currency`. */
  exponent: number;
  /** Our idempotency key of this movement, the same on every attempt. */
  key: string;
  /** Start of the refund's first execution, ISO 8601: a movement older than this (less a minute) is not ours. */
  since: string;
  /** The request that moves money is not sent after this moment, in milliseconds since the epoch. */
  sendBefore?: number;
  /** What preflight read before anything moved, where the provider has such a reading. */
  baseline?: Baseline;
}

/**
 * One provider's API as the saga uses it. Having an optional method *is* the capability.
 * No method throws for what a provider does: every outcome is a value.
 */
export interface Provider<Leg extends RequestLeg = RequestLeg> {
  readonly name: ProviderName;
  /** Whether its look-up settles an ambiguous refund (true) or is only evidence for an operator. */
  readonly lookUpDecides: boolean;
  /** Whether calls come before the one that moves money (a token, a reading): they get a call timeout of their own. */
  readonly preparesCalls: boolean;
  /** Sends the refund once. */
  refund(call: ProviderCall<Leg>): Promise<MovementAnswer>;
  /** Asks what became of a refund. Read-only. */
  lookUp(call: ProviderCall<Leg>): Promise<LookUpAnswer>;
  /** Preflight: asks, before anything moves, whether this refund can be made. Read-only. */
  check?(call: ProviderCall<Leg>): Promise<CheckAnswer>;
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

/** The deadline of the request that moves money, as the HTTP module takes it. */
export function deadlineOf({ sendBefore }: ProviderCall): { sendBefore?: number } {
  return sendBefore === undefined ? {} : { sendBefore };
}

/** How far our clock and a provider's may differ when we judge whether a movement is younger than the refund. */
export const CLOCK_TOLERANCE_MS = 60_000;

/** Whether something a provider dated may belong to a refund that started at `since`; an unreadable date may. */
export function mayBeOurs(date: string | number, since: string): boolean {
  const at = typeof date === 'number' ? date : Date.parse(date);
  return Number.isNaN(at) || at >= Date.parse(since) - CLOCK_TOLERANCE_MS;
}
