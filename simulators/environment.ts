import type { Credentials, SimulatorOptions } from './options';
import type { Switches } from './switches';

/** The demo credentials, with the caller's own on top. They open nothing but these simulators. */
export function credentialsOf(own: SimulatorOptions['credentials'] = {}): Credentials {
  return {
    dsquares: { clientId: 'demo-dsquares-client', apiVersion: 'v1', ...own.dsquares },
    mircate: { apiKey: 'demo-mircate-key', projectId: 'project1', accountId: 'account1', ...own.mircate },
    paywall: { apiKey: 'demo-paywall-key', apiClient: 'demo-paywall-client', ...own.paywall },
    sipay: {
      clientId: 'demo-sipay-client',
      clientSecret: 'demo-sipay-secret',
      scope: DEFAULT_SCOPE,
      token: 'demo-sipay-token',
      ...own.sipay,
    },
    wyre: { apiKey: 'demo-wyre-key', ...own.wyre },
  };
}

const DEFAULT_SCOPE = 'sts_business_api';

/** The variables with which a worker uses the simulators at `url` (design: configuration). */
export function environmentOf(
  url: string,
  credentials: Credentials,
  { dsquares, sipay }: Pick<Switches, 'dsquares' | 'sipay'>,
): Record<string, string> {
  const { scope } = credentials.sipay;
  return {
    DSQUARES_BASE_URL: `${url}/dsquares`,
    DSQUARES_API_VERSION: credentials.dsquares.apiVersion,
    DSQUARES_CLIENT_ID: credentials.dsquares.clientId,
    DSQUARES_REDEEM_UNIT: dsquares.redeemUnit,
    MIRCATE_BASE_URL: `${url}/mircate`,
    MIRCATE_API_KEY: credentials.mircate.apiKey,
    MIRCATE_PROJECT_ID: credentials.mircate.projectId,
    MIRCATE_ACCOUNT_ID: credentials.mircate.accountId,
    PAYWALL_BASE_URL: `${url}/paywall`,
    PAYWALL_API_KEY: credentials.paywall.apiKey,
    PAYWALL_API_CLIENT: credentials.paywall.apiClient,
    SIPAY_BASE_URL: `${url}/sipay`,
    SIPAY_IDENTITY_URL: `${url}/sipay/identity`,
    SIPAY_CLIENT_ID: credentials.sipay.clientId,
    SIPAY_CLIENT_SECRET: credentials.sipay.clientSecret,
    ...(scope !== DEFAULT_SCOPE && { SIPAY_SCOPE: scope }),
    ...(sipay.requiredClientId !== undefined && { SIPAY_X_CLIENT_ID: sipay.requiredClientId }),
    ...(sipay.wantsIntegerIds && { SIPAY_INTEGER_IDS: 'true' }),
    WYRE_BASE_URL: `${url}/wyre`,
    WYRE_API_KEY: credentials.wyre.apiKey,
  };
}
