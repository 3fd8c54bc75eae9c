import { PROVIDER_NAMES } from '../domain/plan';
import type { ProviderName } from '../domain/plan';
import type { EnvironmentReader } from './reader';

/** What the workers of one process do. */
export interface Roles {
  /** They run refunds, their orders and notices. */
  refunds: boolean;
  /** They survey all refunds, for the gauges and for reminders, once they have a metrics address. */
  survey: boolean;
  /** They make the calls of these providers; `configured`: of every provider that has a base URL. */
  providers: readonly ProviderName[] | 'configured';
}

const EVERY_ROLE: readonly string[] = ['refunds', 'survey', ...PROVIDER_NAMES];

/** Reads what this process is for; everything, when it is not told. */
export function readRoles(reader: EnvironmentReader): Roles {
  const names = reader.read('WORKER_ROLES', parseRoles, ROLES_SHOULD_BE) ?? ['all'];
  if (names[0] === 'all') return { refunds: true, survey: true, providers: 'configured' };
  const roles = {
    refunds: names.includes('refunds'),
    survey: names.includes('survey'),
    providers: PROVIDER_NAMES.filter((name) => names.includes(name)),
  };
  if (reader.text('PROVIDERS') === undefined)
    reader.problems.push('PROVIDERS must be set, because WORKER_ROLES is: which providers the fleet serves');
  if (roles.survey && reader.text('METRICS_ADDRESS') === undefined)
    reader.problems.push('METRICS_ADDRESS must be set, because WORKER_ROLES names survey');
  return roles;
}

const ROLES_SHOULD_BE = `all, or some of ${EVERY_ROLE.join(', ')}, each once and separated by commas`;

function parseRoles(text: string): string[] | undefined {
  const names = text.split(',').map((part) => part.trim());
  const known = names.length === 1 && names[0] === 'all' ? ['all'] : EVERY_ROLE;
  return new Set(names).size === names.length && names.every((name) => known.includes(name))
    ? names
    : undefined;
}
