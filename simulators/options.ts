import type { Fault } from './engine/fault-kinds';
import { PROVIDER_NAMES } from '../src/domain/plan';
import type { ProviderName } from '../src/domain/plan';
import type { Switches } from './switches';

/** The providers that are simulated: all. */
export { PROVIDER_NAMES as PROVIDERS };
export type { ProviderName };

/** What a request asks of a provider. `check` reads the original, `lookUp` asks what became of a movement. */
export type Operation =
  'refund' | 'reverse' | 'lookUp' | 'check' | 'token' | 'cancel' | 'redirected' | 'unknown';

/** What each provider accepts from a caller. */
export interface Credentials {
  dsquares: { clientId: string; apiVersion: string };
  mircate: { apiKey: string; projectId: string; accountId: string };
  paywall: { apiKey: string; apiClient: string };
  /** `token` is a bearer that never expires, for callers without a token call. */
  sipay: { clientId: string; clientSecret: string; scope: string; token: string };
  wyre: { apiKey: string };
}

/** How the simulators are started. */
export interface SimulatorOptions {
  /** @default 127.0.0.1 */
  host?: string;
  /** 0 takes a free one. @default 0 */
  port?: number;
  /** Time every answer takes at least, in milliseconds; a pair is drawn from evenly. @default 0 */
  latencyMs?: number | [number, number];
  switches?: { [Name in ProviderName]?: Partial<Switches[Name]> };
  credentials?: { [Name in ProviderName]?: Partial<Credentials[Name]> };
  /** The providers' clock, in milliseconds. @default Date.now */
  now?: () => number;
  /** Waits on the providers' clock, in milliseconds; rejects when the signal is given. @default real time */
  wait?: (delayMs: number, signal: AbortSignal) => Promise<unknown>;
  /** Faults from the start. */
  faults?: Fault[];
  /** Serves /control, so that another process can seed, script faults and read the books. @default false */
  control?: boolean;
}
