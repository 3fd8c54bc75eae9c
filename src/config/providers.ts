import { PROVIDER_NAMES } from '../domain/plan';
import type { ProviderName } from '../domain/plan';
import { traitsOf } from '../providers';
import type { ProvidersSettings } from '../providers';
import type { ProviderSettings } from '../providers/provider';
import type { SipaySettings } from '../providers/sipay/client';
import { SECRETS } from './reader';
import type { EnvironmentReader } from './reader';
import type { Roles } from './roles';

/** Every variable of a provider beside its base URL, with those that must be set when the provider is enabled. */
const VARIABLES: Record<ProviderName, { required: string[]; optional: string[] }> = {
  dsquares: { required: ['API_VERSION', 'CLIENT_ID'], optional: ['REDEEM_UNIT'] },
  mircate: { required: ['API_KEY', 'PROJECT_ID', 'ACCOUNT_ID'], optional: ['CHANNEL'] },
  paywall: { required: ['API_KEY', 'API_CLIENT'], optional: [] },
  sipay: {
    required: [],
    optional: ['TOKEN', 'IDENTITY_URL', 'CLIENT_ID', 'CLIENT_SECRET', 'SCOPE', 'X_CLIENT_ID', 'INTEGER_IDS'],
  },
  wyre: { required: ['API_KEY'], optional: [] },
};

const TUNING = ['RATE_PER_SECOND', 'MAX_CONCURRENT', 'ABSENCE_AFTER'];

/** What a plan follows from, so that a worker sets it which plans for a provider without serving it. */
const PLANNED_BY: readonly string[] = ['REDEEM_UNIT', 'IDENTITY_URL', 'ABSENCE_AFTER'];

/**
 * Reads the settings of every provider that this worker serves: those that its roles name, or that have a base URL. A
 * half-configured one is a problem. Of the others nothing is read, least of all a secret.
 */
export function readProviders(
  reader: EnvironmentReader,
  { providers }: Roles,
  callTimeoutMs: number,
): ProvidersSettings {
  const common = (name: ProviderName) => {
    if (providers === 'configured') return enabled(reader, name, callTimeoutMs);
    return providers.includes(name) ? byRole(reader, name, callTimeoutMs) : undefined;
  };
  const dsquares = common('dsquares');
  const mircate = common('mircate');
  const paywall = common('paywall');
  const sipay = common('sipay');
  const wyre = common('wyre');
  const text = (name: string) => reader.text(name) ?? '';
  const settings: ProvidersSettings = {
    ...(dsquares && {
      dsquares: {
        ...dsquares,
        apiVersion: text('DSQUARES_API_VERSION'),
        clientId: text('DSQUARES_CLIENT_ID'),
        ...redeemUnit(reader),
      },
    }),
    ...(mircate && {
      mircate: {
        ...mircate,
        apiKey: text('MIRCATE_API_KEY'),
        projectId: text('MIRCATE_PROJECT_ID'),
        accountId: text('MIRCATE_ACCOUNT_ID'),
        channel: reader.text('MIRCATE_CHANNEL') ?? 'refunds',
      },
    }),
    ...(paywall && {
      paywall: { ...paywall, apiKey: text('PAYWALL_API_KEY'), apiClient: text('PAYWALL_API_CLIENT') },
    }),
    ...(sipay && { sipay: { ...sipay, ...sipaySettings(reader) } }),
    ...(wyre && { wyre: { ...wyre, apiKey: text('WYRE_API_KEY') } }),
  };
  if (providers === 'configured' && Object.keys(settings).length === 0 && reader.problems.length === 0) {
    reader.problems.push(
      'no provider is configured: set the base URL of at least one, for example PAYWALL_BASE_URL',
    );
  }
  return settings;
}

/** What plans follow from, of every provider that the fleet serves. */
export function readTraits(reader: EnvironmentReader): ReturnType<typeof traitsOf> {
  return traitsOf({
    ...redeemUnit(reader),
    fetchesTokens: reader.text('SIPAY_IDENTITY_URL') !== undefined,
  });
}

/** Secrets that are set and that no role of this worker needs: each variable by name. */
export function unneededSecrets(reader: EnvironmentReader, { providers, refunds }: Roles): string[] {
  if (providers === 'configured') return [];
  const others = PROVIDER_NAMES.filter((name) => !providers.includes(name));
  const isOfOthers = (secret: string) => others.some((name) => secret.startsWith(`${name.toUpperCase()}_`));
  return SECRETS.filter((secret) => isOfOthers(secret) || (secret === 'NOTIFY_SECRETS' && !refunds)).filter(
    (secret) => reader.isSet(secret),
  );
}

