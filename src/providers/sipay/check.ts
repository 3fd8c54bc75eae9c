import type { CheckAnswer } from '../../domain/provider-answers';
import type { HttpResult } from '../http-answer';
import { beforeOurs } from '../unproven';
import { isUnderOurReference, rowsOf, unreadable } from './list';
import type { SipayCall } from './wire';

/** Preflight: nothing may stand under our reference yet, and an empty list proves token and route (sheet: look-up). */
export function readCheck(result: HttpResult, call: SipayCall, credentials: string): CheckAnswer {
  const rows = rowsOf(result);
  if (rows?.length === 0) return { kind: 'passed' };
  if (rows?.some((row) => isUnderOurReference(row, call))) {
    const message = 'Sipay shows a movement under the reference of this refund already.';
    return { kind: 'refused', code: 'alreadyDone', message };
  }
  return beforeOurs(unreadable(result, call, { credentials, isList: rows !== undefined }));
}
