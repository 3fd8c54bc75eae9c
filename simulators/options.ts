import type { Fault } from './fault-kinds';

/** The providers that are simulated. */
export const PROVIDERS = ['dsquares', 'mircate', 'paywall', 'sipay', 'wyre'] as const;
/** One simulated provider. */
export type ProviderName = (typeof PROVIDERS)[number];

/** What a request asks of a provider. `check` reads the original, `lookUp` asks what became of a movement. */
export type Operation =
  'refund' | 'reverse' | 'lookUp' | 'check' | 'token' | 'cancel' | 'redirected' | 'unknown';

/** Behaviours that no document settles, per provider; the defaults are the hostile or the likelier reading. */
export interface Switches {
  dsquares: {
    /** What RedeemUser's `PointsValue` counts. @default 'money' */
    redeemUnit: 'money' | 'points';
    /** Whether a refund is a row of GetWalletData. @default true */
    refundListed: boolean;
    /** Whether a used ExternalLogId is refused. @default false */
    uniqueExternalLogId: boolean;
    lookUpDelayMs: number;
  };
  mircate: {
    /** Refunds are answered with 204 and no body. @default false */
    answer204: boolean;
    /** Most rows of one page. @default 100 */
    maxPageSize: number;
    lookUpDelayMs: number;
  };
  paywall: {
    /** Which generation of the envelope answers movements. @default 'old' */
    envelope: 'old' | 'newer';
    /** `Value` is an array of one. @default false */
    valueArray: boolean;
    /** A second refund of a sale moves the money again. @default false */
    hostileSecondRefund: boolean;
    /** What RollbackCashback does when the cashback is spent. @default 'refuse' */
    spentCashback: 'refuse' | 'negative';
    lookUpDelayMs: number;
  };
  sipay: {
    /** Ids are bare numbers of 19 digits. @default false */
    numericIds: boolean;
    /** A repeated ext_transaction_id moves the money again. @default false */
    executesDuplicates: boolean;
    /** HTTP status of a refusal with a code. @default 200 */
    refusalStatus: 200 | 400;
    /** Our float there at the start, in minor units. @default 10^12 */
    merchantBalance: number;
    /** Fee in minor units told in the answer of a refund. @default 0 */
    feeMinor: number;
    /** The summary list forgets its filters. @default false */
    filterIgnored: boolean;
    /** Number of the first page. @default 1 */
    firstPage: 0 | 1;
    lookUpDelayMs: number;
  };
  wyre: {
    /** Status of a NotFoundException; editions differ. @default 404 */
    notFoundStatus: 400 | 404;
    /** Whether `refund.insufficientFunds` uses up the only attempt. @default false */
    insufficientFundsBurns: boolean;
    /** Our float there at the start, in minor units of each currency. @default 10^12 */
    partnerBalance: number;
    lookUpDelayMs: number;
  };
}

/** What each provider accepts from a caller. */
export interface Credentials {
  dsquares: { clientId: string; apiVersion: string };
  mircate: { apiKey: string; projectId: string; accountId: string };
  paywall: { apiKey: string; apiClient: string };
  /** `token` is a bearer that never expires, for callers without a token call. */
  sipay: { clientId: string; clientSecret: string; token: string };
  wyre: { apiKey: string };
}

/** How the simulators are started. */
export interface SimulatorOptions {
  /** @default 127.0.0.1 */
  host?: string;
  /** 0 takes a free one. @default 0 */
  port?: number;
  /** Time every answer takes at least, in milliseconds; a pair is drawn from evenly. @default 0 */
  latencyMs?: number | [number, number];
  switches?: { [Name in ProviderName]?: Partial<Switches[Name]> };
  credentials?: { [Name in ProviderName]?: Partial<Credentials[Name]> };
  /** The providers' clock, in milliseconds. @default Date.now */
  now?: () => number;
  /** Faults from the start. */
  faults?: Fault[];
  /** Serves /control, so that another process can seed, script faults and read the books. @default false */
  control?: boolean;
}

const UNLIMITED = 10 ** 12;

/** The switches of every provider, with the caller's own on top. */
export function switchesOf(own: SimulatorOptions['switches'] = {}): Switches {
  return {
    dsquares: {
      redeemUnit: 'money',
      refundListed: true,
      uniqueExternalLogId: false,
      lookUpDelayMs: 0,
      ...own.dsquares,
    },
    mircate: { answer204: false, maxPageSize: 100, lookUpDelayMs: 0, ...own.mircate },
    paywall: {
      envelope: 'old',
      valueArray: false,
      hostileSecondRefund: false,
      spentCashback: 'refuse',
      lookUpDelayMs: 0,
      ...own.paywall,
    },
    sipay: {
      numericIds: false,
      executesDuplicates: false,
      refusalStatus: 200,
      merchantBalance: UNLIMITED,
      feeMinor: 0,
      filterIgnored: false,
      firstPage: 1,
      lookUpDelayMs: 0,
      ...own.sipay,
    },
    wyre: {
      notFoundStatus: 404,
      insufficientFundsBurns: false,
      partnerBalance: UNLIMITED,
      lookUpDelayMs: 0,
      ...own.wyre,
    },
  };
}
