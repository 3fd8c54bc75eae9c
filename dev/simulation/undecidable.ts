import { own } from '../../simulators';
import type { LegName } from '../../src/domain/plan';
import type { RefundState } from '../../src/domain/state';
import { lookUpKindOf } from '../../simulators/originals';
import type { Scenario } from './scenario';
import type { World } from './world';

/** How far clocks may differ before a record counts as older than a request of ours. Milliseconds. */
const CLOCKS_MS = 60_000;

/**
 * Whether a leg counts as refunded by a look-up that found somebody else's refund, where nothing could tell the two
 * apart: the provider's records carry no reference of ours (paywall, wyre), a request of ours was in doubt, and the
 * other's refund is not older than it. The customer has the money once. Such legs are counted apart.
 */
export function isUndecidable(
  leg: LegName,
  state: RefundState,
  { request }: Scenario,
  world: World,
): boolean {
  const { provider } = request[leg] ?? {};
  const { receipt } = state.legs[leg] ?? {};
  if (!provider || lookUpKindOf(provider) !== 'original') return false;
  if (receipt?.confirmedBy !== 'lookUp' || world.ownEffective(leg) > 0) return false;
  const byHand = world.entries(leg).filter((entry) => entry.byHand && entry.kind === 'refund');
  // What was cut off may have been sent at any time before.
  const since = world.wasCutOff ? 0 : (world.firstSentAt(provider) ?? 0) - CLOCKS_MS;
  return world.hadDoubts(provider) && byHand.some(({ at }) => at >= since);
}

/**
 * Whether a gateway had a provider execute a request of ours twice. No saga can undo that by itself: where the provider
 * tells its balance (dsquares) it must not count as refunded without a person.
 */
export function isDoubled(leg: LegName, { request }: Scenario, world: World): boolean {
  const { provider } = request[leg] ?? {};
  if (provider !== 'dsquares') return false;
  const repeated = world.subjects.requests({
    provider,
    operation: 'refund',
    fault: 'repeated',
    applied: true,
  });
  const keys = own(world.entries(leg)).filter(({ kind }) => kind === 'refund');
  return repeated.some(({ at }) => keys.filter((entry) => entry.at === at).length > 1);
}
