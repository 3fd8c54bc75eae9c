import { PROVIDER_NAMES, type ProviderName } from '../domain/plan';
import type { ProvidersSettings } from '../providers';
import type { EnvironmentReader } from './reader';

/**
 * Which providers the workers of this task queue serve together: those of `PROVIDERS`, else those configured here.
 */
export function readFleet(reader: EnvironmentReader, settings: ProvidersSettings): ProviderName[] {
  const configured = PROVIDER_NAMES.filter((name) => settings[name]);
  if (reader.text('PROVIDERS') === undefined) return configured;
  const fleet = reader.read('PROVIDERS', parseNames, `names of ${PROVIDER_NAMES.join(', ')}, each once`);
  for (const name of configured.filter((ours) => fleet && !fleet.includes(ours))) {
    reader.problems.push(`PROVIDERS must name ${name}, because ${name.toUpperCase()}_BASE_URL is set`);
  }
  return fleet ?? [];
}

function parseNames(text: string): ProviderName[] | undefined {
  const names = text.split(',').map((part) => part.trim());
  const known = PROVIDER_NAMES.filter((name) => names.includes(name));
  return known.length === names.length ? known : undefined;
}
