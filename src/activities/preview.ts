import { setTimeout as pause } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import { WorkflowNotFoundError } from '@temporalio/client';
import { ORDER_MESSAGES, ORDER_WORKFLOW_TYPE, orderWorkflowIdOf } from '../domain/contract';
import { exponentOf } from '../domain/currency';
import { amountOf } from '../domain/money';
import { newOrder, takenOf } from '../domain/order/ledger';
import { refusalOfReservation, replyTo } from '../domain/order/reservation';
import type { OrderState } from '../domain/order/ledger';
import type { Reservation } from '../domain/order/reservation';
import { originalOf } from '../domain/original';
import { endOfRunId } from '../domain/plan';
import type { ProviderName } from '../domain/plan';
import { NO_OTHERS, outlookOf } from '../domain/preview';
import type {
  ApprovalReason,
  Preview,
  PreviewAnswer,
  PreviewedLeg,
  PreviewedOrder,
  PreviewedPayment,
  PreviewInput,
} from '../domain/preview';
import { validateRefundRequest } from '../domain/request';
import type { RefundRequest } from '../domain/request';
import { approvalReasons, legsOf } from './draft';
import type { PlanningRules } from './draft';
import { IN_CLEAR } from './plan';
import { askProviders } from './preflight';
import type { AskingMeans } from './preflight';
import { sharesOf } from './shares';

/** Reads what an order knows, and starts none; undefined when it does not answer. */
export type ReadOrder = (orderId: string, memoryMs: number) => Promise<OrderState | undefined>;

/**
 * Looks what a refund would meet if it were started now: the rules, what its providers say before anything moves, what
 * its order has left, and whether a person would be asked. Of the providers it has the questions alone, and of the order
 * what that knows: nothing is sent that moves money, and nothing is reserved.
 */
export async function previewRefund(
  { request: input, sentInClear, since }: PreviewInput,
  means: AskingMeans,
  readOrder: ReadOrder = readOrderOnServer,
): Promise<Preview> {
  const { rules } = means;
  if (sentInClear) return { outlook: 'invalid', problems: [IN_CLEAR] };
  const now = new Date(Math.max(Date.now(), Date.parse(since)));
  const checked = validateRefundRequest(input, { providers: new Set(rules.fleet), now });
  if ('problems' in checked) return { outlook: 'invalid', problems: checked.problems };
  const { request } = checked;
  const [legs, known] = await Promise.all([
    askLegs(request, since, means),
    rules.orders ? readOrder(request.orderId, rules.orders.memoryMs) : undefined,
  ]);
  const { order, approval } = rules.orders
    ? known
      ? atOrder(request, legs, known, rules)
      : { order: { kind: 'away' as const }, approval: alone(request, rules) }
    : { order: { kind: 'off' as const }, approval: alone(request, rules) };
  return {
    outlook: outlookOf(legs, order, approval),
    ...{ currency: request.currency, exponent: exponentOf(request.currency) ?? 0 },
    ...{ legs, order, approval, isSigned: (rules.approvers ?? []).length > 0 },
  };
}

async function askLegs(request: RefundRequest, since: string, means: AskingMeans): Promise<PreviewedLeg[]> {
  const firstRun = endOfRunId(Context.current().info.workflowExecution?.runId ?? '');
  const answers = await askProviders(request, { since, firstRun }, means);
  return legsOf(request).map(([leg, requested], index) => {
    const { provider } = requested;
    const answer = answers[index];
    const told: PreviewAnswer =
      answer === undefined
        ? notAsked(provider, means)
        : answer.kind === 'passed'
          ? { kind: 'passed' }
          : answer.kind === 'refused'
            ? { kind: 'refused', code: answer.code, message: answer.message }
            : { kind: 'unanswered', message: answer.message };
    return { leg, provider, amount: amountOf(requested), answer: told };
  });
}

function notAsked(provider: ProviderName, { providers }: AskingMeans): PreviewAnswer {
  return providers.has(provider)
    ? { kind: 'unanswered', message: `${provider} did not answer in time.` }
    : { kind: 'notAsked', message: `The worker that looked is not configured for ${provider}.` };
}

function alone(request: RefundRequest, rules: PlanningRules): ApprovalReason[] {
  return approvalReasons(request, rules.approvalLimits, { others: NO_OTHERS, repeats: [] });
}

function atOrder(
  request: RefundRequest,
  legs: readonly PreviewedLeg[],
  known: OrderState,
  { approvalLimits }: PlanningRules,
): { order: PreviewedOrder; approval: ApprovalReason[] } {
  const { refundId } = request;
  const unanswered = legs.flatMap(({ leg, answer }) =>
    answer.kind === 'passed' ? [] : [{ leg, message: '' }],
  );
  const { memoryMs } = known;
  // No run has these ids: the order is only asked what it would say.
  const reservation: Reservation = {
    ...{ refundId, memoryMs, firstRun: '', runId: '' },
    ...sharesOf(request, { unanswered }),
  };
  const refusal = refusalOfReservation(known, reservation);
  const payments = paymentsOf(request, known, reservation);
  return {
    order: { kind: 'known', payments, ...(refusal && { refusal }) },
    approval: refusal ? [] : approvalReasons(request, approvalLimits, replyTo(known, reservation)),
  };
}

function paymentsOf(request: RefundRequest, known: OrderState, { shares }: Reservation): PreviewedPayment[] {
  const refunds = known.refunds.filter(({ refundId }) => refundId !== request.refundId);
  return legsOf(request).map(([leg, requested]) => {
    const original = originalOf(requested);
    const told = known.originals.find(({ name }) => name === original)?.paid;
    const paid = told ?? shares.find((share) => share.leg === leg)?.paid ?? null;
    const { held, moved } = takenOf({ ...known, refunds }, original);
    return { leg, paid, held, moved, left: paid === null ? null : Math.max(0, paid - held - moved) };
  });
}

/** How long an order is waited for. Milliseconds. */
const PATIENCE_MS = 3_000;

/** An order that is not there, or has ended, knows of no refund. */
async function readOrderOnServer(orderId: string, memoryMs: number): Promise<OrderState | undefined> {
  const { client } = Context.current();
  const handle = client.workflow.getHandle(orderWorkflowIdOf(orderId));
  const read = async () => {
    const { closeTime, status, type } = await handle.describe();
    if (type !== ORDER_WORKFLOW_TYPE) return undefined;
    // One that was cut off knew what it does not say any more.
    if (closeTime && status.name !== 'COMPLETED') return undefined;
    return closeTime ? newOrder(orderId, memoryMs) : handle.query<OrderState>(ORDER_MESSAGES.getOrder);
  };
  const answered = client.withDeadline(Date.now() + PATIENCE_MS, read).catch((error: unknown) => {
    return error instanceof WorkflowNotFoundError ? newOrder(orderId, memoryMs) : undefined;
  });
  // A native connection does not keep every deadline.
  return Promise.race([answered, pause(PATIENCE_MS, undefined, { ref: false })]);
}
