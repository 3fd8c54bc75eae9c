import { exponentOf } from '../domain/currency';
import { PROVIDER_NAMES } from '../domain/plan';
import type { Policy, ProviderName } from '../domain/plan';
import type { RemindAfter } from '../domain/reminder';
import type { NoticeSettings } from '../notices/post';
import type { ProvidersSettings } from '../providers';
import type { ProviderTraits } from '../providers/provider';
import type { Approver } from '../statements/approver';
import { parseApprovers } from './approvers';
import { readDeployment } from './deployment';
import type { Deployment } from './deployment';
import { parseDuration } from './duration';
import { readFleet } from './fleet';
import { readPayloadKeys } from './keys';
import type { EncryptionKey } from './keys';
import { readNotices } from './notices';
import { readProviders, readTraits, unneededSecrets } from './providers';
import { EnvironmentReader } from './reader';
import type { Environment } from './reader';
import { readRoles } from './roles';
import type { Roles } from './roles';
import { readTaskQueue } from './task-queue';
import { readTracing } from './tracing';
import type { TracingSettings } from './tracing';

export { ConfigurationError } from './reader';
export type { Environment } from './reader';

/** Everything a worker is configured with, checked; durations in milliseconds (design: 3.4). */
export interface Configuration {
  taskQueue: string;
  /** Absent: the workers take every task of their queues, whatever release began it. */
  deployment?: Deployment;
  /** What the workers of this process do. */
  roles: Roles;
  /** Of the providers that are served here. */
  providers: ProvidersSettings;
  /** What a plan knows of each provider, whether or not it is served here. */
  traits: Record<ProviderName, ProviderTraits>;
  /** Providers that the workers of this task queue serve together: those of this one, and maybe more. */
  fleet: ProviderName[];
  policy: Policy;
  /** How long a person may take to decide. */
  approvalTimeoutMs: number;
  callTimeoutMs: number;
  /** Where a provider has its own; the policy's otherwise. */
  absenceAfterMs: Partial<Record<ProviderName, number>>;
  ratesPerSecond: Partial<Record<ProviderName, number>>;
  /** How long an order is kept after its last refund; absent: nothing is reserved at orders. */
  orderMemoryMs?: number;
  /** Minor units by currency, and `points`. */
  approvalLimits: Record<string, number>;
  metricsAddress?: string;
  /** How often a worker with a metrics address looks at all refunds. */
  surveyIntervalMs: number;
  /** Absent: no traces. */
  tracing?: TracingSettings;
  /** The first encrypts, any decrypts; none: payloads are readable. */
  payloadKeys: EncryptionKey[];
  /** A request that comes in clear is invalid. */
  requireEncrypted: boolean;
  /** Who signs decisions; none: decisions need no signature. */
  approvers?: Approver[];
  /** Who is told of refunds that end or wait for a person; absent: nobody, or not by this worker. */
  notices?: NoticeSettings;
  /** When they are told anew of what still waits; absent: nobody is, or not by this worker. */
  remindAfter?: RemindAfter;
  /** Secrets that are set and that no role of this worker needs, by name. */
  unneededSecrets: string[];
}

/**
 * Reads the environment once.
 * @throws ConfigurationError naming each wrong variable and what it should be, never a value
 */
