import { PROVIDER_NAMES } from '../domain/plan';
import type { ProviderName } from '../domain/plan';
import { createDsquares, dsquaresTraits } from './dsquares/client';
import { createMircate, MIRCATE_TRAITS } from './mircate/client';
import { createPaywall, PAYWALL_TRAITS } from './paywall/client';
import type { Provider, ProviderTraits } from './provider';
import { createSipay, sipayTraits } from './sipay/client';
import { createWyre, WYRE_TRAITS } from './wyre/client';

/** The one line of registration each provider needs. */
const CREATE = {
  dsquares: createDsquares,
  mircate: createMircate,
  paywall: createPaywall,
  sipay: createSipay,
  wyre: createWyre,
} satisfies Record<ProviderName, (settings: never) => Provider<never>>;

/** The traits of every provider, by what the configuration says of it that is no secret. */
export function traitsOf(told: {
  redeemUnit?: 'money' | 'points';
  fetchesTokens: boolean;
}): Record<ProviderName, ProviderTraits> {
  return {
    dsquares: dsquaresTraits(told),
    mircate: MIRCATE_TRAITS,
    paywall: PAYWALL_TRAITS,
    sipay: sipayTraits(told),
    wyre: WYRE_TRAITS,
  };
}

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
