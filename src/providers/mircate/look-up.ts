import type { LookUpAnswer } from '../../domain/provider-answers';
import type { HttpResult } from '../http-answer';
import { unproven } from '../unproven';
import { rowsOfFirstPage } from './pages';
import { listProblem } from './refusals';
import { DATE, isBeforeFence, isOlder, knownBefore, seenBefore, timeOf } from './rows';
import { isOfType, isPoints, type MircateCall, type Row } from './wire';

const MOST_SHOWN = 5;
const SHOWABLE_ID = /^[A-Za-z0-9-]{1,64}$/;

/**
 * Listed refunds that may be ours: evidence for a person, never proof (mircate sheet: look-up, matching); undefined when the
 * list is empty, which may be the list of another project.
 */
export function readLookUp(rows: readonly Row[], call: MircateCall): LookUpAnswer | undefined {
  const { leg } = call;
  const known = knownBefore(call);
  const fresh = rows.filter(
    ({ type, transactionId, createdAt }) =>
      isOfType('refund', type) && !known.includes(transactionId) && !isBeforeFence(createdAt, call),
  );
  const candidates = fresh.filter(({ amount }) => isPoints(amount, leg.points));
  if (candidates.length > 0) return candidate(candidates, `refunds of ${leg.points} points`);
  const listed = new Set(rows.map(({ transactionId }) => transactionId));
  if (seenBefore(call).some((id) => !listed.has(id))) {
    const message = 'The provider no longer lists refunds that it listed before: its list proves nothing.';
    return { kind: 'unanswered', message };
  }
  if (fresh.length > 0) {
    const message = `The provider lists new refunds of this wallet, but none of ${leg.points} points.`;
    return { kind: 'unrelated', message };
  }
  return rows.length === 0 ? undefined : noNewRefund(call);
}

/** What an empty list of refunds means, told by the spends of the same wallet: the original was one (mircate sheet: look-up). */
export function readAbsence(result: HttpResult, call: MircateCall): LookUpAnswer {
  const spends = rowsOfFirstPage(result);
  if (!spends) return unproven(result, { showsOurs: false }, listProblem);
  return spends.some(({ type }) => isOfType('reversal', type)) ? noNewRefund(call) : LISTS_NOTHING;
}

function noNewRefund({ leg }: MircateCall): LookUpAnswer {
  const message = `The provider lists no refund of ${leg.points} points that is new since this refund was sent.`;
  return { kind: 'absent', message };
}

const LISTS_NOTHING: LookUpAnswer = {
  kind: 'unanswered',
  message:
    'The provider lists nothing of this wallet, not even the spend that is refunded: check MIRCATE_PROJECT_ID.',
};

/** The listed spend that carries our key: it proves the reversal (mircate sheet: counter-movement). */
export function readReversalLookUp(rows: readonly Row[], call: MircateCall): LookUpAnswer {
  const { leg, key, notBefore, refundedAt = notBefore } = call;
  const spends = rows.filter(({ type }) => isOfType('reversal', type));
  const [spend, ...others] = spends.filter(({ description }) => description === key);
  if (!spend) return keylessEvidence(spends, call);
  if (others.length > 0) {
    const message = `The provider lists ${others.length + 1} spends that carry our key.`;
    return { kind: 'conflict', message };
  }
  if (isOlder(spend.createdAt, Math.max(Date.parse(notBefore), Date.parse(refundedAt)))) {
    const message = 'The listed spend that carries our key is older than the refund that it would reverse.';
    return { kind: 'conflict', message };
  }
  if (!isPoints(spend.amount, leg.points)) {
    const message = `The listed spend that carries our key is not of ${leg.points} points.`;
    return { kind: 'conflict', message };
  }
  // Without a date it may have reversed an earlier refund under the same key.
  return Number.isNaN(timeOf(spend.createdAt))
    ? candidate([spend], `a spend of ${leg.points} points that carries our key and no readable date,`)
    : { kind: 'found', providerReference: spend.transactionId };
}

/** The list may cut or drop descriptions: any young spend of our amount may be the reversal. */
function keylessEvidence(spends: readonly Row[], { leg, notBefore, notOurs }: MircateCall): LookUpAnswer {
  if (spends.length === 0) return LISTS_NOTHING;
  const candidates = spends.filter(
    ({ transactionId, amount, createdAt }) =>
      isPoints(amount, leg.points) &&
      !isOlder(createdAt, Date.parse(notBefore)) &&
      ![leg.transactionId, ...notOurs].includes(transactionId),
  );
  if (candidates.length > 0) {
    return candidate(candidates, `spends of ${leg.points} points, none of which carries our key,`);
  }
  return { kind: 'absent', message: 'The provider lists no spend that carries our key.' };
}

function candidate(rows: readonly Row[], named: string): LookUpAnswer {
  const shown = rows.slice(0, MOST_SHOWN);
  const more = rows.length > MOST_SHOWN ? ` and ${rows.length - MOST_SHOWN} more` : '';
  const message = `Listed ${named} that may be this one: ${shown.map(show).join(', ')}${more}.`;
  const seen = shown.map(({ transactionId }) => transactionId).filter((id) => SHOWABLE_ID.test(id));
  return { kind: 'candidate', message, ...(seen.length > 0 && { seen }) };
}

function show({ transactionId, createdAt }: Row): string {
  const id = SHOWABLE_ID.test(transactionId) ? transactionId : '(id not shown)';
  return `${id} of ${DATE.test(createdAt) ? createdAt : '(date not shown)'}`;
}
