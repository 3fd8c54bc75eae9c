import { z } from 'zod';
import type { LookUpAnswer } from '../../domain/outcome';
import type { MircateLeg } from '../../domain/request';
import type { HttpResult } from '../http-answer';
import { wireInteger } from '../json';
import { mayBeOurs, type ProviderCall } from '../provider';
import { address, hasErrorText, reference } from './wire';

type Call = ProviderCall<MircateLeg>;

const PAGE_SIZE = 50;
const MOST_SHOWN = 5;
const SHOWABLE_ID = /^[A-Za-z0-9-]{1,64}$/;
const DATE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(Z|[+-]\d{2}:?\d{2})?$/;

const row = z.object({
  transactionId: reference,
  type: z.string().min(1),
  amount: wireInteger,
  description: z.string().nullish(),
  createdAt: z.string().catch(''),
});

const page = z
  .looseObject({ transactions: z.array(row), from: wireInteger, total: wireInteger, size: wireInteger })
  .refine((body) => !hasErrorText(body));

/** Types of transactions that the list can be asked for. */
export type RowType = 'REFUNDED' | 'SPENT';
/** One listed transaction; it names neither what was refunded nor our reference. */
export type Row = z.infer<typeof row>;
/** The pages read so far; complete when it has `total` rows. */
export interface Listing {
  rows: Row[];
  total?: number;
}

/** Body that asks for the transactions of one type from an offset on (mircate sheet: List Transactions). */
export function listBody({ leg }: Call, type: RowType, from: number): Record<string, unknown> {
  return { from, pageSize: PAGE_SIZE, filters: [{ type }], ...address(leg) };
}

/**
 * Adds the next page to what was read (mircate sheet: look-up).
 * @returns undefined when the answer is no healthy page, or does not fit the pages before it
 */
export function addPage({ rows, total }: Listing, result: HttpResult): Listing | undefined {
  if (result.kind !== 'answer' || result.status !== 200) return undefined;
  const { data: read } = page.safeParse(result.body);
  if (read?.from !== rows.length || read.size !== read.transactions.length) return undefined;
  const all = [...rows, ...read.transactions];
  const goesOn = read.size > 0 || all.length === read.total;
  const fits = (total ?? read.total) === read.total && all.length <= read.total;
  const once = new Set(all.map(({ transactionId }) => transactionId)).size === all.length;
  return goesOn && fits && once ? { rows: all, total: read.total } : undefined;
}

/** Listed refunds that may be ours: evidence for a person, never proof (mircate sheet: look-up, matching). */
export function refundEvidence(rows: readonly Row[], { leg, since }: Call): LookUpAnswer {
  const candidates = rows.filter(
    ({ type, amount, createdAt }) =>
      // The sign of a listed amount is not documented: absence must hold for either.
      type === 'REFUNDED' && Math.abs(amount) === leg.points && mayBeOurs(dateOf(createdAt), since),
  );
  if (candidates.length === 0) {
    const message = `The provider lists no refund of ${leg.points} points since this refund began.`;
    return { kind: 'absent', message };
  }
  const shown = candidates.slice(0, MOST_SHOWN).map(show).join(', ');
  const more = candidates.length > MOST_SHOWN ? ` and ${candidates.length - MOST_SHOWN} more` : '';
  const message = `Listed refunds of ${leg.points} points that may be this one: ${shown}${more}.`;
  return { kind: 'candidate', message };
}

/** The listed spend that carries our key: it proves the reversal (mircate sheet: counter-movement). */
export function reversalEvidence(rows: readonly Row[], { leg, key }: Call): LookUpAnswer {
  const [spend, ...others] = rows.filter(({ type, description }) => type === 'SPENT' && description === key);
  if (!spend) return { kind: 'absent', message: 'The provider lists no spend that carries our key.' };
  if (others.length === 0 && spend.amount === leg.points) {
    return { kind: 'found', providerReference: spend.transactionId };
  }
  const message = others.length
    ? `The provider lists ${others.length + 1} spends that carry our key.`
    : `The listed spend that carries our key is not of ${leg.points} points.`;
  return { kind: 'conflict', message };
}

function show({ transactionId, createdAt }: Row): string {
  const id = SHOWABLE_ID.test(transactionId) ? transactionId : '(id not shown)';
  return `${id} of ${DATE.test(createdAt) ? createdAt : '(date not shown)'}`;
}

/** A date without an offset could be hours off and make our own refund look too old: it counts as unreadable. */
function dateOf(createdAt: string): string {
  return DATE.exec(createdAt)?.[1] === undefined ? '' : createdAt;
}
