import type { Fault, FaultKind } from '../../simulators';
import type { LegName, ProviderName } from '../../src/domain/plan';
import type { RefundRequest } from '../../src/domain/request';
import type { Dice } from './dice';
import { quietly } from './quiet';
import type { Scenario } from './scenario';
import { LONG_LAG_MS } from './trouble';

/** What has to come together before a kind of mistake can show, and would too rarely by chance. */
interface Situation {
  /** At which leg it can happen. */
  at: (leg: RefundRequest[LegName], request: RefundRequest) => boolean;
  happens: (drawn: Scenario, provider: ProviderName, dice: Dice) => Partial<Scenario>;
}

/** Limits within which nobody is asked. */
export const NO_APPROVAL = 'TRY=1000000,points=100000';

const isAt =
  (...providers: ProviderName[]): Situation['at'] =>
  (leg) =>
    leg !== undefined && providers.includes(leg.provider);

const decides = isAt('paywall', 'sipay', 'wyre');
const anywhere: Situation['at'] = (leg) => leg !== undefined;

const SITUATIONS: readonly Situation[] = [
  { at: anywhere, happens: () => ({}) },
  // A machine that sleeps, with a clock that is behind: whoever wakes up may hold what was given up long ago.
  {
    at: decides,
    happens: ({ environment, fleet, trouble }, _, { between, oneOf }) => ({
      environment: { ...environment, APPROVAL_LIMITS: NO_APPROVAL },
      fleet: { ...fleet, behindMs: 300_000, [oneOf('standsStill', 'hesitates')]: between(0.4, 0.7) },
      trouble: { ...trouble, repeatsExecute: true },
    }),
  },
  // It was applied, a list does not show it for long, and the repetition is refused.
  {
    at: isAt('sipay', 'wyre'),
    happens: ({ trouble }, provider) => ({
      trouble: {
        ...trouble,
        lagsForLong: true,
        scripted: [lagging(provider), struck(provider, 'dropAfter'), struck(provider, 'refuse')],
      },
    }),
  },
  // A list forgets what it showed, and somebody who has not read it says `retry`.
  {
    at: isAt('mircate'),
    happens: ({ trouble, people }, provider) => ({
      capped: false,
      people: { ...people, hurried: 4 },
      trouble: {
        ...trouble,
        scripted: [struck(provider, 'dropAfter'), { ...lagging(provider), skip: 2 }],
      },
    }),
  },
  // What was done shows as evidence alone, at once or late, and somebody says `retry`.
  {
    at: isAt('dsquares', 'mircate'),
    happens: ({ trouble, people }, provider, { oneOf }) => ({
      capped: false,
      people: { ...people, hurried: 4 },
      trouble: {
        ...trouble,
        listedAfterMs: oneOf(0, 3_600_000),
        scripted: [struck(provider, 'dropAfter')],
      },
    }),
  },
  // Nobody knows twice in a row what became of it, and two people have looked the first time.
  {
    at: isAt('dsquares', 'mircate'),
    happens: ({ trouble }, provider) => ({
      capped: false,
      trouble: { ...trouble, scripted: [struck(provider, 'dropBefore'), struck(provider, 'dropAfter')] },
    }),
  },
  // Nobody can be asked what became of it, and somebody says `retry` all the same.
  {
    at: decides,
    happens: ({ trouble, people }, provider) => ({
      people: { ...people, hurried: 4 },
      trouble: {
        ...trouble,
        repeatsExecute: true,
        scripted: [
          struck(provider, 'dropAfter'),
          {
            provider,
            operation: 'lookUp',
            kind: 'errorBefore',
            skip: provider === 'sipay' ? 2 : 1,
            times: 40,
          },
        ],
      },
    }),
  },
  // It is planned anew, and refused, while nobody knows whether what was sent arrived.
  {
    at: (leg, request) => decides(leg, request) && request.loyalty === undefined,
    happens: ({ environment, trouble, people }, provider, { between, oneOf }) => ({
      environment: { ...environment, APPROVAL_LIMITS: NO_APPROVAL },
      people: { ...people, approver: oneOf('rejects', 'sleeps') },
      replanned: { at: between(2_000, 100_000), environment: { APPROVAL_LIMITS: '' } },
      trouble: { ...trouble, scripted: [struck(provider, oneOf('dropBefore', 'dropAfter'))] },
    }),
  },
  // It is planned anew while nobody knows whether what was sent arrived, and then nobody takes up what is asked.
  {
    at: anywhere,
    happens: ({ environment, fleet, people, trouble }, provider, { between }) => {
      const at = between(3_000, 60_000);
      return {
        environment: { ...environment, ...deserted(provider), APPROVAL_LIMITS: NO_APPROVAL },
        fleet: { ...fleet, unpolled: { from: at, until: at + 600_000 } },
        people: { ...people, approver: 'approves' },
        replanned: { at, environment: {} },
        trouble: { ...trouble, scripted: [struck(provider, 'dropAfter')] },
      };
    },
  },
  // The request that an empty list cleared is under way while its run is reset to before that list.
  {
    at: decides,
    happens: ({ environment, people, trouble }, provider, { between }) => ({
      environment: { ...environment, APPROVAL_LIMITS: NO_APPROVAL },
      people: { ...people, approver: 'approves' },
      resets: [{ at: between(120_000, 131_000), keepsMessages: true }],
      trouble: {
        ...trouble,
        repeatsExecute: true,
        scripted: [struck(provider, 'dropBefore'), { ...struck(provider, 'slowBefore'), delayMs: 8_500 }],
      },
    }),
  },
  // Request after request is lost, no list shows a trace, and somebody believes that it was made.
  {
    at: decides,
    happens: ({ people, trouble }, provider) => ({
      people: { ...people, mistaken: 2 },
      trouble: { ...trouble, scripted: [{ ...struck(provider, 'dropBefore'), times: 5 }] },
    }),
  },
  // Its order does not answer for a while, and meanwhile people speak, cancel it and reset it.
  {
    at: anywhere,
    happens: ({ fleet, people }, provider, { maybe, between }) => ({
      fleet: { ...fleet, missing: provider, orderAwayUntil: 60_000, unpolled: { from: 0, until: 60_000 } },
      people: {
        ...people,
        early: [between(200, 1_000), between(200, 15_000)],
        hostile: Array.from({ length: 6 }, () => between(100, 6_000)),
      },
      crashes: maybe(0.5) ? [between(50, 150)] : [],
      cancels: maybe(0.4) ? [between(200, 60_000)] : [],
      resets: [between(6_000, 55_000), between(6_000, 55_000)].map((at) => ({
        at,
        keepsMessages: maybe(0.7),
      })),
    }),
  },
  // A gateway sends one request twice, and the wallet tells what it holds.
  {
    at: isAt('dsquares'),
    happens: ({ trouble }, provider) => ({
      capped: false,
      trouble: { ...trouble, scripted: [struck(provider, 'repeated')] },
    }),
  },
  // It was applied, and a "no" that no sheet lists comes back.
  {
    at: (leg, { loyalty }) => leg !== undefined && (leg === loyalty || loyalty?.provider !== 'dsquares'),
    happens: ({ trouble }, provider) => ({
      trouble: { ...trouble, scripted: [struck(provider, 'unlistedAfter')] },
    }),
  },
  // What was refunded has to be reversed, and is not.
  {
    at: (leg, { loyalty }) => loyalty !== undefined && leg !== undefined && leg !== loyalty,
    happens: ({ trouble, request: { loyalty } }, provider, { oneOf }) => ({
      trouble: {
        ...trouble,
        scripted: [
          struck(provider, 'refuse'),
          ...(loyalty
            ? [struck(loyalty.provider, oneOf('refuse', 'refuse', 'dropBefore', 'errorAfter'), 'reverse')]
            : []),
        ],
      },
    }),
  },
  // Somebody says no before it is known whether anybody is asked.
  {
    at: anywhere,
    happens: ({ environment, people }, _, { between }) => ({
      environment: { ...environment, APPROVAL_LIMITS: NO_APPROVAL },
      people: { ...people, approver: 'rejects', early: [between(5, 120), between(5, 120)] },
    }),
  },
  // Somebody shortens what is in flight, and gives it more attempts.
  {
    at: decides,
    happens: ({ environment, trouble }, _, { between }) => ({
      environment: { ...environment, APPROVAL_LIMITS: NO_APPROVAL },
      late: 0.5,
      changedOptions: [between(100, 3_000), between(100, 6_000), between(3_000, 20_000)],
      trouble: { ...trouble, repeatsExecute: true },
    }),
  },
  // Requests travel for longer than an absence took to be proven when the refund was planned.
  {
    at: decides,
    happens: ({ environment, trouble }, _, { between }) => ({
      environment: { ...environment, APPROVAL_LIMITS: NO_APPROVAL },
      late: between(0.5, 0.8),
      raised: {
        at: between(0, 60_000),
        environment: { CALL_TIMEOUT: '25s', ABSENCE_AFTER: '15m' },
        travelMs: 600_000,
      },
      trouble: { ...trouble, repeatsExecute: true },
    }),
  },
  // Somebody refunds it in the panel, just before ours is refused as done before.
  {
    at: decides,
    happens: ({ trouble }, provider) => ({
      trouble: { ...trouble, scripted: [struck(provider, 'panelRefund')] },
    }),
  },
];

