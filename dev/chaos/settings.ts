import type { ProviderName, Simulators, SimulatorOptions } from '../../simulators';

/** The task queue of the session. */
export const TASK_QUEUE = 'chaos';

/** Within these no person is asked: minor units by currency, and points. */
export const APPROVAL_LIMITS: Readonly<Record<string, number>> = { TRY: 50_000, EUR: 20_000, points: 800 };

/** How late a simulator may apply a call, or how old the books may be that a look-up shows. Milliseconds. */
export const LATE_MS = 1_500;

/** A list that lags longer than an absence takes to be proven (`ABSENCE_AFTER` below). Milliseconds. */
export const LAG_MS = 9_000;

/**
 * The longest that a worker stands still and then goes on as if nothing had been. With what a call may be late, it
 * must end before an empty look-up proves anything. Milliseconds.
 */
export const LONGEST_FREEZE_MS = 1_000;

/** What a simulator asks for after too many calls. Seconds. */
export const RETRY_AFTER_S = 2;

/**
 * How long a person looks at a parked leg before saying what the books show, and how long the books must stay as they
 * are after the last run. Whatever was sent is applied by then. Milliseconds.
 */
export const SETTLED_AFTER_MS = 4_000;

/** Fast times for the workers, so that a day of waiting passes in seconds. */
const QUICK: Record<string, string> = {
  REFUND_TASK_QUEUE: TASK_QUEUE,
  APPROVAL_LIMITS: Object.entries(APPROVAL_LIMITS)
    .map(([unit, limit]) => `${unit}=${limit}`)
    .join(','),
  APPROVAL_TIMEOUT: '8s',
  CALL_TIMEOUT: '1s',
  FAST_RETRIES: '2',
  SLOW_RETRY_INTERVAL: '1s',
  GIVE_UP_AFTER: '15s',
  LOOKUP_DELAYS: '500ms,2s,4500ms,7s',
  // Longer than a call lives, plus what a simulator is late, plus what a frozen or starved worker is late.
  ABSENCE_AFTER: '4s',
  MIRCATE_RATE_PER_SECOND: '10',
};

/** What marks everything that must never be seen outside payloads: it is in every secret, phone and account number. */
export const CANARY = /canary|5550155\d{4}/i;

/**
 * How the providers of a session behave. At dsquares and mircate a second send pays twice; paywall and sipay take turns:
 * with an even seed paywall pays twice, with an odd one sipay.
 */
export function providersOf(seed: number): SimulatorOptions {
  return {
    latencyMs: [5, 40],
    switches: {
      paywall: { hostileSecondRefund: !refusesSecond('paywall', seed), lookUpDelayMs: 200 },
      sipay: { executesDuplicates: !refusesSecond('sipay', seed), lookUpDelayMs: 200 },
      wyre: { lookUpDelayMs: 200 },
    },
    credentials: CREDENTIALS,
  };
}

/** Whether a provider of this session refuses a second refund of ours for the same original, or under the same reference. */
export function refusesSecond(provider: ProviderName, seed: number): boolean {
  const refusing = seed % 2 === 0 ? 'sipay' : 'paywall';
  return provider === 'wyre' || provider === refusing;
}

const CREDENTIALS = {
  dsquares: { clientId: 'canary-dsquares-client' },
  mircate: { apiKey: 'canary-mircate-key' },
  paywall: { apiKey: 'canary-paywall-key', apiClient: 'canary-paywall-client' },
  sipay: { clientId: 'canary-sipay-client', clientSecret: 'canary-sipay-secret' },
  wyre: { apiKey: 'canary-wyre-key' },
} satisfies Required<NonNullable<SimulatorOptions['credentials']>>;

/** The whole environment of a worker process. */
export function workerEnvironment(simulators: Simulators, temporalAddress: string): Record<string, string> {
  return { ...simulators.environment(), ...QUICK, TEMPORAL_ADDRESS: temporalAddress, NODE_ENV: 'production' };
}
