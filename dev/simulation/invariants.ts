import { effectiveOf, own, peakOf } from '../../simulators';
import type { LoggedRequest } from '../../simulators';
import { isWholeOnly } from '../../simulators/originals';
import { FAILURES } from '../../src/domain/contract';
import { pivotOf } from '../../src/domain/plan';
import type { LegName } from '../../src/domain/plan';
import type { RequestLeg } from '../../src/domain/request';
import type { RefundState } from '../../src/domain/state';
import { evidenceOf } from '../checkers/evidence';
import {
  neverOverpaid,
  noFalseReversal,
  nothingAfterTheEnd,
  nothingUnknown,
  onceOrNotAtAll,
  statusAgrees,
} from '../checkers/money';
import { receiptsAreOurs } from '../checkers/receipts';
import {
  movements,
  nothingBeforeApproval,
  nothingSent,
  retryAfterHonoured,
  sendsNothing,
} from '../checkers/sending';
import type { Course } from './happenings';
import { paidOf } from './originals';
import type { Actions } from './people';
import type { Scenario } from './scenario';
import type { SimulatedRun } from './simulated-run';
import { exactOnTheWire } from './wire';
import { legsIn } from './world';
import type { World } from './world';

/** Everything the checker goes by: the providers' own books, their request log, and what people did. */
export interface Evidence extends Course {
  scenario: Scenario;
  world: World;
  /** How the last run closed; undefined when it never did. */
  closed: SimulatedRun['closed'];
  requests: readonly LoggedRequest[];
  actions: Actions;
  closedAt: number;
}

/** Legs that are counted apart: nothing could tell whose refund was found, or a gateway doubled a request. */
export interface Apart {
  undecidable: ReadonlySet<LegName>;
  doubled: ReadonlySet<LegName>;
}

function nothingWhileStopped({ world }: Evidence): string[] {
  return world.sentWhileStopped > 0 ? ['money was sent to a provider that somebody had stopped'] : [];
}

/** The sentences of the design that this refund broke, judged by the books and never by our own state. */
export function violations(evidence: Evidence, { undecidable, doubled }: Apart): string[] {
  const { scenario, closed } = evidence;
  const { request } = scenario;
  const legs = legsIn(request);
  const result = closed && 'result' in closed ? closed.result : undefined;
  const once = legs.filter((leg) => !doubled.has(leg));
  const decidable = once.filter((leg) => !undecidable.has(leg));
  const of = (names: LegName[], check: (name: LegName, requested: RequestLeg) => string[]) =>
    names.flatMap((name) => {
      const requested = request[name];
      return requested ? check(name, requested) : [];
    });
  return [
    ...of(once, (name, requested) => checkMoney(evidence, name, requested)),
    ...[...doubled].flatMap((leg) => doublesAreSeen(leg, evidence, result)),
    ...approvedFirst(evidence, result),
    ...waitsAsAsked(evidence),
    ...exactOnTheWire(request, evidence.requests),
    ...forwardPastThePivot(evidence, result),
    ...wordsOfPeopleCount(evidence, result),
    ...onceAgainAtMost(evidence),
    ...nothingWhileStopped(evidence),
    ...(decidable.includes('sale') ? cashbackIsTold(evidence, result) : []),
    ...(result
      ? of(decidable, (name, requested) => checkResult(evidence, result, name, requested))
      : endedInvalid(evidence, legs)),
  ];
}

function checkMoney(evidence: Evidence, name: LegName, requested: RequestLeg): string[] {
  const { world, actions, closedAt, scenario } = evidence;
  const leg = evidenceOf(world.subjects.books, name, requested);
  // What others refund at a provider without a cap is not ours to keep from happening; what we add to it is.
  const isCapped = scenario.capped || isWholeOnly(leg.provider);
  const byHand = isCapped ? 0 : peakOf(leg.entries.filter((entry) => entry.byHand));
  // What a person called refunded, because somebody refunded it by hand, is reversed like ours.
  const reversible = actions.settledByHand.has(name) ? leg.entries : leg.ours;
  return [
    ...onceOrNotAtAll(leg),
    ...noFalseReversal(leg, reversible),
    ...nothingAfterTheEnd(leg, closedAt),
    ...neverOverpaid(leg, paidOf(scenario.request, name) + byHand),
  ];
}