/** Has a situation come about where its leg is, and nothing else that is not part of it. */
export function inSituation(drawn: Scenario, dice: Dice): Scenario {
  const { request } = drawn;
  const legs = (['loyalty', 'sale', 'cash'] as const).filter((leg) => request[leg]);
  const possible = SITUATIONS.flatMap(({ at, happens }) => {
    const providers = legs.flatMap((leg) =>
      at(request[leg], request) ? (request[leg]?.provider ?? []) : [],
    );
    return providers.length > 0 ? [{ providers, happens }] : [];
  });
  const chosen = dice.oneOf(...possible);
  const quiet = quietly(drawn);
  return { ...quiet, ...chosen.happens(quiet, dice.oneOf(...chosen.providers), dice) };
}

/** Nobody takes up what the next run asks, and it gives up soon. */
export function deserted(...providers: ProviderName[]): Record<string, string> {
  const rates = providers.map((name) => [`${name.toUpperCase()}_RATE_PER_SECOND`, '5'] as const);
  return { GIVE_UP_AFTER: '30s', ...Object.fromEntries(rates) };
}

function lagging(provider: ProviderName): Fault {
  return { provider, operation: 'lookUp', kind: 'staleLookUp', delayMs: LONG_LAG_MS, times: 10_000 };
}

function struck(provider: ProviderName, kind: FaultKind, operation: 'refund' | 'reverse' = 'refund'): Fault {
  return { provider, operation, kind };
}
