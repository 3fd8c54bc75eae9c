import type { LegName, ProviderName } from '../../src/domain/plan';
import type { RefundRequest } from '../../src/domain/request';
import { diceOf } from './dice';
import type { Dice } from './dice';
import { drawRequest } from './request';
import { drawDialect } from './dialect';
import type { Dialect } from './dialect';
import { deserted, inSituation, NO_APPROVAL } from './situations';
import { drawTrouble, legNamesOf } from './trouble';
import type { Trouble } from './trouble';

/** What one seed stands for: the refund, the trouble and the people around it. Times in milliseconds after the start. */
export interface Scenario {
  request: RefundRequest;
  environment: Record<string, string>;
  trouble: Trouble;
  /** Whether refunds stop at what was paid, where a provider may do without. */
  capped: boolean;
  /** What the sale earned when it was paid, in minor units. */
  cashbackMinor: number;
  /** How much of the sale was paid from a gift balance, in minor units. */
  giftMinor: number;
  /** How the providers word what no document settles. */
  dialect: Dialect;
  /** Share of requests that never leave, and of those that arrive or answer too late. */
  unreachable: number;
  late: number;
  fleet: FleetScenario;
  people: PeopleScenario;
  crashes: number[];
  /** Share of movements of money in whose middle the worker dies. */
  diesInCall: number;
  cancels: number[];
  resets: { at: number; keepsMessages: boolean }[];
  /** The run is reset to its first task, and planned anew under these rules. */
  replanned?: { at: number; environment: Record<string, string>; without?: ProviderName };
  /** The run is ended in the middle, and another one started under its id. */
  secondStart?: { at: number; earlierRuns: 'same' | 'other' };
  /** Later workers have a longer timeout and a longer absence, and requests travel as long as that allows. */
  raised?: { at: number; environment: Record<string, string>; travelMs: number };
  /** Somebody changes the options of the activities in flight. */
  changedOptions: number[];
}

/** The workers of a seed. */
export interface FleetScenario {
  /** A provider for which half of the workers are not configured. */
  missing?: ProviderName;
  /** Orders are locked, and do not answer until then. */
  orderAwayUntil?: number;
  /** When nobody polls the queues of single providers. */
  unpolled?: { from: number; until: number };
  /** A provider that somebody stops, and when. */
  stopped?: { provider: ProviderName; from: number; until: number };
  /** Shares of attempts whose worker cannot read them, or stands still before it begins or once it has asked the server. */
  unreadable: number;
  standsStill: number;
  hesitates: number;
  /** How much earlier it is at the workers than at the server. */
  behindMs: number;
}

/** The people of a seed. */
export interface PeopleScenario {
  approver: 'approves' | 'rejects' | 'sleeps';
  /** Whether what moves or writes off money counts only when it is signed. */
  signed: boolean;
  /** How many times the operator only says `retry` before they read what is shown. */
  hurried: number;
  /** How many times the operator says of what was not refunded that it was, where look-ups are answered. */
  mistaken: number;
  hostile: number[];
  /** Share of events at whose moment a message arrives too. */
  prompt: number;
  /** When somebody decides without having been asked. */
  early: number[];
  /** Somebody else refunds this leg's original. */
  panel?: { at: number; leg: LegName };
  /** The customer earns or spends points. */
  customer: number[];
}

