import type { BookEntry, LoggedRequest } from '../../simulators';
import { amountOf, formatMinor } from '../../src/domain/money';
import { LEG_NAMES, pivotOf } from '../../src/domain/plan';
import type { LegName } from '../../src/domain/plan';
import type { RefundRequest, RequestLeg } from '../../src/domain/request';
import { isFinal } from '../../src/domain/state';
import type { RefundState } from '../../src/domain/state';
import type { Deeds } from './people';
import { RETRY_AFTER_SECONDS } from './scenario';

/** Everything the checker goes by: the providers' own books, their request log, and what people did. */
export interface Evidence {
  request: RefundRequest;
  /** How the run closed; undefined when it never did. */
  result: RefundState | undefined;
  entries: (leg: LegName) => readonly BookEntry[];
  requests: readonly LoggedRequest[];
  deeds: Deeds;
  approvalRequired: boolean;
  closedAt: number;
}

/** The sentences of the design that this run broke, judged by the books and never by our own state. */
export function violations(evidence: Evidence): string[] {
  const { request, result } = evidence;
  const legs = LEG_NAMES.filter((leg) => request[leg]);
  return [
    ...legs.flatMap((leg) => onceOrNotAtAll(leg, evidence)),
    ...nothingBeforeApproval(evidence),
    ...retryAfterHonoured(evidence),
    ...exactOnTheWire(evidence),
    ...forwardPastThePivot(evidence),
    ...(result ? legs.flatMap((leg) => statusAgrees(leg, result, evidence)) : ['it never ended']),
  ];
}

function onceOrNotAtAll(leg: LegName, { request, entries, closedAt }: Evidence): string[] {
  const wanted = numberOf(request, leg);
  const broken: string[] = [];
  let effective = 0;
  for (const { kind, points, amountMinor, at } of entries(leg)) {
    const moved = points ?? amountMinor ?? 0;
    if (kind === 'refund') effective += moved;
    if (kind === 'reversal') effective -= moved;
    if (effective > wanted) broken.push(`${leg}: ${effective} effective, ${wanted} wanted`);
    if (effective < 0) broken.push(`${leg}: something was reversed that did not happen`);
    if (kind !== 'other' && at > closedAt) broken.push(`${leg}: moved after the run had closed`);
  }
  return broken;
}

function statusAgrees(leg: LegName, result: RefundState, { request, entries, deeds }: Evidence): string[] {
  const state = result.legs[leg];
  const effective = entries(leg).reduce((sum, { kind, points, amountMinor }) => {
    const moved = points ?? amountMinor ?? 0;
    return kind === 'refund' ? sum + moved : kind === 'reversal' ? sum - moved : sum;
  }, 0);
  if (!isFinal(result.status)) return [`closed as ${result.status}`];
  if (state && ['refunding', 'lookingUp', 'parked', 'reversing'].includes(state.status)) {
    return [`${leg}: closed while ${state.status}`];
  }
  if (deeds.settledByHand.has(leg)) return [];
  const expected = result.status === 'refunded' ? numberOf(request, leg) : 0;
  return effective === expected ? [] : [`${leg}: ${result.status}, but the books say ${effective}`];
}

function nothingBeforeApproval({ requests, deeds, approvalRequired, result }: Evidence): string[] {
  const sent = requests.filter(({ operation }) => operation === 'refund' || operation === 'reverse');
  if (result && ['rejected', 'expired'].includes(result.status) && sent.length > 0) {
    return [`sent although ${result.status}`];
  }
  const early = sent.some(({ at }) => at < (deeds.approvedAt ?? Infinity));
  return approvalRequired && early ? ['sent before a valid approval'] : [];
}

/** What cannot be taken back is no reason to turn back: only an operator may say so. */
function forwardPastThePivot({ request, result, entries, deeds }: Evidence): string[] {
  const pivot = pivotOf(LEG_NAMES.filter((leg) => request[leg]).map((leg) => ({ leg })));
  const turnedBack = result?.status === 'compensated' || result?.status === 'cancelled';
  const refunded = pivot !== undefined && entries(pivot).some(({ kind }) => kind === 'refund');
  return turnedBack && refunded && !deeds.turnedBack ? ['turned back past the pivot'] : [];
}

/** Each refund names its original and its amount to the last digit, where the provider has fields for them. */
function exactOnTheWire({ request, requests }: Evidence): string[] {
  const wanted = LEG_NAMES.flatMap((leg) => onTheWire(request[leg]));
  return requests.flatMap(({ provider, operation, path, body }) => {
    if (operation !== 'refund') return [];
    const missing = wanted.filter(([name, text]) => name === provider && !`${path} ${body}`.includes(text));
    return missing.map(([name, text]) => `${name}: a refund was sent without ${text}`);
  });
}

function onTheWire(leg: RequestLeg | undefined): [provider: string, text: string][] {
  switch (leg?.provider) {
    case undefined:
      return [];
    case 'dsquares':
      return [
        [leg.provider, `"TransactionId":${leg.transactionId}`],
        [leg.provider, `"Points":${leg.points}`],
      ];
    case 'mircate':
      return [
        [leg.provider, `"transactionId":"${leg.transactionId}"`],
        [leg.provider, `"amount":${leg.points}`],
      ];
    case 'paywall':
      return [[leg.provider, `"ExternalReference":"${leg.externalReference}"`]];
    case 'sipay':
      return [
        [leg.provider, `"tx_correlation_id":"${leg.transactionId}"`],
        [leg.provider, `"refund_amount":${formatMinor(leg.amountMinor, 2)}`],
      ];
    case 'wyre':
      return [[leg.provider, `/v3/orders/${leg.orderId}/refund/partner`]];
  }
}

/** Never an attempt sooner than a provider allowed after it turned one away. */
function retryAfterHonoured({ requests }: Evidence): string[] {
  return requests.flatMap((turnedAway, index) => {
    if (turnedAway.fault !== 'tooMany' || turnedAway.operation !== 'refund') return [];
    const next = requests
      .slice(index + 1)
      .find(({ operation, provider }) => operation === 'refund' && provider === turnedAway.provider);
    return next && next.at < turnedAway.at + RETRY_AFTER_SECONDS * 1_000
      ? ['sent sooner than Retry-After']
      : [];
  });
}

function numberOf(request: RefundRequest, leg: LegName): number {
  const requested = request[leg];
  if (!requested) return 0;
  const amount = amountOf(requested);
  return 'points' in amount ? amount.points : amount.amountMinor;
}
