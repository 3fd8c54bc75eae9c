import type { Scenario } from './scenario';

/** The same refund with nothing in its way. */
export function quietly(drawn: Scenario): Scenario {
  const { request, environment, trouble, people, capped, cashbackMinor, giftMinor, dialect } = drawn;
  const { APPROVAL_LIMITS, DSQUARES_REDEEM_UNIT } = environment;
  return {
    ...{ request, capped, cashbackMinor, giftMinor, dialect },
    environment: {
      ...(APPROVAL_LIMITS !== undefined && { APPROVAL_LIMITS }),
      ...(DSQUARES_REDEEM_UNIT !== undefined && { DSQUARES_REDEEM_UNIT }),
    },
    ...{ unreachable: 0, late: 0, crashes: [], diesInCall: 0, cancels: [], resets: [], changedOptions: [] },
    fleet: { unreadable: 0, standsStill: 0, hesitates: 0, behindMs: drawn.fleet.behindMs },
    people: {
      ...{ approver: people.approver, signed: people.signed, hostile: people.hostile, prompt: people.prompt },
      ...{ hurried: 0, mistaken: 0, early: [], customer: [] },
    },
    trouble: {
      ...{ rates: {}, scope: trouble.scope, scripted: [] },
      ...{ listedAfterMs: 0, lagsForLong: false, repeatsExecute: false },
    },
  };
}