export function readConfiguration(environment: Environment): Configuration {
  const reader = new EnvironmentReader(environment);
  const callTimeoutMs = reader.duration('CALL_TIMEOUT', '10s');
  const metricsAddress = reader.read('METRICS_ADDRESS', parseAddress, 'host:port, such as 127.0.0.1:9464');
  const tracing = readTracing(reader);
  const roles = readRoles(reader);
  const providers = readProviders(reader, roles, callTimeoutMs);
  const served = PROVIDER_NAMES.filter((name) => providers[name]);
  const orderMemoryMs = reader.duration('ORDER_MEMORY', '90d');
  const isLocked = reader.read('ORDER_LOCK', parseSwitch, '"on" or "off"') ?? true;
  const notices = readNotices(reader, roles);
  const deployment = readDeployment(reader);
  const approvers = reader.read('APPROVER_KEYS', parseApprovers, APPROVERS);
  const payloadKeys = readPayloadKeys(reader);
  const requireEncrypted = reader.flag('REQUIRE_ENCRYPTED');
  if (requireEncrypted && reader.text('PAYLOAD_KEYS') === undefined)
    reader.problems.push('REQUIRE_ENCRYPTED needs PAYLOAD_KEYS');
  const configuration: Configuration = {
    taskQueue: readTaskQueue(reader),
    ...(deployment && { deployment }),
    roles,
    providers,
    traits: readTraits(reader),
    fleet: readFleet(reader, served, roles),
    approvalTimeoutMs: reader.duration('APPROVAL_TIMEOUT', '72h'),
    policy: {
      fastRetries: reader.integer('FAST_RETRIES', 0, 100) ?? 6,
      slowRetryMs: reader.duration('SLOW_RETRY_INTERVAL', '5m'),
      giveUpAfterMs: reader.duration('GIVE_UP_AFTER', '24h'),
      lookUpDelaysMs:
        reader.read('LOOKUP_DELAYS', parseDelays, DELAYS) ?? parseDelays('5s,30s,2m,10m,1h') ?? [],
      absenceAfterMs:
        absenceAfter(reader, 'ABSENCE_AFTER', callTimeoutMs) ?? Math.max(120_000, callTimeoutMs),
    },
    callTimeoutMs,
    absenceAfterMs: perProvider((prefix) => absenceAfter(reader, `${prefix}_ABSENCE_AFTER`, callTimeoutMs)),
    ratesPerSecond: perProvider((prefix) =>
      reader.read(`${prefix}_RATE_PER_SECOND`, parseRate, 'a number above zero'),
    ),
    ...(isLocked && { orderMemoryMs }),
    approvalLimits: reader.read('APPROVAL_LIMITS', parseLimits, LIMITS) ?? {},
    ...(metricsAddress !== undefined && { metricsAddress }),
    surveyIntervalMs: reader.duration('SURVEY_INTERVAL', '30s'),
    ...(tracing && { tracing }),
    payloadKeys,
    requireEncrypted,
    ...(approvers !== undefined && { approvers }),
    ...notices,
    unneededSecrets: unneededSecrets(reader, roles),
  };
  reader.finish();
  return configuration;
}

const APPROVERS =
  'Ed25519 public keys as id:base64, separated by commas, each key once and at most two for an id ' +
  '(base64: the line between BEGIN and END of the PEM)';
const DELAYS = 'durations separated by commas, each longer than the one before, such as 5s,30s,2m';
const LIMITS = 'limits in minor units by ISO 4217 currency, and points, such as TRY=500000,points=5000';

function parseSwitch(text: string): boolean | undefined {
  return text === 'on' ? true : text === 'off' ? false : undefined;
}

function parseAddress(text: string): string | undefined {
  return /^[A-Za-z0-9.\-[\]:]+:\d{1,5}$/.test(text) ? text : undefined;
}

function parseDelays(text: string): number[] | undefined {
  const delays = text.split(',').map((part) => parseDuration(part.trim()) ?? NaN);
  return delays.every((delay, index) => delay > (delays[index - 1] ?? 0)) ? delays : undefined;
}

function parseLimits(text: string): Record<string, number> | undefined {
  const entries = text.split(',').map((part) => /^([A-Za-z]+)=(\d{1,15})$/.exec(part.trim()));
  const limits: Record<string, number> = {};
  for (const entry of entries) {
    const [, name = '', limit = ''] = entry ?? [];
    const known = name === 'points' || exponentOf(name) !== undefined;
    if (!known || Object.hasOwn(limits, name)) return undefined;
    limits[name] = Number(limit);
  }
  return limits;
}

function absenceAfter(reader: EnvironmentReader, name: string, callTimeoutMs: number): number | undefined {
  if (reader.text(name) === undefined) return undefined;
  const milliseconds = reader.duration(name, '2m');
  if (milliseconds < callTimeoutMs) reader.problems.push(`${name} must be at least CALL_TIMEOUT`);
  return milliseconds;
}

/** Reads a variable that each provider can have; those that are unset are left out. */
function perProvider<Value>(
  read: (prefix: string) => Value | undefined,
): Partial<Record<ProviderName, Value>> {
  return Object.fromEntries(
    PROVIDER_NAMES.flatMap((name) => {
      const value = read(name.toUpperCase());
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function parseRate(text: string): number | undefined {
  const rate = /^\d{1,6}(\.\d{1,3})?$/.test(text) ? Number(text) : 0;
  return rate > 0 ? rate : undefined;
}
