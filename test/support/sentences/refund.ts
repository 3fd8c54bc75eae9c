import type { Briefing, LegBriefing } from '../../../src/domain/briefing';
import type { LegName, ProviderName } from '../../../src/domain/plan';
import type { LegState, RefundState } from '../../../src/domain/state';
import { legAt } from '../requests';

/** The moment at which everything in the sentences happens. */
export const AT = '2026-11-21T03:00:00.000Z';

const AMOUNTS: Record<LegName, string> = { loyalty: '500 points', sale: '100.00 TRY', cash: '25.50 TRY' };

/** What is written in place of a name, so that what is the same for all providers is read once. */
export const PROVIDER = 'PROVIDER';

/** A sentence without the names that differ. */
export function withoutNames(text: string, provider: ProviderName): string {
  return text
    .replaceAll(provider, PROVIDER)
    .replaceAll(provider.charAt(0).toUpperCase() + provider.slice(1), PROVIDER)
    .replace(/\b(?:loyalty|sale|cash)\b/g, 'LEG');
}

/** A receipt of what a provider's answer confirmed. */
export const RECEIPT = { providerReference: '46175', at: AT, confirmedBy: 'answer' } as const;

/** A refund of which one leg stands like this; whatever comes before it is refunded. */
export function aState(
  provider: ProviderName,
  leg: Partial<LegState>,
  overrides: Partial<RefundState> = {},
): RefundState {
  return {
    ...{ refundId: 'rf-1', orderId: 'order-1', status: 'refunding', waitingOn: null, people: [] },
    legs: { [legAt(provider)]: { provider, status: 'pending', ...leg } },
    ...overrides,
  };
}

/** What a person is told besides. */
export function aBriefing(
  provider: ProviderName,
  leg: Partial<LegBriefing> = {},
  overrides: Partial<Briefing> = {},
): Briefing {
  const name = legAt(provider);
  const facts = { amount: AMOUNTS[name], lookFor: '', choices: [], sends: 1, mayHaveMovedMore: false };
  return {
    ...{ requestedBy: 'order-service', reason: 'goods returned', cancelRequested: false, wasReset: false },
    legs: { [name]: { ...facts, ...leg } },
    ignored: [],
    ...overrides,
  };
}

/** Texts, each once, in the order in which they came. */
export function each(texts: readonly string[]): string[] {
  return [...new Set(texts.filter((text) => text !== ''))];
}
