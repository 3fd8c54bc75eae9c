import { PROVIDER_NAMES, type ProviderName } from '../domain/plan';
import type { EnvironmentReader } from './reader';
import type { Roles } from './roles';

/**
 * Which providers the workers of this task queue serve together: those of `PROVIDERS`, else those served here.
 */
export function readFleet(
  reader: EnvironmentReader,
  served: readonly ProviderName[],
  { providers }: Roles,
): ProviderName[] {
  if (reader.text('PROVIDERS') === undefined) return [...served];
  const fleet = reader.read('PROVIDERS', parseNames, `names of ${PROVIDER_NAMES.join(', ')}, each once`);
  for (const name of served.filter((ours) => fleet && !fleet.includes(ours))) {
    const why = providers === 'configured' ? `${name.toUpperCase()}_BASE_URL is set` : 'WORKER_ROLES does';
    reader.problems.push(`PROVIDERS must name ${name}, because ${why}`);
  }
  return fleet ?? [];
}

function parseNames(text: string): ProviderName[] | undefined {
  const names = text.split(',').map((part) => part.trim());
  const known = PROVIDER_NAMES.filter((name) => names.includes(name));
  return known.length === names.length ? known : undefined;
}
