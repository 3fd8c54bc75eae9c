import type { BookEntry } from '../../simulators';
import { LEG_NAMES } from '../../src/domain/plan';
import type { LegName } from '../../src/domain/plan';
import type { RefundRequest } from '../../src/domain/request';
import type { RefundState } from '../../src/domain/state';
import type { VirtualClock } from './clock';
import type { Scenario } from './scenario';
import type { SimulatedRun } from './simulated-run';
import { FORGED_STATEMENT, GOOD_STATEMENT } from './statements';

/** How the operator reads the providers' panels. */
export interface Panels {
  of(leg: LegName): readonly BookEntry[];
  effective(leg: LegName): number;
  topUp(leg: LegName): void;
}

/** What people did that the checker must know of. */
export interface Deeds {
  /** When the first valid approval was sent; undefined while there is none. */
  approvedAt?: number;
  /** Legs that an operator says were paid another way, or that the customer may keep. */
  settledByHand: Set<LegName>;
  /** Whether an operator gave a leg up after the pivot. */
  turnedBack?: boolean;
}

const ROUND_MS = 10 * 60_000;

/** An operator who looks in every ten minutes, and says only what the providers' books say. */
export function employOperator(
  run: SimulatedRun,
  panels: Panels,
  clock: VirtualClock,
  chance: () => number,
  { approver, signed }: Pick<Scenario, 'approver' | 'signed'>,
  deeds: Deeds,
): void {
  const round = () => clock.after(ROUND_MS * (0.5 + chance()), () => void look());
  const look = async () => {
    if (run.closed) return;
    const state = (await run.query()) as RefundState | undefined;
    if (state?.waitingOn === 'approval' && approver !== 'sleeps')
      await decide(run, clock, chance, { approver, signed }, deeds);
    const parked = LEG_NAMES.find((leg) => state?.legs[leg]?.status === 'parked');
    if (state && parked) await settleLeg(run, parked, state, panels, chance, deeds);
    round();
  };
  round();
}

async function decide(
  run: SimulatedRun,
  clock: VirtualClock,
  chance: () => number,
  { approver, signed }: Pick<Scenario, 'approver' | 'signed'>,
  deeds: Deeds,
): Promise<void> {
  const approves = approver === 'approves';
  if (approves) deeds.approvedAt ??= clock.now;
  const verb = approves ? 'approve' : 'reject';
  const message = { by: 'ana', ...(signed && { statement: GOOD_STATEMENT }) };
  if (signed) burden(run, chance, verb, message);
  if (chance() < 0.5) run.signal(verb, message);
  else await run.update('decide', { decision: verb, ...message });
}

/** Others send the same, or a forgery of it, at the same moment. */
function burden(run: SimulatedRun, chance: () => number, verb: string, message: object): void {
  for (let more = Math.floor(chance() * 4); more > 0; more -= 1) {
    const sent = chance() < 0.5 ? message : { ...message, statement: FORGED_STATEMENT };
    if (chance() < 0.5) run.signal(verb, sent);
    else void run.update('decide', { decision: verb, ...sent });
  }
}

async function settleLeg(
  run: SimulatedRun,
  leg: LegName,
  state: RefundState,
  panels: Panels,
  chance: () => number,
  deeds: Deeds,
): Promise<void> {
  const problem = state.legs[leg]?.problem;
  if (problem?.code === 'merchantBalance') panels.topUp(leg);
  const happened = panels.effective(leg) > 0;
  const truths =
    problem?.side === 'reversal'
      ? happened
        ? ['retry', 'waived']
        : ['reversed']
      : happened
        ? ['refunded']
        : ['retry', 'retry', 'declined', 'turnBack', 'refunded'];
  const outcome = truths[Math.floor(chance() * truths.length)] ?? 'retry';
  // A leg that is not in the books can only be called refunded once it was paid another way.
  const paidOtherwise = outcome === 'refunded' && !happened;
  if (paidOtherwise && (problem?.code === 'ambiguous' || problem?.code === 'alreadyDone')) return;
  const answer = await run.update('resolveLeg', {
    leg,
    outcome,
    by: 'ana',
    evidence: 'read in the panel',
    ...(outcome === 'refunded' && {
      providerReference: panels.of(leg).at(-1)?.providerReference ?? 'bank-transfer',
    }),
  });
  if (answer?.accepted && outcome === 'turnBack') deeds.turnedBack = true;
  if (answer?.accepted && (paidOtherwise || outcome === 'waived')) deeds.settledByHand.add(leg);
}

/** Messages that must change nothing. */
export function harass(run: SimulatedRun, chance: () => number, signed: boolean): void {
  const forged = { by: 'ana', statement: FORGED_STATEMENT };
  const tries = [
    ...(signed
      ? [
          () => run.signal('approve', forged),
          () => run.signal('approve', { by: 'ana' }),
          () => void run.update('decide', { decision: 'approve', ...forged }),
        ]
      : []),
    () => run.signal('approve', { by: 'order-service' }),
    () => run.signal('approve', { by: ' Order-Service ' }),
    () => run.signal('approve', { by: '' }),
    () => run.signal('approve', 'ana'),
    () => run.signal('reject', null),
    () => run.signal('unheard', { by: 'ana' }),
    () => void run.update('decide', { decision: 'approve', by: 'ORDER-SERVICE' }),
    () => void run.update('decide', { decision: 'approve' }),
    () =>
      void run.update('resolveLeg', { leg: 'cash', outcome: 'refunded', by: 'order-service', evidence: 'x' }),
    () => void run.update('resolveLeg', {}),
    () => void run.update('nothing', {}),
  ];
  tries[Math.floor(chance() * tries.length)]?.();
}

/** The original of a leg in the providers' books. */
export function originalOf(
  request: RefundRequest,
  leg: LegName,
): { provider: string; original: string } | undefined {
  const requested = request[leg];
  if (!requested) return undefined;
  const original =
    requested.provider === 'paywall'
      ? requested.externalReference
      : requested.provider === 'wyre'
        ? requested.orderId
        : requested.transactionId;
  return { provider: requested.provider, original };
}
