import { z } from 'zod';
import { LEG_NAMES, PROVIDER_NAMES } from '../../src/domain/plan';
import { OUTCOME_NAMES } from '../../src/domain/resolution';
import { PROBLEM_CODES } from '../../src/domain/provider-answers';
import { FINAL_STATUSES } from '../../src/domain/state';
import type { RefundState, RefundStatus } from '../../src/domain/state';
import { same } from './same';

/** ISO 8601 in UTC. */
export const time = z.string().meta({ format: 'date-time' });
const provider = z.enum(PROVIDER_NAMES);
const amount = z.int().min(0);

/** Every status that a refund can have. */
export const status = z.enum([
  'planning',
  'awaitingApproval',
  'refunding',
  'compensating',
  ...FINAL_STATUSES,
  'invalid',
]);

/** Why a leg is not refunded or not reversed. */
export const problemCode = z.enum(PROBLEM_CODES);

const receipt = z.object({
  providerReference: z.string(),
  points: amount.optional(),
  amountMinor: amount.optional(),
  cashbackMinor: amount.optional(),
  feeMinor: amount.optional(),
  worth: z.string().optional(),
  at: time,
  confirmedBy: z.enum(['answer', 'lookUp', 'operator']),
  by: z.string().optional(),
  note: z.string().optional(),
});

const legState = z.object({
  provider,
  status: z.enum([
    'pending',
    'refunding',
    'lookingUp',
    'refunded',
    'declined',
    'parked',
    'reversing',
    'reversed',
    'waived',
  ]),
  receipt: receipt.optional(),
  reversal: receipt.partial().optional(),
  problem: z
    .object({
      side: z.enum(['refund', 'reversal']),
      code: problemCode,
      message: z.string(),
      evidence: z.object({ message: z.string(), at: time }).optional(),
    })
    .optional(),
});

const word = { at: time, by: z.string() };
const personsWord = z.union([
  z.object({ ...word, said: z.enum(['approve', 'reject']), note: z.string().optional() }),
  z.object({
    ...word,
    said: z.enum(OUTCOME_NAMES),
    leg: z.enum(LEG_NAMES),
    evidence: z.string(),
    despiteProvider: z.boolean().optional(),
  }),
]);

/** The result of a run, and the answer of `getRefund`, of `decide` and of `resolveLeg`. */
export const refundState = z.object({
  refundId: z.string(),
  orderId: z.string(),
  requestHash: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  status,
  waitingOn: z.enum(['approval', 'operator', ...PROVIDER_NAMES]).nullable(),
  approval: z
    .object({
      required: z.boolean(),
      signed: z.literal(true).optional(),
      decision: z.enum(['approved', 'rejected', 'expired']).nullable(),
      by: z.string().optional(),
      note: z.string().optional(),
      at: time.optional(),
    })
    .optional(),
  legs: z.object({
    loyalty: legState.optional(),
    sale: legState.optional(),
    cash: legState.optional(),
  }),
  people: z.array(personsWord),
});

same<RefundState, z.infer<typeof refundState>>(true);
same<RefundStatus, z.infer<typeof status>>(true);
