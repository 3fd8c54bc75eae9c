import type { LegState } from '../../src/domain/state';
import type { LegEvidence } from './evidence';

/** No receipt that an answer or a look-up gave names a record that is not ours. */
export function receiptsAreOurs({ leg, provider, ours }: LegEvidence, state: LegState | undefined): string[] {
  const { receipt, reversal } = state ?? {};
  const claims = [
    { kind: 'refund', claimed: receipt },
    { kind: 'reversal', claimed: reversal },
  ] as const;
  return claims.flatMap(({ kind, claimed }) => {
    if (!claimed || claimed.confirmedBy === 'operator') return [];
    const isOurs = ours.some(
      (entry) => entry.kind === kind && entry.providerReference === claimed.providerReference,
    );
    const { confirmedBy, providerReference = 'nothing' } = claimed;
    return isOurs
      ? []
      : [`${leg} at ${provider}: the ${kind} (${confirmedBy}) names ${providerReference}, which is not ours`];
  });
}
