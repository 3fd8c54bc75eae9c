import { WYRE_FAILED_FOR_EVER } from '../../domain/closing';
import type { LookUpAnswer } from '../../domain/provider-answers';
import type { HttpResult } from '../http-answer';
import { isAsYoungAs } from '../provider';
import { unproven } from '../unproven';
import { hasNoRecord, setupProblem } from './refusals';
import { isComplete, readOrder, readRecord, showsRecord, type RefundRecord, type WyreCall } from './wire';

const NOT_OURS: LookUpAnswer = {
  kind: 'conflict',
  message:
    'The refund of this order at Wyre was begun before we first asked for one: compare its requester with our account.',
};

/** What became of our refund; undefined when there is no record, which proves nothing until the order is seen (sheet: look-up). */
export function readLookUp(result: HttpResult, call: WyreCall): LookUpAnswer | undefined {
  if (hasNoRecord(result)) return undefined;
  const record = readRecord(result, call);
  if (record === undefined) return unproven(result, { showsOurs: showsRecord(result) }, setupProblem);
  const isOurs =
    isAsYoungAs(record.createdAt, call.notBefore) && !call.notOurs.includes(record.walletOrderId);
  if (!isOurs) return NOT_OURS;
  const answers: Record<RefundRecord['status'], LookUpAnswer> = {
    COMPLETED: { kind: 'found', providerReference: record.walletOrderId },
    CREATED: { kind: 'pending', message: 'The refund is under way at Wyre.' },
    FAILED: { kind: 'declined', message: WYRE_FAILED_FOR_EVER },
  };
  return answers[record.status];
}

/** What a missing record means, told by the order as its control (sheet: look-up). */
export function readControl(result: HttpResult, call: WyreCall): LookUpAnswer {
  const order = readOrder(result, call);
  if (order === undefined) return unproven(result, { showsOurs: false }, setupProblem);
  return isComplete(order)
    ? { kind: 'absent', message: 'Wyre shows the order and no refund of it.' }
    : unproven(
        result,
        { showsOurs: true },
        () => 'Wyre shows no refund of the order, and the order as not complete.',
      );
}
