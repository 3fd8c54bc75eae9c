import type { LookUpAnswer, Retryable } from '../../domain/outcome';
import type { MircateLeg } from '../../domain/request';
import { unansweredLookUp } from '../answers';
import type { HttpResult } from '../http-answer';
import {
  connectionTo,
  deadlineOf,
  type Provider,
  type ProviderCall,
  type ProviderSettings,
} from '../provider';
import {
  addPage,
  listBody,
  refundEvidence,
  reversalEvidence,
  type Listing,
  type Row,
  type RowType,
} from './listing';
import { movementAnswer, refundBody, spendBody } from './wire';

type Call = ProviderCall<MircateLeg>;
type Judge = (rows: readonly Row[], call: Call) => LookUpAnswer;

const MOST_PAGES = 20;

const NO_WHOLE_POINTS: Retryable = {
  kind: 'notSent',
  message: 'Not sent: the points of this refund are no positive whole number.',
};

/** What the adapter is built from (mircate sheet: refund call, auth). */
export interface MircateSettings extends ProviderSettings {
  apiKey: string;
  projectId: string;
  accountId: string;
  /** The channel under which our spends are listed. */
  channel: string;
}

/** The loyalty wallet of Mircate as the saga uses it (mircate sheet). */
export function createMircate(settings: MircateSettings): Provider<MircateLeg> {
  const http = connectionTo(settings);
  const { projectId, accountId, channel } = settings;

  function send(
    name: string,
    instance: string,
    json: unknown,
    deadline: { sendBefore?: number } = {},
  ): Promise<HttpResult> {
    const path = ['CALL', 'WalletAPI', name, instance];
    return http.send({ method: 'POST', path, json, headers: { 'x-api-key': settings.apiKey }, ...deadline });
  }

  async function lookThrough(call: Call, type: RowType, judge: Judge): Promise<LookUpAnswer> {
    let listing: Listing = { rows: [] };
    for (let pages = 0; pages < MOST_PAGES; pages++) {
      const result = await send('listTransactions', projectId, listBody(call, type, listing.rows.length));
      const longer = addPage(listing, result);
      if (!longer) return unansweredLookUp(result);
      if (longer.rows.length === longer.total) return judge(longer.rows, call);
      listing = longer;
    }
    const message = `The list of transactions has more than ${MOST_PAGES} pages and was not read to its end.`;
    return { kind: 'unanswered', message };
  }

  return {
    name: 'mircate',
    lookUpDecides: false,
    preparesCalls: false,

    async refund(call) {
      if (!hasWholePoints(call)) return NO_WHOLE_POINTS;
      return movementAnswer(
        await send('refund', `${projectId}-${accountId}`, refundBody(call), deadlineOf(call)),
        call,
        'refund',
      );
    },

    lookUp: (call) => lookThrough(call, 'REFUNDED', refundEvidence),

    async reverse(call) {
      if (!hasWholePoints(call)) return NO_WHOLE_POINTS;
      const result = await send(
        'spend',
        `${projectId}-${accountId}`,
        spendBody(call, channel),
        deadlineOf(call),
      );
      return movementAnswer(result, call, 'reversal');
    },

    lookUpReversal: (call) => lookThrough(call, 'SPENT', reversalEvidence),

    close: () => http.close(),
  };
}

function hasWholePoints({ leg }: Call): boolean {
  return Number.isSafeInteger(leg.points) && leg.points > 0;
}
