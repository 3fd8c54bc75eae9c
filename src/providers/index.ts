import { PROVIDER_NAMES } from '../domain/plan';
import type { ProviderName } from '../domain/plan';
import { createDsquares } from './dsquares/client';
import { createMircate } from './mircate/client';
import { createPaywall } from './paywall/client';
import type { Provider } from './provider';
import { createSipay } from './sipay/client';
import { createWyre } from './wyre/client';

/** The one line of registration each provider needs. */
const CREATE = {
  dsquares: createDsquares,
  mircate: createMircate,
  paywall: createPaywall,
  sipay: createSipay,
  wyre: createWyre,
} satisfies Record<ProviderName, (settings: never) => Provider<never>>;

/** What each enabled provider is built from; a provider without settings is not enabled. */
export type ProvidersSettings = { [Name in ProviderName]?: Parameters<(typeof CREATE)[Name]>[0] };

/** Builds the adapters of every provider that has settings. */
export function createProviders(settings: ProvidersSettings): Map<ProviderName, Provider> {
  const providers = new Map<ProviderName, Provider>();
  for (const name of PROVIDER_NAMES) {
    const ofOne = settings[name];
    if (ofOne) providers.set(name, (CREATE[name] as (settings: typeof ofOne) => Provider)(ofOne));
  }
  return providers;
}