function checkResult(
  evidence: Evidence,
  result: RefundState,
  name: LegName,
  requested: RequestLeg,
): string[] {
  const leg = evidenceOf(evidence.world.subjects.books, name, requested);
  const state = result.legs[name];
  const unknown = nothingUnknown(leg, { status: result.status, legStatus: state?.status });
  const isByHand = evidence.actions.settledByHand.has(name);
  const known = isByHand || unknown.length > 0 ? [] : statusAgrees(leg, result.status, effectiveOf(leg.ours));
  return [...receiptsAreOurs(leg, state), ...unknown, ...known];
}

/** Points that rose by twice what was asked for are a person's business, where the wallet was seen before and nobody else used it. */
function doublesAreSeen(leg: LegName, evidence: Evidence, result: RefundState | undefined): string[] {
  const { scenario, world, resetAt, wasCutOff } = evidence;
  const wasUsed = scenario.people.customer.length > 0 || world.entries(leg).some(({ byHand }) => byHand);
  const { listedAfterMs, lagsForLong } = scenario.trouble;
  const isSeenLate = listedAfterMs > 0 || lagsForLong;
  if (resetAt !== undefined || wasCutOff || wasUsed || isSeenLate) return [];
  return result?.legs[leg]?.receipt?.confirmedBy === 'answer'
    ? [`${leg}: executed twice, and nobody was told`]
    : [];
}

/** A run that ends otherwise than with a result: only as invalid, and with nothing of ours left moved. */
function endedInvalid({ closed, world, actions, scenario, requests }: Evidence, legs: LegName[]): string[] {
  if (!closed || !('failure' in closed)) return ['it never ended'];
  const { type, failure } = closed;
  if (type !== FAILURES.invalidRequest) return [`failed as ${type}: ${failure}`];
  const mayFail = scenario.replanned?.without !== undefined || scenario.secondStart?.earlierRuns === 'other';
  const saysNotSent =
    failure.includes('nothing was sent') && !failure.includes('nothing was sent by this run');
  const sent = requests.some(({ operation }) => operation === 'refund');
  const moved = legs.filter((leg) => world.ownEffective(leg) > 0 && !actions.settledByHand.has(leg));
  return [
    ...(mayFail ? [] : ['a good request failed as invalid']),
    ...(saysNotSent && sent ? ['it failed with "nothing was sent", and something was'] : []),
    // What a run of another refund moved under this id stays that run's.
    ...(scenario.secondStart?.earlierRuns === 'other'
      ? []
      : moved.map((leg) => `${leg}: invalid, but it is refunded`)),
  ];
}

function approvedFirst(evidence: Evidence, result: RefundState | undefined): string[] {
  const { requests, actions, scenario, resetAt, wasCutOff, asksSince } = evidence;
  const sent = movements(requests);
  const hadEarlier = resetAt !== undefined || wasCutOff;
  const never = !hadEarlier && result && sendsNothing(result.status) ? nothingSent(result.status, sent) : [];
  if (never.length > 0) return never;
  // Where an earlier run went on, an operator's word on a parked leg has it sent.
  const isEarly = ({ at, provider }: LoggedRequest) =>
    at < (actions.approvedAt ?? Infinity) && !(hadEarlier && at > (actions.wordAt.get(provider) ?? Infinity));
  const early = scenario.environment.APPROVAL_LIMITS ? [] : nothingBeforeApproval(sent, isEarly);
  if (early.length > 0) return early;
  // A cancel ends the asking; past the pivot, which the earlier run had passed, the saga then only goes forward.
  const wentForward = scenario.cancels.length > 0 && hasPassedPivot(evidence);
  if (asksSince === undefined || wentForward) return [];
  // What left before the reset may still arrive.
  const afterwards = sent.filter(
    ({ at, operation }) => operation === 'refund' && at > asksSince + STILL_ARRIVES_MS,
  );
  return nothingBeforeApproval(afterwards, isEarly).map((what) => `${what}, once it was planned anew`);
}

