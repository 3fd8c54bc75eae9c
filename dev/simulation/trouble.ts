import { makesSense } from '../../simulators';
import type { Fault, FaultRates, RandomScope } from '../../simulators';
import type { LegName } from '../../src/domain/plan';
import { legsOf } from '../../src/activities/draft';
import type { RefundRequest } from '../../src/domain/request';
import type { Dice } from './dice';

/** What the simulated providers ask for with each 429. */
export const RETRY_AFTER_SECONDS = 7;

/** What goes wrong on the way to the providers and at them. */
export interface Trouble {
  rates: FaultRates;
  scope: RandomScope;
  /** Trouble that is certain to come. */
  scripted: Fault[];
  /** When a movement shows in the look-ups that are only evidence, in milliseconds. */
  listedAfterMs: number;
  /** Whether some list lags longer than an absence takes to be proven. */
  lagsForLong: boolean;
  /** Whether whoever refuses a repetition by the documents executes it. */
  repeatsExecute: boolean;
}

const FAULTS: (keyof FaultRates)[] = [
  ...([
    'dropBefore',
    'dropAfter',
    'errorBefore',
    'errorAfter',
    'malformed',
    'empty',
    'contradictory',
  ] as const),
  ...([
    'wrongAmount',
    'wrongReference',
    'tooMany',
    'unauthorized',
    'refuse',
    'alreadyDone',
    'redirect',
  ] as const),
  ...(['staleLookUp', 'pending', 'huge', 'transient', 'panelRefund', 'filteredBefore'] as const),
  ...(['filteredAfter', 'unlistedBefore', 'unlistedAfter', 'exponentNumbers', 'unaskedCashback'] as const),
  'keptCashback',
];

/** Applied, and answered by a "no" that no sheet lists: believed once look-ups show no trace of it. */
const APPLIED_NO: (keyof FaultRates)[] = ['unlistedAfter'];

/** A list that is a minute behind hides a late request for longer than an absence takes; others' refunds add to ours. */
const NOT_WITH_REPEATS: (keyof FaultRates)[] = ['staleLookUp', 'panelRefund', 'repeated'];

/** A lag of the lists beyond every absence; what was paid an hour ago is shown. */
export const LONG_LAG_MS = 45 * 60_000;

/** Draws the trouble of a seed; `calm`: none at random; `capped`: refunds stop at what was paid. */
export function drawTrouble(
  request: RefundRequest,
  dice: Dice,
  { calm, capped }: { calm: boolean; capped: boolean },
): Trouble {
  const { maybe, between, oneOf } = dice;
  const lag = drawLag(request, dice);
  const listedAfterMs = maybe(0.3) ? between(0, 2 * 3_600_000) : 0;
  const lagsForLong = lag.length > 0;
  const isListedLate = lagsForLong || listedAfterMs > 0;
  // Rule 1 of the design's "Believe nothing" takes it that lists show within ABSENCE_AFTER what was applied.
  const possible = FAULTS.filter((kind) => !isListedLate || !APPLIED_NO.includes(kind));
  const kinds = calm ? [] : Array.from({ length: 1 + Math.floor(between(0, 4)) }, () => oneOf(...possible));
  const rates = Object.fromEntries(
    kinds.map((kind) => [kind, between(0.02, kind === 'refuse' ? 0.1 : 0.24)]),
  );
  return {
    rates,
    scope: {
      retryAfter: RETRY_AFTER_SECONDS,
      of: {
        filteredBefore: drawFilter(dice, isListedLate),
        filteredAfter: drawFilter(dice, isListedLate),
        ...(maybe(0.3) && { unlistedAfter: { code: 'Mükerrer işlem' } }),
      },
    },
    scripted: [...lag, ...drawScript(request, dice, { isListedLate, capped })],
    listedAfterMs,
    lagsForLong,
    // Only where lists show in time what was applied is it the saga's to prevent.
    repeatsExecute: !lagsForLong && !kinds.some((kind) => NOT_WITH_REPEATS.includes(kind)) && maybe(0.8),
  };
}

