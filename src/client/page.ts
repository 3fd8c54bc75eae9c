import { createHash } from 'node:crypto';
import { exponentOf } from '../domain/currency';
import { amountOf } from '../domain/money';
import type { Amount } from '../domain/money';
import { LEG_NAMES } from '../domain/plan';
import type { LegName } from '../domain/plan';
import { isRequestLeg } from '../domain/request';
import { RefundError, UnknownPlaceError } from './errors';
import { listQuery, rowOf } from './overview';
import type { RefundFilter, RefundRow } from './overview';
import { PayloadUnreadableError, TemporalServerError } from './server-errors';
import { readInput } from './started-with';
import { call, GRPC } from './temporal-calls';
import type { Access } from './temporal-calls';
import { together } from './together';

/** What a refund was started with, in money and points; null where that cannot be read, or is no refund. */
export type RequestedAmounts = {
  currency: string;
  /** Decimals of the currency. */
  exponent: number;
  legs: { leg: LegName; amount: Amount }[];
} | null;

/** A row with what its refund is about. */
export type AmountRow = RefundRow & { amounts: RequestedAmounts };

/** Which refunds are wanted, and which page of them. */
export type ListPageOptions = RefundFilter & {
  /** The `next` of the page before, with the same filter; empty: from the beginning. */
  after?: string;
};

/** Refunds as `list` orders them, a page of them. */
export interface ListPage {
  rows: AmountRow[];
  /** Where the next page begins; null after the last. */
  next: string | null;
}

const MOST_ROWS = 1_000;

/** How many refunds are read at a time. */
const AT_ONCE = 10;

/**
 * One page of refunds with what each was started with, read from its history: also where another client started it.
 * A run that was reset leaves its old self behind, which is left out where both are on one page.
 * @throws UnknownPlaceError
 */
export async function listPage(
  access: Access,
  { limit = 50, after = '', ...filter }: ListPageOptions = {},
): Promise<ListPage> {
  const query = listQuery(filter);
  if (query === undefined) return { rows: [], next: null };
  const most = Math.min(Math.max(Math.trunc(limit), 1), MOST_ROWS);
  const { executions, nextPageToken } = await pageOf(access, query, most, after);
  const rows = executions
    .map(rowOf)
    .filter(({ workflowId }, index, all) => all.findIndex((row) => row.workflowId === workflowId) === index);
  const withAmounts: AmountRow[] = [];
  for (let from = 0; from < rows.length; from += AT_ONCE) {
    const read = async (row: RefundRow) => ({ ...row, amounts: await amountsOf(access, row) });
    withAmounts.push(...(await together(rows.slice(from, from + AT_ONCE).map(read))));
  }
  const next = nextPageToken.length > 0 ? placeOf(nextPageToken, query) : null;
  return { rows: withAmounts, next };
}

/** The place of a page is the server's own: its order is not that of the starts alone. */
async function pageOf(access: Access, query: string, pageSize: number, after: string) {
  const { workflow } = access.client;
  const { namespace } = workflow.options;
  const place = after === '' ? {} : { nextPageToken: tokenIn(after, query) };
  return call(access, () =>
    workflow.workflowService.listWorkflowExecutions({ namespace, query, pageSize, ...place }),
  );
}

/** Servers take long to say what they think of a token that is not theirs, so each carries a check of its own. */
function placeOf(token: Uint8Array, query: string): string {
  return Buffer.concat([checkOf(token, query), token]).toString('base64url');
}

function tokenIn(place: string, query: string): Uint8Array {
  const bytes = Buffer.from(place, 'base64url');
  const token = bytes.subarray(CHECK_BYTES);
  if (!checkOf(token, query).equals(bytes.subarray(0, CHECK_BYTES))) throw new UnknownPlaceError();
  return token;
}

const CHECK_BYTES = 6;

function checkOf(token: Uint8Array, query: string): Buffer {
  return createHash('sha256').update(query).update(token).digest().subarray(0, CHECK_BYTES);
}

async function amountsOf(access: Access, row: RefundRow): Promise<RequestedAmounts> {
  try {
    return amountsIn(await readInput(access, row));
  } catch (error) {
    // One that cannot be read, or is gone meanwhile, hides no other.
    const hidesOthers = error instanceof TemporalServerError && error.grpcCode !== GRPC.notFound;
    if (error instanceof PayloadUnreadableError || (error instanceof RefundError && !hidesOthers))
      return null;
    throw error;
  }
}

/** Anybody may have started a run with anything: what is no valid leg is not shown. */
function amountsIn(input: unknown): RequestedAmounts {
  const fields = (typeof input === 'object' && input !== null ? input : {}) as Record<string, unknown>;
  const currency = typeof fields.currency === 'string' ? fields.currency : '';
  const exponent = exponentOf(currency);
  if (exponent === undefined) return null;
  const legs = LEG_NAMES.flatMap((leg) => {
    const requested = fields[leg];
    return isRequestLeg(leg, requested) ? [{ leg, amount: amountOf(requested) }] : [];
  });
  return legs.length === 0 ? null : { currency, exponent, legs };
}