const STILL_ARRIVES_MS = 660_000;

/** What cannot be taken back is no reason to turn back: only an operator may say so. */
function forwardPastThePivot(evidence: Evidence, result: RefundState | undefined): string[] {
  const turnedBack = result?.status === 'compensated' || result?.status === 'cancelled';
  return turnedBack && hasPassedPivot(evidence) && !evidence.actions.turnedBack
    ? ['turned back past the pivot']
    : [];
}

function hasPassedPivot({ scenario, world }: Evidence): boolean {
  const pivot = pivotOf(legsIn(scenario.request).map((leg) => ({ leg })));
  return pivot !== undefined && own(world.entries(pivot)).some(({ kind }) => kind === 'refund');
}

/** Without a person's word a movement that may have been applied is sent once more, and not over and over. */
function onceAgainAtMost({ requests, actions, resetAt, wasCutOff }: Evidence): string[] {
  if (resetAt !== undefined || wasCutOff) return [];
  const sent = requests.filter(
    ({ operation, provider }) => operation === 'refund' && !actions.wordAt.has(provider),
  );
  const doubtful = sent.filter(({ fault }) => fault !== undefined && LEAVES_A_DOUBT.includes(fault));
  const providers = [...new Set(doubtful.map(({ provider }) => provider))];
  return providers
    .filter((name) => doubtful.filter(({ provider }) => provider === name).length > 2)
    .map((name) => `${name}: sent more than twice without a word of a person`);
}

const LEAVES_A_DOUBT: readonly string[] = [
  ...['dropBefore', 'dropAfter', 'errorBefore', 'errorAfter', 'malformed', 'empty', 'redirect', 'huge'],
  ...['contradictory', 'filteredBefore', 'filteredAfter', 'unlistedBefore', 'unlistedAfter', 'pending'],
];

/**
 * A cashback that did not go the way that was asked for is told to whoever reconciles; that one stayed is known only where
 * preflight saw one (design 5, rule 4), and a run that begins after another one skips preflight.
 */
function cashbackIsTold(
  { scenario, world, resetAt, wasCutOff }: Evidence,
  result: RefundState | undefined,
): string[] {
  const { request, cashbackMinor } = scenario;
  const { receipt } = result?.legs.sale ?? {};
  if (!request.sale || !receipt || receipt.confirmedBy === 'operator') return [];
  const rolledBack = own(world.entries('sale')).some(({ kind }) => kind === 'other');
  const { rollbackCashback } = request.sale;
  if (rolledBack && !rollbackCashback)
    return ['sale: a cashback was rolled back unasked, and nobody was told'];
  const wasSeen = cashbackMinor > 0 && resetAt === undefined && !wasCutOff;
  const isSilent = receipt.note === undefined && rollbackCashback && wasSeen && !rolledBack;
  return isSilent ? ['sale: a cashback was kept, and nobody was told'] : [];
}

/** A rejection that was answered as one that counts is followed. */
function wordsOfPeopleCount(
  { actions, resetAt, wasCutOff }: Evidence,
  result: RefundState | undefined,
): string[] {
  const isUndone = resetAt !== undefined || wasCutOff || actions.approvedAt !== undefined;
  return actions.rejected && !isUndone && result?.status === 'refunded'
    ? ['refunded although a rejection was accepted']
    : [];
}

/** Never an attempt sooner than a provider allowed after it turned one away. */
function waitsAsAsked({ requests, scenario, wasCutOff, resetAt }: Evidence): string[] {
  // A run that begins anew knows nothing of it, and a request on its way may come later than the next.
  return wasCutOff || resetAt !== undefined || scenario.late > 0 ? [] : retryAfterHonoured(requests);
}
