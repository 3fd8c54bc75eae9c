import type { Fault, FaultRates } from '../../simulators';
import type { RefundRequest } from '../../src/domain/request';

/** What one seed stands for: the refund, the trouble and the people around it. */
export interface Scenario {
  request: RefundRequest;
  environment: Record<string, string>;
  faults: FaultRates;
  /** Trouble that is certain to come. */
  scripted: Fault[];
  /** Share of requests that never leave, and of those that arrive or answer too late. */
  unreachable: number;
  late: number;
  /** When a movement shows in the look-ups that are only evidence, in milliseconds. */
  listedAfterMs: number;
  approver: 'approves' | 'rejects' | 'sleeps';
  /** When each of these happens, in milliseconds after the start. */
  crashes: number[];
  cancels: number[];
  resets: number[];
  hostile: number[];
  /** Whether decisions count only when they are signed. */
  signed: boolean;
}

/** What the simulated providers ask for with each 429. */
export const RETRY_AFTER_SECONDS = 7;

const FAULTS: (keyof FaultRates)[] = [
  'dropBefore',
  'dropAfter',
  'errorBefore',
  'errorAfter',
  'malformed',
  'empty',
  'contradictory',
  'wrongAmount',
  'wrongReference',
  'tooMany',
  'unauthorized',
  'refuse',
  'alreadyDone',
  'redirect',
  'staleLookUp',
  'pending',
  'huge',
  'transient',
];

/** Draws the scenario of a seed. */
export function drawScenario(seed: number, chance: () => number, now: number): Scenario {
  const maybe = (share: number) => chance() < share;
  const between = (least: number, most: number) => least + chance() * (most - least);
  const oneOf = <T>(...options: T[]): T => options[Math.floor(chance() * options.length)] as T;
  const times = (share: number, most: number, within: number) =>
    maybe(share) ? Array.from({ length: 1 + Math.floor(chance() * most) }, () => between(0, within)) : [];
  const rough = maybe(0.7);
  const kinds = rough ? Array.from({ length: 1 + Math.floor(chance() * 4) }, () => oneOf(...FAULTS)) : [];
  const faults = Object.fromEntries(
    kinds.map((kind) => [kind, between(0.02, kind === 'refuse' ? 0.1 : 0.24)]),
  );
  const soon = oneOf(300, 3_000, 60_000, 3_600_000);
  const request = drawRequest(seed, { maybe, oneOf, now });
  const provider = oneOf(
    ...[request.loyalty, request.sale, request.cash].flatMap((leg) => leg?.provider ?? []),
  );
  const refusal: Fault = {
    provider,
    operation: 'refund',
    kind: 'refuse',
    times: oneOf(1, 1, 3),
    ...(maybe(0.5) && { code: '311' }),
  };
  const badReversal: Fault[] = (['dsquares', 'mircate'] as const).map((name) => ({
    provider: name,
    operation: 'reverse',
    kind: oneOf('refuse', 'dropAfter', 'dropBefore', 'errorAfter', 'tooMany'),
    retryAfter: RETRY_AFTER_SECONDS,
  }));
  return {
    request,
    scripted: [...(maybe(0.35) ? [refusal] : []), ...(maybe(0.3) ? badReversal : [])],
    environment: {
      ...(maybe(0.6) && { APPROVAL_LIMITS: 'TRY=1000000,points=100000' }),
      ...(maybe(0.2) && { FAST_RETRIES: oneOf('0', '1', '2') }),
      ...(maybe(0.3) && { GIVE_UP_AFTER: oneOf('30s', '10m') }),
      ...(maybe(0.2) && { DSQUARES_REDEEM_UNIT: '' }),
      ...(maybe(0.2) && { SIPAY_RATE_PER_SECOND: '5' }),
    },
    faults,
    unreachable: rough && maybe(0.3) ? between(0, 0.4) : 0,
    late: rough && maybe(0.4) ? between(0, 0.3) : 0,
    listedAfterMs: maybe(0.3) ? between(0, 2 * 3_600_000) : 0,
    approver: oneOf('approves', 'approves', 'approves', 'rejects', 'sleeps'),
    crashes: times(0.5, 4, soon),
    cancels: times(0.3, 2, soon),
    resets: times(0.15, 2, soon),
    hostile: times(0.5, 6, soon),
    signed: maybe(0.4),
  };
}

interface Dice {
  maybe: (share: number) => boolean;
  oneOf: <T>(...options: T[]) => T;
  now: number;
}

function drawRequest(seed: number, { maybe, oneOf, now }: Dice): RefundRequest {
  const id = String(seed);
  const shape = oneOf(7, 7, 7, 1, 2, 3, 4, 5, 6);
  const request: RefundRequest = {
    refundId: `rf-${id}`,
    orderId: `order-${id}`,
    currency: 'TRY',
    requestedBy: 'order-service',
    reason: 'goods returned',
  };
  const dsquares = {
    provider: 'dsquares' as const,
    walletCode: `wallet-${id}`,
    contactMsisdn: '01151618768',
    branchMsisdn: '201020792658',
    transactionId: `1${id}`,
    points: oneOf(500, 400, 7),
  };
  const mircate = {
    provider: 'mircate' as const,
    transactionId: `trx-${id}`,
    points: 500,
    accountNumber: `acc-${id}`,
  };
  const sipay = {
    provider: 'sipay' as const,
    transactionId: `74400222022222${id.padStart(5, '0')}`,
    amountMinor: 2_550,
  };
  const purchasedAt = new Date(now - 86_400_000).toISOString();
  const wyre = { provider: 'wyre' as const, orderId: `WO_${id}`, amountMinor: 2_550, purchasedAt };
  const paywall = {
    provider: 'paywall' as const,
    externalReference: `sale-${id}`,
    amountMinor: 10_000,
    rollbackFee: maybe(0.5),
    rollbackCashback: maybe(0.5),
  };
  if (shape & 1) request.loyalty = oneOf<typeof dsquares | typeof mircate>(dsquares, mircate);
  if (shape & 2) request.sale = paywall;
  if (shape & 4) request.cash = oneOf<typeof sipay | typeof wyre>(sipay, wyre);
  return request;
}
