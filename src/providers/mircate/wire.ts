import { z } from 'zod';
import type { MovementAnswer } from '../../domain/outcome';
import type { MircateLeg } from '../../domain/request';
import { isPrintable } from '../../domain/text';
import { saysAlready, turnedAway, unexpectedBody, withoutBody, type HttpAnswer } from '../answers';
import type { HttpResult } from '../http-answer';
import { wireId, wireInteger } from '../json';
import type { ProviderCall } from '../provider';

type Call = ProviderCall<MircateLeg>;
type Transaction = z.infer<typeof movement>['transaction'];
type Side = 'refund' | 'reversal';

const BAD_CREDENTIAL = [401, 403];
const BAD_ROUTE = [405, 415];
const REFUSING = [400, 404];
const REFUSING_IN_WORDS = [409, 422];

const ASKED: Record<Side, string> = { refund: 'give the points back', reversal: 'take the points back' };

const IS_OURS: Record<Side, (transaction: Transaction, call: Call) => boolean> = {
  refund: ({ type = 'REFUNDED', refundedTransactionId }, { leg }) =>
    type === 'REFUNDED' && refundedTransactionId === leg.transactionId,
  reversal: ({ type = 'SPENT', description }, { key }) => type === 'SPENT' && (description || key) === key,
};

/** A transaction's id that can be shown. */
export const reference = wireId.refine((id) => isPrintable(id, 128));

const movement = z
  .looseObject({
    transaction: z.looseObject({
      transactionId: reference,
      type: z.string().optional(),
      amount: wireInteger,
      refundedTransactionId: wireId.optional(),
      description: z.string().nullish(),
    }),
  })
  .refine((body) => !hasErrorText(body) && !hasErrorText(body.transaction));

const hintsAtMovement = z.object({
  transaction: z.unknown().refine((value) => value !== null && value !== undefined),
});

/** Body of a refund; without an amount it would give back everything (mircate sheet: refund call). */
export function refundBody({ leg }: Call): Record<string, unknown> {
  return { amount: leg.points, transactionId: leg.transactionId, ...address(leg) };
}

/** Body of the spend that takes points back; its description can be found again (mircate sheet: Spend). */
export function spendBody({ leg, key }: Call, channel: string): Record<string, unknown> {
  return { amount: leg.points, description: key, channel, referenceId: key, ...address(leg) };
}

/** The one address form that this leg gives (mircate sheet: which pair wins is not stated). */
export function address({ accountNumber, walletId, walletCurrency }: MircateLeg): Record<string, unknown> {
  return accountNumber === undefined ? { walletId, currency: walletCurrency } : { accountNumber };
}

/** What the answer to a refund or a spend means (mircate sheet: success test, classification). */
export function movementAnswer(result: HttpResult, call: Call, side: Side): MovementAnswer {
  return withoutBody(result) ?? readMovement(result as HttpAnswer, call, side);
}

function readMovement(answer: HttpAnswer, call: Call, side: Side): MovementAnswer {
  const { status, body } = answer;
  const transaction = movement.safeParse(body).data?.transaction;
  if (status === 200 && transaction && isConfirmed(transaction, call, side)) {
    return { kind: 'done', providerReference: transaction.transactionId };
  }
  if (hintsAtMovement.safeParse(body).success) return unexpectedBody(answer);
  if (BAD_CREDENTIAL.includes(status)) {
    return turnedAway(answer, `The provider refused our key (HTTP ${status}): check MIRCATE_API_KEY.`);
  }
  if (BAD_ROUTE.includes(status)) {
    return turnedAway(answer, `The provider knows no such call (HTTP ${status}): check MIRCATE_BASE_URL.`);
  }
  const refuses = REFUSING.includes(status) || (REFUSING_IN_WORDS.includes(status) && isRecord(body));
  return refuses ? refusalAnswer(answer, side) : unexpectedBody(answer);
}

function isConfirmed(transaction: Transaction, call: Call, side: Side): boolean {
  const { leg } = call;
  const isNew = transaction.transactionId !== leg.transactionId;
  return isNew && transaction.amount === leg.points && IS_OURS[side](transaction, call);
}

function refusalAnswer({ status, body }: HttpAnswer, side: Side): MovementAnswer {
  if (isRecord(body) && Object.values(body).some((text) => saysAlready(text))) {
    return {
      kind: 'alreadyDone',
      message: `Asked to ${ASKED[side]}, the provider says it was done before (HTTP ${status}).`,
    };
  }
  const hint =
    status === 404 ? '; should no call ever work, check MIRCATE_PROJECT_ID and MIRCATE_ACCOUNT_ID' : '';
  const message = `The provider refused to ${ASKED[side]} (HTTP ${status}${hint}).`;
  return { kind: 'declined', code: 'declined', message };
}

/** Whether anything beside a success looks like an error; no field for errors is named (mircate sheet: success test). */
export function hasErrorText(record: Record<string, unknown>): boolean {
  const isBlank = (value: unknown) =>
    value === null || value === '' || (Array.isArray(value) && value.length === 0);
  return Object.entries(record).some(
    ([name, value]) => /error|message|reason|fail/i.test(name) && !isBlank(value),
  );
}

function isRecord(body: unknown): body is object {
  return typeof body === 'object' && body !== null;
}