/** Draws the scenario of a seed. */
export function drawScenario(seed: number, chance: () => number, now: number): Scenario {
  const dice = diceOf(chance);
  const { maybe, between, oneOf, times } = dice;
  const calm = !maybe(0.7);
  const soon = oneOf(300, 3_000, 60_000, 3_600_000);
  const request = drawRequest(seed, dice, now);
  const capped = maybe(0.5);
  const trouble = drawTrouble(request, dice, { calm, capped });
  // What look-ups show no trace of may end as never made; that lists show in time what was applied is taken for granted.
  const lags = trouble.lagsForLong;
  const upheaval: Upheaval = lags ? {} : drawUpheaval(request, dice, soon);
  const desertedAt = maybe(0.4) ? (upheaval.secondStart ?? upheaval.replanned)?.at : undefined;
  const fleet = drawFleet(request, dice, soon);
  const providers = legNamesOf(request).flatMap((leg) => request[leg]?.provider ?? []);
  const drawn: Scenario = {
    request,
    trouble,
    capped,
    cashbackMinor: oneOf(0, 500, 500),
    giftMinor: oneOf(0, 0, 50),
    dialect: drawDialect(dice, { lags }),
    environment: {
      ...(maybe(0.6) && { APPROVAL_LIMITS: NO_APPROVAL }),
      ...(maybe(0.2) && { FAST_RETRIES: oneOf('0', '1', '2') }),
      ...(maybe(0.3) && { GIVE_UP_AFTER: oneOf('30s', '10m') }),
      ...(maybe(0.2) && { DSQUARES_REDEEM_UNIT: '' }),
      ...(maybe(0.2) && { SIPAY_RATE_PER_SECOND: '5' }),
      ...(maybe(0.1) && { PAYWALL_RATE_PER_SECOND: '5' }),
      ...(desertedAt !== undefined && deserted(...providers)),
    },
    unreachable: !calm && maybe(0.3) ? between(0, 0.4) : 0,
    late: !calm && maybe(0.4) ? between(0, 0.3) : 0,
    fleet:
      desertedAt === undefined
        ? fleet
        : { ...fleet, unpolled: { from: desertedAt, until: desertedAt + 600_000 } },
    people: drawPeople(request, dice, soon),
    crashes: times(0.5, 4, soon),
    diesInCall: maybe(0.15) ? between(0, 0.6) : 0,
    cancels: lags ? [] : times(0.3, 2, soon),
    resets: times(0.15, 2, soon).map((at) => ({ at, keepsMessages: maybe(0.7) })),
    changedOptions: times(0.15, 2, soon),
    ...upheaval,
  };
  const scenario = maybe(0.35) ? inSituation(drawn, dice) : drawn;
  if (!maybe(0.15)) return scenario;
  const from = between(0, soon);
  const stopped = { provider: oneOf(...providers), from, until: from + between(0, 172_800_000) };
  return { ...scenario, fleet: { ...scenario.fleet, stopped } };
}

type Upheaval = Pick<Scenario, 'replanned' | 'secondStart'>;

function drawUpheaval(request: RefundRequest, { maybe, between, oneOf }: Dice, soon: number): Upheaval {
  const at = between(0, soon);
  const other = oneOf(...legNamesOf(request).flatMap((leg) => request[leg]?.provider ?? []));
  const lower: Omit<NonNullable<Scenario['replanned']>, 'at'> = maybe(0.7)
    ? { environment: { APPROVAL_LIMITS: '' } }
    : { environment: {}, without: other };
  return {
    ...(maybe(0.14) && { replanned: { at, ...lower } }),
    ...(maybe(0.08) && { secondStart: { at, earlierRuns: oneOf('same', 'same', 'same', 'other') } }),
  };
}

function drawFleet(request: RefundRequest, { maybe, between, oneOf }: Dice, soon: number): FleetScenario {
  const providers = legNamesOf(request).flatMap((leg) => request[leg]?.provider ?? []);
  const from = between(0, soon);
  const slow = maybe(0.25) ? between(0.1, 0.6) : 0;
  return {
    ...(maybe(0.12) && { missing: oneOf(...providers) }),
    ...(maybe(0.3) && { unpolled: { from, until: from + between(0, 3_600_000) } }),
    unreadable: maybe(0.1) ? between(0, 0.4) : 0,
    standsStill: slow,
    hesitates: slow,
    behindMs: oneOf(0, 300_000, 300_000, -30_000),
  };
}

function drawPeople(
  request: RefundRequest,
  { maybe, between, oneOf, times }: Dice,
  soon: number,
): PeopleScenario {
  return {
    approver: oneOf('approves', 'approves', 'approves', 'rejects', 'sleeps'),
    signed: maybe(0.4),
    hurried: oneOf(0, 0, 1, 4),
    mistaken: 0,
    hostile: times(0.5, 6, soon),
    prompt: maybe(0.4) ? between(0, 0.5) : 0,
    early: times(0.2, 2, 200),
    ...(maybe(0.15) && { panel: { at: between(0, soon), leg: oneOf(...legNamesOf(request)) } }),
    customer: times(0.2, 2, soon),
  };
}
