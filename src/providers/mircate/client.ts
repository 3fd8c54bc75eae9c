import type { CheckAnswer, Retryable } from '../../domain/provider-answers';
import type { MircateLeg } from '../../domain/request';
import type { HttpResult } from '../http-answer';
import { connectionTo, type Provider, type ProviderSettings, type ProviderTraits } from '../provider';
import { beforeOurs } from '../unproven';
import { readCheck } from './check';
import { readAbsence, readLookUp, readReversalLookUp } from './look-up';
import { readPages } from './pages';
import { readRefund, readReversal } from './refund';
import { mayBeRefund, mayBeReversal } from './rows';
import { listBody, refundBody, spendBody, type MircateCall, type RowType } from './wire';

/** So many there is time for; a longer list proves nothing when its pages come slowly. */
const USUAL_PAGES = 3;

const NO_WHOLE_POINTS: Retryable = {
  kind: 'notSent',
  message: 'Not sent: the points of this refund are no positive whole number.',
};

/** What preflight sees is not ours: refunds of a wallet may follow one another, and nothing is compared with them. */
const NOT_COMPARED = () => false;

/** What the adapter is built from (mircate sheet: refund call, auth). */
export interface MircateSettings extends ProviderSettings {
  apiKey: string;
  projectId: string;
  accountId: string;
  /** The channel under which our spends are listed. */
  channel: string;
}

/** What a plan knows of Mircate. */
export const MIRCATE_TRAITS: ProviderTraits = {
  lookUpKind: 'evidence',
  reversal: 'lookUp',
  requestsInSequence: { movement: 1, question: USUAL_PAGES },
};

/** The loyalty wallet of Mircate as the saga uses it (mircate sheet). */
export function createMircate(settings: MircateSettings): Provider<MircateLeg> {
  const http = connectionTo(settings);
  const { projectId, accountId, channel } = settings;
  const headers = { 'x-api-key': settings.apiKey };

  function move(name: string, { budget }: MircateCall, json: unknown): Promise<HttpResult> {
    const path = ['CALL', 'WalletAPI', name, `${projectId}-${accountId}`];
    return http.send({ method: 'POST', path, json, headers, budget, movesMoney: true });
  }

  function ask({ budget }: MircateCall, json: unknown): Promise<HttpResult> {
    const path = ['CALL', 'WalletAPI', 'listTransactions', projectId];
    return http.send({ method: 'POST', path, json, headers, budget });
  }

  const list = (call: MircateCall, type: RowType) => (from: number) => ask(call, listBody(call, type, from));

  return {
    name: 'mircate',
    ...MIRCATE_TRAITS,

    async refund(call) {
      if (!hasWholePoints(call)) return NO_WHOLE_POINTS;
      return readRefund(await move('refund', call, refundBody(call)), call);
    },

    // However long the list is, a refund must not wait for it for ever: what is not remembered is only doubted later.
    async check(call): Promise<CheckAnswer> {
      const readers = { whole: readCheck, beginning: readCheck, mayBeOurs: NOT_COMPARED };
      const answer = await readPages(list(call, 'REFUNDED'), call, readers);
      return answer.kind === 'unreadable' ? beforeOurs(answer) : answer;
    },

    async lookUp(call) {
      const readers = { whole: readLookUp, mayBeOurs: mayBeRefund };
      const answer = await readPages(list(call, 'REFUNDED'), call, readers);
      return answer ?? readAbsence(await list(call, 'SPENT')(0), call);
    },

    async reverse(call) {
      if (!hasWholePoints(call)) return NO_WHOLE_POINTS;
      return readReversal(await move('spend', call, spendBody(call, channel)), call);
    },

    lookUpReversal: (call) =>
      readPages(list(call, 'SPENT'), call, { whole: readReversalLookUp, mayBeOurs: mayBeReversal }),

    close: () => http.close(),
  };
}

function hasWholePoints({ leg }: MircateCall): boolean {
  return Number.isSafeInteger(leg.points) && leg.points > 0;
}
