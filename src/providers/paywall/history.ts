import { z } from 'zod';
import { parseMinor } from '../../domain/money';
import type { Unanswered, Unreadable } from '../../domain/provider-answers';
import type { HttpAnswer } from '../answers';
import type { HttpResult } from '../http-answer';
import { isAmount, wireDecimal } from '../json';
import { shows, unproven, type JsonObject } from '../unproven';
import { setupProblem } from './refusals';
import { hasCurrency } from './sale';
import { isHealthy, pages, readEnvelope, row, type PaywallCall, type Row } from './wire';

/** The rows under one sale's reference: sale and refund share it, so they are told apart by type (sheet: traps). */
export interface SaleHistory {
  sales: Row[];
  refunds: Row[];
  cancels: Row[];
  others: Row[];
}

/** The sale's history; undefined when the answer proves nothing, or not all of it is shown (sheet: look-up 1). */
export function readHistory(result: HttpResult, { leg }: PaywallCall): SaleHistory | undefined {
  if (result.kind !== 'answer') return undefined;
  const body = readEnvelope(result);
  if (body === undefined || !isHealthy(result, body)) return undefined;
  const rows = z.array(row).safeParse(body.Value).data;
  const areOfSale = rows?.every(({ ExternalReference }) => ExternalReference === leg.externalReference);
  return rows && areOfSale && !isPartOfMore(result, rows.length) ? byType(rows) : undefined;
}

/** Why a look-up proves nothing, and whether it shows what may be a refund of the sale all the same. */
export function unprovenHistory(result: HttpResult, { leg }: PaywallCall): Unanswered | Unreadable {
  const mayBeRefund = ({ TransactionType, ExternalReference, MainTransactionId }: JsonObject) => {
    if (typeof ExternalReference === 'string' && ExternalReference !== leg.externalReference) return false;
    if (typeof TransactionType !== 'string') {
      return ExternalReference !== undefined || (MainTransactionId ?? null) !== null;
    }
    return !/^(?:purchase|deposit)$/i.test(TransactionType);
  };
  return unproven(
    result,
    { showsOurs: shows(result, mayBeRefund) },
    (answer) => setupProblem(answer) ?? partProblem(answer),
  );
}

/** Whether a sale has the amount and the currency of this refund. */
export function isForOurMoney(sale: Row, { leg, currency, exponent }: PaywallCall): boolean {
  return isAmount(sale.Amount, leg.amountMinor, exponent) && hasCurrency(sale, currency);
}

function byType(rows: Row[]): SaleHistory {
  const history: SaleHistory = { sales: [], refunds: [], cancels: [], others: [] };
  const groups = new Map([
    ['Purchase', history.sales],
    ['Refund', history.refunds],
    ['Cancel', history.cancels],
  ]);
  for (const one of withoutRepeats(rows)) (groups.get(one.TransactionType) ?? history.others).push(one);
  return history;
}

/** A row that is listed twice is one row; two rows that differ in anything we read are two. */
function withoutRepeats(rows: Row[]): Row[] {
  return [...new Map(rows.map((one) => [JSON.stringify(one), one])).values()];
}

function partProblem(answer: HttpAnswer): string | undefined {
  const rows = readEnvelope(answer)?.Value;
  return Array.isArray(rows) && isPartOfMore(answer, rows.length)
    ? 'Paywall shows only a part of the transactions under this reference, which proves nothing.'
    : undefined;
}

/** This look-up documents no pages. If it ever has some, what cannot be read of them counts as more. */
function isPartOfMore({ body }: HttpAnswer, shown: number): boolean {
  const told = pages.safeParse(body).data;
  const isMoreThan = (value: unknown, most: number) => {
    if ((value ?? null) === null) return false;
    const number = parseMinor(wireDecimal.safeParse(value).data ?? '', 0);
    return number === undefined || number > most;
  };
  const isTold = (flag: unknown) => (flag ?? false) !== false;
  return (
    told !== undefined &&
    (isTold(told.HasNextPage) ||
      isTold(told.HasPreviousPage) ||
      isMoreThan(told.PageNumber, 1) ||
      isMoreThan(told.TotalPages, 1) ||
      isMoreThan(told.TotalCount, shown))
  );
}
