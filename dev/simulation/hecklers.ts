import { LEG_NAMES } from '../../src/domain/plan';
import type { LegName } from '../../src/domain/plan';
import type { SimulatedRun } from './simulated-run';
import { FORGED_STATEMENT } from './statements';

/** Messages that must change nothing. */
export function harass(run: SimulatedRun, chance: () => number, signed: boolean): void {
  const tries = [...(signed ? FORGERIES : []), ...NONSENSE, ...OF_OTHERS];
  tries[Math.floor(chance() * tries.length)]?.(run);
}

/** Somebody who may not settles a parked leg. */
export async function pretend(
  run: SimulatedRun,
  { leg, signed, chance }: { leg: LegName; signed: boolean; chance: () => number },
): Promise<void> {
  const outcome = chance() < 0.5 ? 'refunded' : 'reversed';
  const tries = [{ by: 'ORDER-service' }, ELSEWHERE, ...(signed ? [forged, { by: 'ana' }] : [])];
  await run.update('resolveLeg', { ...SETTLED, leg, outcome, ...tries[Math.floor(chance() * tries.length)] });
}

type Try = (run: SimulatedRun) => unknown;

const forged = { by: 'ana', statement: FORGED_STATEMENT };

const FORGERIES: readonly Try[] = [
  (run) => run.signal('approve', forged),
  (run) => run.signal('approve', { by: 'ana' }),
  (run) => run.update('decide', { decision: 'approve', ...forged }),
];

const NONSENSE: readonly Try[] = [
  (run) => run.signal('approve', { by: '' }),
  (run) => run.signal('approve', { by: 'ılker' }),
  (run) => run.signal('approve', 'ana'),
  (run) => run.signal('reject', null),
  (run) => run.signal('unheard', { by: 'ana' }),
  (run) => run.update('decide', { decision: 'approve' }),
  (run) => run.update('resolveLeg', {}),
  (run) => run.update('nothing', {}),
];

const ELSEWHERE = { refundId: 'another-refund', by: 'ana' };
const SETTLED = { outcome: 'refunded', evidence: 'x', providerReference: 'x' };

/** Of whoever requested the refund, and about another refund. */
const OF_OTHERS: readonly Try[] = [
  (run) => run.signal('approve', { by: 'order-service' }),
  (run) => run.signal('approve', { by: 'ORDER-Service' }),
  (run) => run.signal('approve', ELSEWHERE),
  (run) => run.update('decide', { decision: 'approve', by: 'ORDER-SERVICE' }),
  (run) => run.update('decide', { decision: 'approve', ...ELSEWHERE }),
  ...LEG_NAMES.flatMap((leg): Try[] => [
    (run) => run.update('resolveLeg', { ...SETTLED, leg, by: 'Order-Service' }),
    (run) => run.update('resolveLeg', { ...SETTLED, leg, ...ELSEWHERE }),
  ]),
];
