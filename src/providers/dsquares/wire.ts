import { z } from 'zod';
import type { DsquaresLeg } from '../../domain/request';
import { saysFailure } from '../answers';
import { integerOnWire, wireDecimal, wireId, wireInteger } from '../json';
import type { ProviderCall } from '../provider';

/** One movement of points, as this adapter is told about it. */
export type DsquaresCall = ProviderCall<DsquaresLeg>;

/** Which movement was asked for: the refund, or the redemption that reverses it. */
export type Side = 'refund' | 'reversal';

/** No text contradicts the code of a success; every sample says "Success" (dsquares sheet: success test). */
const notContradicting = z
  .string()
  .regex(/^success/i)
  .or(z.literal(''))
  .nullish();

/** What every successful answer begins with. */
const healthy = z.object({ errorCode: z.literal('0'), errorMessage: notContradicting });

const unread = <Schema extends z.ZodType>(schema: Schema) => schema.nullish().catch(undefined);

/** Everything that a confirmation must tell (dsquares sheet: success test). */
export const confirmed = healthy.extend({
  wallet: z.object({
    totalPoints: wireInteger,
    segment: unread(z.object({ redValueFactor: unread(wireDecimal) })),
  }),
  pointsLog: z.object({
    id: wireId.refine((id) => /^[1-9]\d{0,18}$/.test(id)),
    logTypeId: wireInteger,
    amountValue: wireInteger,
    amount: wireDecimal.optional().catch(undefined),
    balanceAfter: wireInteger,
    refundedLogId: wireId.nullish(),
    externalLogId: z.string().nullish(),
  }),
});

/** A whole confirmation. */
export type Confirmed = z.infer<typeof confirmed>;

/** A success that says of itself, or of its log, that it failed. Documented states are numbers and are not read. */
export const contradictsItself = z.union([
  z.looseObject({}).refine(saysFailure),
  z.object({ pointsLog: z.looseObject({}).refine(saysFailure) }),
]);

/** What a success names, however incomplete it is otherwise. */
export const naming = healthy.extend({
  wallet: unread(z.object({ walletCode: unread(z.string().min(1)) })),
  pointsLog: z.object({
    logTypeId: unread(wireDecimal),
    amountValue: unread(wireDecimal),
    refundedLogId: unread(wireId),
    externalLogId: unread(z.string().min(1)),
  }),
});

/** What a success names. */
export type Named = z.infer<typeof naming>;

/** A "no" of the vendor's own under one of these is about the request, never about the route. */
export const REFUSING = [400, 404, 409, 422];

/** A "no" in the vendor's own envelope. */
export const refusing = z.object({
  errorCode: z.string().min(1),
  errorMessage: z.string().nullable(),
  pointsLog: z.null().optional(),
  data: z.null().optional(),
});

/** A "no" in the vendor's own envelope. */
export type Refusal = z.infer<typeof refusing>;

/** The vendor's Error Object for a mistake in the request (dsquares sheet: classification). */
export const errorObject = z.object({
  message: z.string(),
  statusCode: wireInteger,
  statusName: z.string().min(1),
});

/** A body that hints at a movement, whatever else it says: no refusal may be read out of it. */
export const hintsAtMovement = z.union([
  z.object({ errorCode: z.union([z.literal('0'), wireInteger.refine((code) => code === 0)]) }),
  z.object({ errorMessage: z.string().regex(/^success/i) }),
  z.object({ pointsLog: z.unknown().refine((log) => log !== null && log !== undefined) }),
]);

/** What a wallet shows of itself (dsquares sheet: look-up). */
export const walletData = healthy.extend({
  data: z.object({
    walletCode: z.string(),
    totalPoints: wireInteger,
    reedemPoints: wireInteger,
    totalTransactions: wireInteger,
    redeemFactor: wireDecimal.optional().catch(undefined),
  }),
});

/** Body of a refund: the points are always in it, a money value never is (dsquares sheet: refund call). */
export function refundBody({ leg, key }: Pick<DsquaresCall, 'leg' | 'key'>): Record<string, unknown> {
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

/** Body of the redemption that reverses a refund, without a reference (dsquares sheet: counter-movement). */
export function redemptionBody({ leg, key }: DsquaresCall, value: number): Record<string, unknown> {
  return {
    PointsValue: value,
    ContactMsisdn: leg.contactMsisdn,
    WalletCode: leg.walletCode,
    BranchMsisdn: leg.branchMsisdn,
    Comment: key,
  };
}

/** Whether a status is one of success. */
export function isOk(status: number): boolean {
  return status >= 200 && status < 300;
}