function byRole(
  reader: EnvironmentReader,
  name: ProviderName,
  callTimeoutMs: number,
): ProviderSettings | undefined {
  const variable = `${name.toUpperCase()}_BASE_URL`;
  if (reader.text(variable) !== undefined) return enabled(reader, name, callTimeoutMs);
  reader.problems.push(`${variable} must be set, because WORKER_ROLES names ${name}`);
  return undefined;
}

function enabled(
  reader: EnvironmentReader,
  name: ProviderName,
  callTimeoutMs: number,
): ProviderSettings | undefined {
  const prefix = name.toUpperCase();
  const { required, optional } = VARIABLES[name];
  const baseUrl = url(reader, `${prefix}_BASE_URL`);
  const maxConcurrent = reader.integer(`${prefix}_MAX_CONCURRENT`, 1, 10_000) ?? 50;
  if (reader.text(`${prefix}_BASE_URL`) === undefined) {
    const isPlanned = reader.text('PROVIDERS')?.includes(name) === true;
    const stray = [...required, ...optional, ...TUNING].find(
      (variable) =>
        reader.text(`${prefix}_${variable}`) !== undefined && !(isPlanned && PLANNED_BY.includes(variable)),
    );
    if (stray) reader.problems.push(`${prefix}_${stray} is set, but ${prefix}_BASE_URL is not`);
    return undefined;
  }
  for (const variable of required.filter((missing) => reader.text(`${prefix}_${missing}`) === undefined)) {
    reader.problems.push(`${prefix}_${variable} must be set, because ${prefix}_BASE_URL is`);
  }
  return { baseUrl: baseUrl ?? '', callTimeoutMs, maxConcurrent };
}

function redeemUnit(reader: EnvironmentReader): { redeemUnit?: 'money' | 'points' } {
  const parse = (text: string) => (text === 'money' || text === 'points' ? text : undefined);
  const unit = reader.read('DSQUARES_REDEEM_UNIT', parse, 'money or points');
  return unit ? { redeemUnit: unit } : {};
}

function sipaySettings(
  reader: EnvironmentReader,
): Pick<SipaySettings, 'credentials' | 'xClientId' | 'integerIds'> {
  const xClientId = reader.text('SIPAY_X_CLIENT_ID');
  return {
    credentials: sipayCredentials(reader),
    ...(xClientId !== undefined && { xClientId }),
    integerIds: reader.flag('SIPAY_INTEGER_IDS'),
  };
}

function sipayCredentials(reader: EnvironmentReader): SipaySettings['credentials'] {
  const token = reader.text('SIPAY_TOKEN');
  const identityUrl = url(reader, 'SIPAY_IDENTITY_URL');
  const clientId = reader.text('SIPAY_CLIENT_ID');
  const clientSecret = reader.text('SIPAY_CLIENT_SECRET');
  const byClient = [reader.text('SIPAY_IDENTITY_URL'), clientId, clientSecret];
  const given = byClient.filter((value) => value !== undefined).length;
  if (token !== undefined && given === 0) return { token };
  if (token !== undefined || given !== byClient.length) {
    reader.problems.push(
      'SIPAY_TOKEN, or all of SIPAY_IDENTITY_URL, SIPAY_CLIENT_ID and SIPAY_CLIENT_SECRET, must be set (not both)',
    );
  }
  const scope = reader.text('SIPAY_SCOPE') ?? 'sts_business_api';
  return {
    identityUrl: identityUrl ?? '',
    clientId: clientId ?? '',
    clientSecret: clientSecret ?? '',
    scope,
  };
}

/** Host names that never leave this machine. */
export const LOOPBACK = /^(localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

function url(reader: EnvironmentReader, name: string): string | undefined {
  const insecureAllowed = reader.flag('ALLOW_INSECURE_PROVIDERS');
  const parse = (text: string) => {
    if (!URL.canParse(text)) return undefined;
    const { protocol, hostname, username, password, search, hash } = new URL(text);
    if (username || password || search || hash) return undefined;
    const allowed =
      protocol === 'https:' || (protocol === 'http:' && (insecureAllowed || LOOPBACK.test(hostname)));
    return allowed ? text : undefined;
  };
  const shouldBe =
    'an https URL without credentials, query or fragment (http only to loopback, or with ALLOW_INSECURE_PROVIDERS=true)';
  return reader.read(name, parse, shouldBe);
}