/** At mircate any JSON object under 400 may be a "no" of its own, and so is believed once its list shows no trace. */
function drawFilter({ oneOf }: Dice, isListedLate: boolean) {
  return {
    status: oneOf(403, 404, 405, 401, 415, 400, 200, 503),
    body: oneOf('html', 'text', isListedLate ? 'html' : 'json'),
  } as const;
}

/** Every look-up of one leg shows the books of long ago, and sometimes a movement that was applied is then refused. */
function drawLag(request: RefundRequest, { maybe, oneOf }: Dice): Fault[] {
  if (!maybe(0.12)) return [];
  const provider = oneOf(...providersOf(request));
  const lag: Fault = {
    ...{ provider, operation: 'lookUp', kind: 'staleLookUp', delayMs: LONG_LAG_MS, times: 10_000 },
  };
  const refused: Fault[] = [
    { provider, operation: 'refund', kind: 'dropAfter' },
    { provider, operation: 'refund', kind: 'refuse', times: 3 },
  ];
  return [lag, ...(maybe(0.4) ? refused : [])];
}

/** One answer to a refund that is certain to be bad, and reversals that go wrong. */
function drawScript(
  request: RefundRequest,
  { maybe, oneOf }: Dice,
  { isListedLate, capped }: { isListedLate: boolean; capped: boolean },
): Fault[] {
  const provider = oneOf(...providersOf(request));
  const bad = FAULTS.filter(
    (kind) => makesSense(kind, provider, 'refund') && !(isListedLate && APPLIED_NO.includes(kind)),
  );
  const refusal: Fault = {
    ...{ provider, operation: 'refund', kind: 'refuse', times: oneOf(1, 1, 3) },
    ...(maybe(0.5) && { code: '311' }),
  };
  // Nothing that mircate tells shows that a gateway had it execute a request twice; and where dsquares stops at what
  // was paid, the repetition gets a "no" that its sheet lists.
  const repeatable = providersOf(request).filter((name) =>
    capped ? name !== 'dsquares' && !(name === 'mircate' && isListedLate) : name !== 'mircate',
  );
  const repeated = repeatable.map((name): Fault => ({
    provider: name,
    operation: 'refund',
    kind: 'repeated',
    times: 1,
  }));
  const tooMany: Fault = {
    ...{ provider, operation: 'refund', kind: 'tooMany', times: 4, retryAfter: RETRY_AFTER_SECONDS },
  };
  const oddCashback: Fault[] = [
    { provider: 'paywall', operation: 'refund', kind: oneOf('unaskedCashback', 'keptCashback') },
  ];
  const lost: Fault = { provider, operation: 'refund', kind: 'dropBefore', times: 4 };
  const strike: Fault = {
    ...{ provider, operation: 'refund', kind: oneOf(...bad), retryAfter: RETRY_AFTER_SECONDS },
    times: oneOf(1, 1, 2),
  };
  const badReversal: Fault[] = (['dsquares', 'mircate'] as const).map((name) => ({
    provider: name,
    operation: 'reverse',
    kind: oneOf('refuse', 'dropAfter', 'dropBefore', 'errorAfter', 'tooMany', 'filteredAfter'),
    retryAfter: RETRY_AFTER_SECONDS,
  }));
  return [
    ...(maybe(0.3) ? [refusal] : []),
    ...(maybe(0.3) ? [strike] : []),
    ...(maybe(0.08) ? [tooMany] : []),
    ...(maybe(0.05) ? [lost] : []),
    ...(maybe(0.15) ? oddCashback : []),
    ...(maybe(0.1) ? repeated : []),
    ...(maybe(0.3) ? badReversal : []),
  ];
}

function providersOf(request: RefundRequest) {
  return legsOf(request).map(([, { provider }]) => provider);
}

/** The legs of a request. */
export function legNamesOf(request: RefundRequest): LegName[] {
  return legsOf(request).map(([leg]) => leg);
}
