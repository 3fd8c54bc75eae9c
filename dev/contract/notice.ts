import { z } from 'zod';
import { NOTICE_TYPES } from '../../src/domain/notice';
import type { Notice } from '../../src/domain/notice';
import { PROVIDER_NAMES } from '../../src/domain/plan';
import { same } from './same';
import { problemCode, status, time } from './state';

const reason = `^(?:approval|(?:${PROVIDER_NAMES.join('|')}):(?:${problemCode.options.join('|')}))$`;

/** The body that the workers post to `NOTIFY_URL`. */
export const notice = z.object({
  type: z.enum(NOTICE_TYPES),
  timestamp: time,
  data: z.object({
    refundId: z.string(),
    orderId: z.string(),
    status,
    reason: z.string().meta({ pattern: reason }).nullable(),
  }),
});

same<Notice, z.infer<typeof notice>>(true);
