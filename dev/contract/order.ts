import { z } from 'zod';
import type { OrderState } from '../../src/domain/order/ledger';
import type { ReleaseHoldMessage } from '../../src/domain/order/messages';
import { LEG_NAMES } from '../../src/domain/plan';
import { refundRequest } from '../../src/domain/request';
import { resolveLeg } from './messages';
import { same } from './same';
import { time } from './state';

const { refundId, orderId, currency, requestedBy } = refundRequest.shape;
const size = z.int().min(1);

const share = z.object({
  leg: z.enum(LEG_NAMES),
  original: z.string().meta({ description: 'an entry of originals, by its name' }),
  amount: z.union([z.object({ points: size }), z.object({ amountMinor: size })]),
  status: z.enum(['held', 'moved', 'released']),
  releasedBy: z.object({ by: z.string(), evidence: z.string(), at: time }).optional(),
});

const refund = z.object({
  refundId,
  requestHash: z.string(),
  requestedBy,
  firstRun: z.string(),
  runId: z.string(),
  earlierRuns: z.array(z.string()),
  currency,
  exponent: z.int().min(0).meta({ description: 'decimals of the currency' }),
  since: time,
  isOpen: z.boolean(),
  shares: z.array(share),
});

const original = z.object({
  name: z.string(),
  currency: currency.optional().meta({ description: 'absent: points' }),
  paid: size.nullable().meta({ description: 'points or minor units; null: no refund has said it' }),
});

/** The answer of the query `getOrder`, and of the update `releaseHold`. */
export const orderState = z.object({
  orderId,
  originals: z.array(original),
  refunds: z.array(refund),
  endedRuns: z.array(z.string()),
  memoryMs: size,
});

/** The argument of the update `releaseHold`. */
export const releaseHold = resolveLeg.pick({ by: true, evidence: true }).extend({ refundId });

same<OrderState, z.infer<typeof orderState>>(true);
same<ReleaseHoldMessage, z.infer<typeof releaseHold>>(true);
