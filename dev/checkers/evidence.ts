import type { BookEntry, ProviderName } from '../../simulators';
import { own } from '../../simulators';
import { originalOf, walletOf, wantedOf } from '../../simulators/originals';
import type { Books } from '../../simulators';
import type { LegName } from '../../src/domain/plan';
import type { RequestLeg } from '../../src/domain/request';

/** What the providers' books say of one leg; whoever runs refunds fills it, and judges by it alone. */
export interface LegEvidence {
  leg: LegName;
  provider: ProviderName;
  /** What the refund asks for, in points or minor units. */
  wanted: number;
  /** What moved for its original, whoever moved it, the oldest first. */
  entries: readonly BookEntry[];
  /** What of that the saga moved. */
  ours: readonly BookEntry[];
  /** Reversals that belong to no refund. */
  strays: readonly BookEntry[];
}

/** Reads the books of a leg. */
export function evidenceOf(books: Books, leg: LegName, requested: RequestLeg): LegEvidence {
  const { provider } = requested;
  const entries = books.of(provider, originalOf(requested));
  const wallet = walletOf(requested);
  const strays = wallet === undefined ? [] : books.of(provider, wallet);
  return {
    leg,
    provider,
    wanted: wantedOf(requested),
    entries,
    ours: own(entries),
    strays: strays.filter(({ kind }) => kind === 'reversal'),
  };
}
