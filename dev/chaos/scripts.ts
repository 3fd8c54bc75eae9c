import type { Simulators } from '../../simulators';
import { workflowIdOf } from '../../src/domain/contract';
import type { RefundRequest } from '../../src/domain/request';
import { Chance } from './chance';
import { plotAgainst } from './faults';
import { legsOf } from './legs';
import { APPROVAL_LIMITS } from './settings';
import { aRefund } from './shapes';
import type { SecondStart } from './starts';

/** What people will do with one refund. Times in milliseconds after its start. */
export interface Script {
  refundId: string;
  workflowId: string;
  request: RefundRequest;
  /** What it is started with; something else where the request is to be refused. */
  argument: unknown;
  /** False: it must fail as invalid, and nothing may be sent. */
  valid: boolean;
  approvalNeeded: boolean;
  /** What a person says when asked; nobody answers where it is left out. */
  decision?: 'approve' | 'reject';
  /** The decision comes as a signal at this time; left out, the operator gives it when the question is found. */
  signalAt?: number;
  /** Messages that must not change anything. */
  hostileAt: number[];
  cancelAt?: number;
  /** A second start of the same refund, at this time or after its end. */
  startAgainAt?: number;
  startAgain: SecondStart;
  startAgainAfterEnd: boolean;
  /** A reset of the run to a random task of its history. */
  resetAt?: number;
  /** The same, after its end. */
  resetAfterEnd: boolean;
  /** Asked over and over where it stands, and its details held against the books. */
  polled: boolean;
}

/** The script of refund `number`, whose originals are put into the providers' books. */
export function writeScript(simulators: Simulators, seed: number, number: number): Script {
  const chance = new Chance(seed, `refund ${number}`);
  const request = aRefund(simulators, chance, seed, number);
  const wrong = chance.hits(0.03);
  const wrongId = wrong && chance.hits(0.5);
  const approvalNeeded = needsApproval(request);
  const decision = chance.hits(0.75) ? 'approve' : chance.hits(0.6) ? 'reject' : undefined;
  const bySignal = chance.hits(0.4);
  const script: Script = {
    refundId: request.refundId,
    workflowId: workflowIdOf(wrongId ? `${request.refundId}-other` : request.refundId),
    request,
    argument: wrong && !wrongId ? spoiled(request, chance) : request,
    valid: !wrong,
    approvalNeeded,
    ...(decision && { decision }),
    ...(decision && bySignal && { signalAt: chance.hits(0.5) ? 0 : chance.between(0, 4_000) }),
    hostileAt: chance.hits(0.35) ? times(chance, chance.integer(1, 4)) : [],
    ...(chance.hits(0.22) && { cancelAt: chance.hits(0.3) ? 0 : chance.between(0, 12_000) }),
    ...(chance.hits(0.25) && { startAgainAt: chance.hits(0.5) ? 0 : chance.between(0, 10_000) }),
    startAgain: chance.hits(0.3)
      ? 'attach'
      : chance.pick('default', 'terminate', 'defaultOther', 'terminateOther'),
    startAgainAfterEnd: chance.hits(0.05),
    ...(chance.hits(0.12) && { resetAt: chance.between(200, 12_000) }),
    resetAfterEnd: chance.hits(0.06),
    polled: chance.hits(0.3),
  };
  const plots = new Chance(seed, `plots ${number}`);
  for (const leg of legsOf(request)) plotAgainst(simulators, plots, leg, { seed, goesOn: goesOn(script) });
  return script;
}

function goesOn({ cancelAt, resetAt }: Script): boolean {
  return cancelAt === undefined && resetAt === undefined;
}

function times(chance: Chance, count: number): number[] {
  return Array.from({ length: count }, () => chance.between(0, 8_000));
}

/** The rule of the contract, worked out anew: within every limit no person is asked, what has no limit needs one. */
function needsApproval({ currency, loyalty, sale, cash }: RefundRequest): boolean {
  const money = (sale?.amountMinor ?? 0) + (cash?.amountMinor ?? 0);
  const points = loyalty?.points ?? 0;
  return money > (APPROVAL_LIMITS[currency] ?? 0) || points > (APPROVAL_LIMITS.points ?? 0);
}

function spoiled(request: RefundRequest, chance: Chance): unknown {
  const { refundId, orderId, currency, requestedBy, reason } = request;
  return chance.pick<unknown>(
    { ...request, extra: 'canary' },
    { refundId, orderId, currency, requestedBy, reason },
    { ...request, currency: 'XXX' },
    { ...request, requestedBy: ' order-service' },
    { ...request, cash: { provider: 'sipay', transactionId: 'canary', amountMinor: 0.5 } },
    'canary',
    null,
  );
}
