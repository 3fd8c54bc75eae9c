import type { ProviderName, SimulatorOptions } from './options';

/** Behaviours that no document settles, per provider; the defaults are the hostile or the likelier reading. */
export interface Switches {
  dsquares: {
    /** Refunds of a redemption stop at its points. @default false */
    capped: boolean;
    /** What RedeemUser's `PointsValue` counts. @default 'money' */
    redeemUnit: 'money' | 'points';
    /** What GetWalletData tells as `redeemFactor`: 0 is all that any document shows. @default 0 */
    redeemFactor: number;
    /** Whether a refund is a row of GetWalletData. @default true */
    refundListed: boolean;
    /** Whether a used ExternalLogId is refused. @default false */
    uniqueExternalLogId: boolean;
    lookUpDelayMs: number;
  };
  mircate: {
    /** Refunds of a spend stop at its points. @default false */
    capped: boolean;
    /** Refunds are answered with 204 and no body. @default false */
    answer204: boolean;
    /** `type` in the answer of a refund; lists say REFUNDED. @default 'REFUNDED' */
    refundType: 'REFUNDED' | 'REFUND';
    /** Answers of movements say `message: "Success"`. @default false */
    successMessage: boolean;
    /** Every amount of an answer has a minus before it. @default false */
    negativeAmounts: boolean;
    /** Whether lists tell their `total`. @default true */
    listTotal: boolean;
    /** Most rows of one page. @default 100 */
    maxPageSize: number;
    lookUpDelayMs: number;
  };
  paywall: {
    /** Which generation of the envelope answers movements. @default 'old' */
    envelope: 'old' | 'newer';
    /** A success says `Errors: null`. @default false */
    nullErrors: boolean;
    /** What refusals are worded in; the Turkish ones are bare texts without codes. @default 'en' */
    language: 'en' | 'tr';
    /** `Value` is an array of one. @default false */
    valueArray: boolean;
    /** A second refund of a sale moves the money again. @default false */
    hostileSecondRefund: boolean;
    /** What RollbackCashback does when the cashback is spent. @default 'refuse' */
    spentCashback: 'refuse' | 'negative';
    lookUpDelayMs: number;
  };
  sipay: {
    /** Refunds of a payment stop at its amount. @default false */
    capped: boolean;
    /** Ids are bare numbers of 19 digits. @default false */
    numericIds: boolean;
    /** Only a bare number is taken as `tx_correlation_id`. @default false */
    wantsIntegerIds: boolean;
    /** The `x-client-id` that every call but the token's must carry. @default none */
    requiredClientId?: string;
    /** The identity host writes `expires_in` as a text. @default false */
    expiresInText: boolean;
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
    /** Number of the first page. @default 0 */
    firstPage: 0 | 1;
    lookUpDelayMs: number;
  };
  wyre: {
    /** Status of a NotFoundException; editions differ. @default 404 */
    notFoundStatus: 400 | 404;
    /** A second refund of an order moves its money again, against what is documented. @default false */
    hostileSecondRefund: boolean;
    /** Whether `refund.insufficientFunds` uses up the only attempt. @default false */
    insufficientFundsBurns: boolean;
    /** Our float there at the start, in minor units of each currency. @default 10^12 */
    partnerBalance: number;
    lookUpDelayMs: number;
  };
}

const UNLIMITED = 10 ** 12;

const DEFAULTS: Switches = {
  dsquares: {
    capped: false,
    redeemUnit: 'money',
    redeemFactor: 0,
    refundListed: true,
    uniqueExternalLogId: false,
    lookUpDelayMs: 0,
  },
  mircate: {
    capped: false,
    answer204: false,
    refundType: 'REFUNDED',
    successMessage: false,
    negativeAmounts: false,
    listTotal: true,
    maxPageSize: 100,
    lookUpDelayMs: 0,
  },
  paywall: {
    envelope: 'old',
    nullErrors: false,
    language: 'en',
    valueArray: false,
    hostileSecondRefund: false,
    spentCashback: 'refuse',
    lookUpDelayMs: 0,
  },
  sipay: {
    capped: false,
    numericIds: false,
    wantsIntegerIds: false,
    expiresInText: false,
    executesDuplicates: false,
    refusalStatus: 200,
    merchantBalance: UNLIMITED,
    feeMinor: 0,
    filterIgnored: false,
    firstPage: 0,
    lookUpDelayMs: 0,
  },
  wyre: {
    notFoundStatus: 404,
    hostileSecondRefund: false,
    insufficientFundsBurns: false,
    partnerBalance: UNLIMITED,
    lookUpDelayMs: 0,
  },
};

/** The switches of every provider, with the caller's own on top. */
export function switchesOf(own: SimulatorOptions['switches'] = {}): Switches {
  const of = <Name extends ProviderName>(name: Name): Switches[Name] => ({ ...DEFAULTS[name], ...own[name] });
  return {
    dsquares: of('dsquares'),
    mircate: of('mircate'),
    paywall: of('paywall'),
    sipay: of('sipay'),
    wyre: of('wyre'),
  };
}
