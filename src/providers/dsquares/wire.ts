import { z } from 'zod';
import type { Baseline, MovementAnswer } from '../../domain/outcome';
import type { DsquaresLeg } from '../../domain/request';
import { codeOf, saysAlready, turnedAway, unexpectedBody, withoutBody, type HttpAnswer } from '../answers';
import type { HttpResult } from '../http-answer';
import { integerOnWire, wireDecimal, wireId, wireInteger } from '../json';
import type { ProviderCall } from '../provider';

type Call = ProviderCall<DsquaresLeg>;
type PointsLog = z.infer<typeof confirmed>['pointsLog'];
type Side = 'refund' | 'reversal';

const BAD_CREDENTIAL = [401, 403];
const BAD_ROUTE = [404, 405, 415];
const REFUSING = [400, 404, 409, 422];

const ASKED: Record<Side, string> = { refund: 'give the points back', reversal: 'take the points back' };

/** Which log entry is the one we asked for: 3 is a refund, 1 a redemption, which refers to nothing. */
const IS_OURS: Record<Side, (log: PointsLog, call: Call) => boolean> = {
  refund: (log, { leg, key }) =>
    log.logTypeId === 3 && log.refundedLogId === leg.transactionId && log.externalLogId === key,
  reversal: (log) => log.logTypeId === 1 && !log.refundedLogId,
};

const healthy = z.object({ errorCode: z.literal('0'), errorMessage: z.literal('Success') });

const confirmed = healthy.extend({
  wallet: z.object({ totalPoints: wireInteger }),
  pointsLog: z.object({
    id: wireId.refine((id) => /^[1-9]\d{0,18}$/.test(id)),
    logTypeId: wireInteger,
    amountValue: wireInteger,
    balanceAfter: wireInteger,
    refundedLogId: wireId.nullish(),
    externalLogId: z.string().nullish(),
  }),
});

const refused = z.object({ errorCode: z.string().min(1), errorMessage: z.string().nullish() });

/** A body that hints at a movement, whatever else it says: no refusal may be read out of it. */
const hintsAtMovement = z.union([
  z.object({ errorCode: z.union([z.literal('0'), wireInteger.refine((code) => code === 0)]) }),
  z.object({ errorMessage: healthy.shape.errorMessage }),
  z.object({ pointsLog: z.unknown().refine((log) => log !== null && log !== undefined) }),
]);

const walletData = healthy.extend({
  data: z.object({
    walletCode: z.string(),
    totalPoints: wireInteger,
    reedemPoints: wireInteger,
    totalTransactions: wireInteger,
    redeemFactor: wireDecimal.optional().catch(undefined),
  }),
});

/** What a wallet shows of itself; the factor is points per unit of money, as an exact decimal. */
export interface WalletReading {
  counters: Baseline;
  redeemFactor: string | undefined;
}

/** Body of a refund: the points are always in it, a money value never is (dsquares sheet: refund call). */
export function refundBody({ leg, key }: Call): Record<string, unknown> {
  return {
    WalletCode: leg.walletCode,
    ContactMsisdn: leg.contactMsisdn,
    BranchMsisdn: leg.branchMsisdn,
    Points: leg.points,
    ExternalLogId: key,
    TransactionId: integerOnWire(leg.transactionId),
    ...(leg.invoiceNumber !== undefined && { InvoiceNumber: leg.invoiceNumber }),
  };
}

/** Body of the redemption that takes points back, without a reference (dsquares sheet: counter-movement). */
export function redemptionBody({ leg, key }: Call, value: number): Record<string, unknown> {
  return {
    PointsValue: value,
    ContactMsisdn: leg.contactMsisdn,
    WalletCode: leg.walletCode,
    BranchMsisdn: leg.branchMsisdn,
    Comment: key,
  };
}

/** What the answer to a refund or a redemption means (dsquares sheet: success test, classification). */
export function movementAnswer(result: HttpResult, call: Call, side: Side): MovementAnswer {
  return withoutBody(result) ?? readMovement(result as HttpAnswer, call, side);
}

function readMovement(answer: HttpAnswer, call: Call, side: Side): MovementAnswer {
  const { status, body } = answer;
  const { data: success } = confirmed.safeParse(body);
  if (isOk(status) && success && isConfirmed(success, call, side)) {
    return { kind: 'done', providerReference: success.pointsLog.id };
  }
  if (hintsAtMovement.safeParse(body).success) return unexpectedBody(answer);
  if (BAD_CREDENTIAL.includes(status)) return badClientId(answer, `HTTP ${status}`);
  const { data: refusal } = refused.safeParse(body);
  if (refusal && (isOk(status) || REFUSING.includes(status))) return refusalAnswer(answer, refusal, side);
  return BAD_ROUTE.includes(status) ? badRoute(answer) : unexpectedBody(answer);
}

function isConfirmed({ wallet, pointsLog }: z.infer<typeof confirmed>, call: Call, side: Side): boolean {
  const rightPoints = pointsLog.amountValue === call.leg.points;
  return rightPoints && pointsLog.balanceAfter === wallet.totalPoints && IS_OURS[side](pointsLog, call);
}

function refusalAnswer(answer: HttpAnswer, refusal: z.infer<typeof refused>, side: Side): MovementAnswer {
  const { errorCode, errorMessage } = refusal;
  const code = `code ${codeOf(errorCode)}`;
  // Asked before the client id: what may have been done already must not be sent again.
  if (saysAlready(errorMessage)) {
    return {
      kind: 'alreadyDone',
      message: `Asked to ${ASKED[side]}, the provider says it was done before (${code}).`,
    };
  }
  if (/client[\s_-]?id/i.test(errorMessage ?? '')) return badClientId(answer, code);
  return { kind: 'declined', code: 'declined', message: `The provider refused to ${ASKED[side]} (${code}).` };
}

function badClientId(answer: HttpAnswer, reason: string): MovementAnswer {
  return turnedAway(answer, `The provider refused our client id (${reason}): check DSQUARES_CLIENT_ID.`);
}

function badRoute(answer: HttpAnswer): MovementAnswer {
  const mend = 'check DSQUARES_BASE_URL and DSQUARES_API_VERSION';
  return turnedAway(answer, `The provider knows no such call (HTTP ${answer.status}): ${mend}.`);
}

/** A reading of this very wallet, or undefined when the answer is no healthy one (dsquares sheet: look-up). */
export function readWallet(result: HttpResult, { leg }: Call): WalletReading | undefined {
  if (result.kind !== 'answer' || !isOk(result.status)) return undefined;
  const data = walletData.safeParse(result.body).data?.data;
  if (data?.walletCode !== leg.walletCode) return undefined;
  const { totalPoints, reedemPoints: redeemedPoints, totalTransactions, redeemFactor } = data;
  return { counters: { totalPoints, redeemedPoints, totalTransactions }, redeemFactor };
}

function isOk(status: number): boolean {
  return status >= 200 && status < 300;
}
