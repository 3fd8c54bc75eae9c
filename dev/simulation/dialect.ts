import type { Switches } from '../../simulators';
import type { Dice } from './dice';

/** How the providers of a seed word what no document settles. */
export type Dialect = { [Name in keyof Switches]?: Partial<Switches[Name]> };

/**
 * Draws how the providers word things. `lags`: some list lags beyond every absence; then Paywall's refusals carry codes,
 * because an unlisted "no" is believed once lists show no trace (rule 1 of the design's "Believe nothing").
 */
export function drawDialect({ maybe, oneOf }: Dice, { lags }: { lags: boolean }): Required<Dialect> {
  const language = oneOf('en' as const, 'tr' as const);
  return {
    dsquares: { redeemFactor: oneOf(0, 0, 4) },
    mircate: {
      refundType: oneOf('REFUNDED', 'REFUND'),
      successMessage: maybe(0.3),
      negativeAmounts: maybe(0.3),
      listTotal: maybe(0.7),
    },
    paywall: {
      envelope: oneOf('old', 'newer'),
      nullErrors: maybe(0.3),
      language: lags ? 'en' : language,
      valueArray: maybe(0.2),
    },
    sipay: { expiresInText: maybe(0.3), firstPage: oneOf(0, 1), feeMinor: oneOf(0, 25) },
    wyre: { notFoundStatus: oneOf(400, 404) },
  };
}
