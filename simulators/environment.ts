import type { Credentials, SimulatorOptions, Switches } from './options';

/** The demo credentials, with the caller's own on top. They open nothing but these simulators. */
export function credentialsOf(own: SimulatorOptions['credentials'] = {}): Credentials {
  return {
    dsquares: { clientId: 'demo-dsquares-client', apiVersion: 'v1', ...own.dsquares },
    mircate: { apiKey: 'demo-mircate-key', projectId: 'project1', accountId: 'account1', ...own.mircate },
    paywall: { apiKey: 'demo-paywall-key', apiClient: 'demo-paywall-client', ...own.paywall },
    sipay: {
      clientId: 'demo-sipay-client',
      clientSecret: 'demo-sipay-secret',
      token: 'demo-sipay-token',
      ...own.sipay,
    },
    wyre: { apiKey: 'demo-wyre-key', ...own.wyre },
  };
}

/** The variables with which a worker uses the simulators at `url` (design: configuration 3.4). */
export function environmentOf(
  url: string,
  credentials: Credentials,
  { dsquares }: Pick<Switches, 'dsquares'>,
): Record<string, string> {
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
    WYRE_BASE_URL: `${url}/wyre`,
    WYRE_API_KEY: credentials.wyre.apiKey,
  };
}
