import { Context } from '@temporalio/activity';
import { workflowIdOf } from '../domain/contract';
import type { PlanInput, PlanResult } from '../domain/activity-types';
import { endOfRunId } from '../domain/plan';
import type { RefundPlan } from '../domain/plan';
import { NO_OTHERS } from '../domain/preview';
import { validateRefundRequest } from '../domain/request';
import type { RefundRequest } from '../domain/request';
import { requestHash } from '../statements/request-hash';
import { retryableFailure } from './call';
import type { AskInPlanning } from './ask-in-planning';
import { draft, draftOfEarlier, withApproval } from './draft';
import type { PlanningRules, Providers } from './draft';
import type { EarlierRuns } from './earlier-runs';
import { reservationOf } from './order';
import type { Orders } from './order';
import { preflight } from './preflight';
import type { ServerQuestions } from './server-questions';

export type { PlanningRules, Providers } from './draft';

const OUR_WORKFLOW_ID = /^refund:[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

const OTHER_CONTENT = 'refundId: an older run under this id asked for something else';

/** What planning works with. */
export interface PlanningMeans {
  /** Those that are configured here; the others are asked on their own queues once the refund is planned. */
  providers: Providers;
  rules: PlanningRules;
  server: Pick<ServerQuestions, 'earlierRuns' | 'earlierRefusals' | 'orders'>;
  askInPlanning: AskInPlanning;
}

/** Validates and plans a refund, and asks at the same time the providers that it can what they know before anything moves. */
export async function planRefund(input: PlanInput, means: PlanningMeans): Promise<PlanResult> {
  const { rules, server } = means;
  const { workflowExecution, isLocal } = Context.current().info;
  const { workflowId = '', runId = '' } = workflowExecution ?? {};
  const wasReset = runId !== input.firstRunId;
  const hash = requestHash(input.request);
  const question = { hash, ...(wasReset && { before: input.since }) };
  const earlierRuns = () =>
    OUR_WORKFLOW_ID.test(workflowId) ? server.earlierRuns(question) : NO_EARLIER_RUNS;
  const checked = validate(input, workflowId, rules);
  if ('problems' in checked) {
    const older = await earlierRuns();
    return invalid(checked.problems, { older, wasReset, request: input.request, rules });
  }
  const { request } = checked;
  const plan = draft(request, rules);
  // What is "already refunded" in a run that was reset is our own.
  const [older, asked] = await Promise.all([
    earlierRuns(),
    wasReset ? plan : preflight(plan, request, input, means),
  ]);
  if (older.kind === 'other') return invalid([OTHER_CONTENT], { older, wasReset, request, rules });
  const hasEarlierRuns = older.kind === 'same' || wasReset;
  const drafted = hasEarlierRuns ? await afterEarlier(plan, older, server) : asked;
  const firstRun = endOfRunId(input.firstRunId);
  const held = await hold(request, drafted, { requestHash: hash, firstRun }, rules, server.orders);
  switch (held.kind) {
    case 'planned':
      return held;
    case 'invalid':
      return invalid(held.problems, { older, wasReset, request, rules });
    case 'away':
      if (!isLocal) throw retryableFailure({ kind: 'notSent', message: held.message }, Date.now());
      return { kind: 'orderAway', hasEarlierRuns };
  }
}

/** What preflight refused in an earlier run, this one does not send either: people try again under a new refund id. */
async function afterEarlier(
  plan: RefundPlan,
  older: EarlierRuns,
  { earlierRefusals }: Pick<ServerQuestions, 'earlierRefusals'>,
): Promise<RefundPlan> {
  const refused = await earlierRefusals(older.kind === 'same' ? older.runIds : []);
  if (refused.kind === 'all') return { ...plan, refusals: refused.refusals };
  const known = { ...plan, hasEarlierRuns: true as const, ...startOf(older) };
  return refused.kind === 'none' ? known : { ...known, refusals: refused.refusals };
}

type Held =
  | Extract<PlanResult, { kind: 'planned' }>
  | { kind: 'invalid'; problems: string[] }
  | { kind: 'away'; message: string };

/** Reserves at the order what is to be refunded; without an order lock, or after a provider's "no", there is nothing to. */
async function hold(
  request: RefundRequest,
  plan: RefundPlan,
  { requestHash, firstRun }: { requestHash: string; firstRun: string },
  rules: PlanningRules,
  orders: Orders,
): Promise<Held> {
  if (!rules.orders || plan.refusals) {
    const alone = { others: NO_OTHERS, repeats: [] };
    return { kind: 'planned', plan: withApproval(plan, request, rules, alone), requestHash };
  }
  const { taskQueue, memoryMs } = rules.orders;
  const reservation = reservationOf(request, plan, { firstRun, memoryMs });
  const answer = await orders.reserve(request.orderId, reservation, taskQueue);
  switch (answer.kind) {
    case 'reserved': {
      const { knownSince } = answer;
      // A run that was deleted, or is no longer kept, is remembered by its order alone.
      const forgotten = knownSince !== undefined && {
        hasEarlierRuns: true as const,
        earliestStart: knownSince,
      };
      const known = { ...(plan.hasEarlierRuns ? {} : forgotten), ...plan, held: true as const };
      return { kind: 'planned', plan: withApproval(known, request, rules, answer), requestHash };
    }
    case 'overCap': {
      const { leg, message } = answer;
      const refusals = [{ leg, code: 'overCap' as const, message }];
      // An earlier run may hold shares, which are released once it is known what it did with them.
      const refused = { ...plan, refusals, ...(plan.hasEarlierRuns && { held: true as const }) };
      return { kind: 'planned', plan: refused, requestHash };
    }
    case 'invalid':
    case 'away':
      return answer;
  }
}

/** What is wrong with a request in clear where that is not taken. */
export const IN_CLEAR =
  '(request): is not encrypted, and these workers take only what is encrypted (REQUIRE_ENCRYPTED): start it with PAYLOAD_KEYS';

function validate(
  { request, since, sentInClear }: PlanInput,
  workflowId: string,
  { fleet }: PlanningRules,
): { request: RefundRequest } | { problems: string[] } {
  if (sentInClear) return { problems: [IN_CLEAR] };
  // A clock of this worker that runs behind must not put a purchase into the future.
  const now = new Date(Math.max(Date.now(), Date.parse(since)));
  const validated = validateRefundRequest(request, { providers: new Set(fleet), now });
  if ('problems' in validated || workflowId === workflowIdOf(validated.request.refundId)) return validated;
  return { problems: ['refundId: the workflow id must be "refund:" followed by this id'] };
}

interface Circumstances {
  older: EarlierRuns;
  wasReset: boolean;
  request: unknown;
  rules: PlanningRules;
}

/** What an earlier run may have moved under other rules is reconciled before the refund ends as invalid. */
function invalid(problems: string[], { older, wasReset, request, rules }: Circumstances): PlanResult {
  const hasEarlierRuns = wasReset || older.kind !== 'none';
  const earlier: RefundPlan | undefined =
    hasEarlierRuns && older.kind !== 'other' ? draftOfEarlier(request, rules) : undefined;
  return {
    kind: 'invalid',
    problems,
    hasEarlierRuns,
    ...(earlier && { earlier: { ...earlier, ...startOf(older), ...(rules.orders && { held: true }) } }),
  };
}

const NO_EARLIER_RUNS: EarlierRuns = { kind: 'none' };

function startOf(older: EarlierRuns): { earliestStart?: string } {
  return older.kind === 'same' ? { earliestStart: older.since } : {};
}
