import type { Simulators } from '../../simulators';
import { effectiveOf, own } from '../../simulators';
import type { LegName } from '../../src/domain/plan';
import { lookUpKindOf } from '../../simulators/originals';
import { falseClaims } from '../checkers/claims';
import type { LegBooks } from '../checkers/claims';
import { legsOf, Sends } from './legs';
import type { BookedLeg } from './legs';
import type { Script } from './scripts';
import { attempt } from './context';
import type { Context } from './context';

/** The query that every workflow answers by itself; its answer holds the current details. */
const METADATA_QUERY = '__temporal_workflow_metadata';

type BooksOfLegs = Partial<Record<LegName, LegBooks>>;

/** Reads the details of a refund as people do, and writes down what the books say otherwise. */
export async function readDetails(context: Context, script: Script): Promise<void> {
  const { client, actions, simulators } = context;
  const before = booksOf(simulators, script);
  const handle = client.workflow.getHandle(script.workflowId);
  const answer = await attempt(context, () => handle.query<{ currentDetails?: string }>(METADATA_QUERY));
  if (answer?.currentDetails === undefined) return;
  const { currentDetails: details } = answer;
  actions.readings += 1;
  // The books may move while the details are on their way: what they agreed with before or after was true.
  const [first = [], ...others] = [...before, ...booksOf(simulators, script)].map((books) =>
    falseClaims(details, books),
  );
  const isFalse = (claim: string) =>
    others.every((claims) => claims.some((other) => saidIn(other) === saidIn(claim)));
  for (const what of first.filter(isFalse)) {
    const isKnown = actions.seen.some(
      (seen) => seen.refundId === script.refundId && saidIn(seen.what) === saidIn(what),
    );
    if (!isKnown) actions.seen.push({ invariant: 'detailsTrue', refundId: script.refundId, what, details });
  }
}

function saidIn(told: string): string {
  return told.replace(/, but the books say: .*$/, '');
}

/** What the books say now; twice where a refund by hand cannot be told from ours by anyone but the provider. */
function booksOf(simulators: Simulators, { request, refundId }: Script): BooksOfLegs[] {
  const legs = legsOf(request);
  const sends = new Sends(
    simulators
      .requests({ operation: 'refund' })
      .filter(({ path, body }) => mentions(`${path} ${body}`, legs, refundId)),
  );
  const read = (countsByHand: boolean) =>
    Object.fromEntries(
      legs.map((leg) => [leg.leg, booksOfLeg(simulators, sends, leg, countsByHand)]),
    ) as BooksOfLegs;
  return legs.some(canTakeOthers) ? [read(false), read(true)] : [read(false)];
}

function mentions(text: string, legs: readonly BookedLeg[], refundId: string): boolean {
  return text.includes(refundId) || legs.some(({ original }) => text.includes(original));
}

function booksOfLeg({ books }: Simulators, sends: Sends, leg: BookedLeg, countsByHand: boolean): LegBooks {
  const entries = books.of(leg.provider, leg.original);
  const sentByUs = sends.of(leg).length > 0;
  const effective = effectiveOf(entries);
  const ours = effectiveOf(own(entries));
  const isTaken = countsByHand && canTakeOthers(leg) && sentByUs && ours === 0;
  return { sentByUs, effective, ownEffective: isTaken ? effective : ours, wanted: leg.amount };
}

/** Where records carry no reference of ours, a refund by hand after our request looks as ours would. */
export function canTakeOthers({ provider }: BookedLeg): boolean {
  return lookUpKindOf(provider) === 'original';
}
