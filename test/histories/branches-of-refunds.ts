import { WorkflowUpdateStage } from '@temporalio/client';
import type { WorkflowHandle } from '@temporalio/client';
import type { FaultKind, Operation, ProviderName } from '../../simulators';
import { resumeProvider, stopProvider } from '../../src/client/provider-stops';
import { PROVIDER_NAMES } from '../../src/domain/plan';
import type { LegName } from '../../src/domain/plan';
import type { RefundRequest } from '../../src/domain/request';
import { needsReference } from '../../src/domain/resolution';
import type { ResolutionOutcome, ResolveLegMessage } from '../../src/domain/resolution';
import type { RefundState } from '../../src/domain/state';
import { anOutcomeStatement, aStatement } from '../support/approvers';
import { aMircateLeg, aRefund, aWyreLeg, emptyFloatFor } from '../support/requests';
import { resetByHand } from '../support/reset';
import { startSaga } from '../support/saga';
import type { Saga } from '../support/saga';

/** The configuration of where branches are recorded. */
export const ENVIRONMENT = {
  APPROVAL_LIMITS: 'TRY=1000000,points=100000',
  FAST_RETRIES: '2',
  SLOW_RETRY_INTERVAL: '200ms',
};

/** Where branches are recorded: without limits refunds in euros ask a person, all others do not. */
export interface Stage {
  saga: Saga;
  /** The same, where a person has one second to decide. */
  hasty: Saga;
  /** The same, where only what ana signed counts. */
  signed: Saga;
  /** The same, where notices are posted. */
  notifying: Saga;
  /** The same, where a provider is given up, and an order forgotten, after a second. */
  impatient: Saga;
}

/** Walks a run along its branch; the one whose history counts. */
export type Branch = (stage: Stage) => Promise<WorkflowHandle>;

const FLOAT = 10 ** 12;
/** A refund that a person is asked about. */
export const EUROS: Partial<RefundRequest> = { currency: 'EUR' };
const ONLY_CASH: Partial<RefundRequest> = { loyalty: undefined, sale: undefined };
/** A refund of the sale wallet alone. */
export const ONLY_SALE: Partial<RefundRequest> = { loyalty: undefined, cash: undefined };

/** How each branch of a refund is walked; its name is that of the file. */
export const BRANCHES_OF_REFUNDS: Record<string, Branch> = {
  'three-legs': ({ saga }) => ended(saga, aRefund(saga.simulators)),
  'mircate-and-wyre': ({ saga }) =>
    ended(saga, aRefund(saga.simulators, { loyalty: aMircateLeg(), sale: undefined, cash: aWyreLeg() })),
  'first-leg-declined': faulty('dsquares', 'refund', 'refuse'),
  compensated: faulty('paywall', 'refund', 'refuse'),
  'preflight-refused': ({ saga }) => {
    const request = aRefund(saga.simulators);
    saga.simulators.paywall.refundByHand(request.sale?.externalReference ?? '');
    return ended(saga, request);
  },
  'preflight-asked-again': faulty('paywall', 'lookUp', 'errorBefore', 2),
  'approved-by-signal': decided((handle) => handle.signal('approve', { by: 'ana', note: 'seen the ticket' })),
  'approved-by-update': decided((handle) =>
    handle.executeUpdate('decide', { args: [{ decision: 'approve', by: 'ana' }] }),
  ),
  'approved-with-signature': async ({ signed }) => {
    const request = aRefund(signed.simulators, EUROS);
    const handle = await signed.start(request);
    await signed.until(handle, ({ status }) => status === 'awaitingApproval');
    await handle.signal('approve', { by: 'ana', statement: 'forged' });
    await handle.signal('approve', { by: 'ana', statement: await aStatement(handle, request) });
    return over(handle);
  },
  'signed-decisions-together': async ({ signed }) => {
    const request = aRefund(signed.simulators, EUROS);
    const handle = await signed.start(request);
    await signed.until(handle, ({ status }) => status === 'awaitingApproval');
    const statement = await aStatement(handle, request);
    const forged = await aStatement(handle, request, { key: 'bob' });
    const sent = [forged, statement, forged, statement].map((text) => ({ by: 'ana', statement: text }));
    const decide = (message: object) =>
      handle.executeUpdate('decide', { args: [{ decision: 'approve', ...message }] }).catch(() => undefined);
    await Promise.all([...sent.map(decide), ...sent.map((message) => handle.signal('approve', message))]);
    return over(handle);
  },
  'cancelled-while-a-signature-is-asked-for': async ({ signed }) => {
    const handle = await signed.start(aRefund(signed.simulators, EUROS));
    await signed.until(handle, ({ status }) => status === 'awaitingApproval');
    await handle.cancel();
    return over(handle);
  },
  rejected: decided((handle) => handle.signal('reject', { by: 'ana' })),
  expired: ({ hasty }) => ended(hasty, aRefund(hasty.simulators, EUROS)),
  'cancelled-while-asked': decided((handle) => handle.cancel()),
  'cancelled-in-flight': async ({ saga }) => {
    saga.simulators.faults.add({ provider: 'dsquares', operation: 'refund', kind: 'slow', delayMs: 700 });
    const handle = await saga.start(aRefund(saga.simulators));
    await saga.until(handle, ({ legs }) => legs.loyalty?.status === 'refunding');
    await handle.cancel();
    return over(handle);
  },
  'lost-answer-found': faulty('paywall', 'refund', 'dropAfter', 1, ONLY_SALE),
  'lost-answer-proven-absent': faulty('paywall', 'refund', 'dropBefore', 1, ONLY_SALE),
  'unlisted-refusal-declined': faulty('paywall', 'refund', 'unlistedBefore', 1, ONLY_SALE),
  'foreign-answer-found': faulty('paywall', 'refund', 'filteredAfter', 1, ONLY_SALE),
  'sent-once-more-then-parked': async ({ saga }) => {
    saga.simulators.faults.add({ provider: 'paywall', operation: 'refund', kind: 'dropBefore', times: 2 });
    const handle = await saga.start(aRefund(saga.simulators, ONLY_SALE));
    await saga.parked(handle, 'sale');
    await settle(handle, 'sale', 'retry');
    return over(handle);
  },
  'slow-retries': faulty('paywall', 'refund', 'tooMany', 5, ONLY_SALE),
  'parked-retry': floatIsEmpty('retry'),
  'parked-refunded': floatIsEmpty('refunded'),
  'parked-turn-back': floatIsEmpty('turnBack', async (saga, handle) => {
    await saga.parked(handle, 'sale');
    await settle(handle, 'sale', 'reversed');
  }),
  'parked-declined': async ({ saga }) => {
    saga.simulators.faults.add({ provider: 'mircate', operation: 'refund', kind: 'dropBefore' });
    const handle = await saga.start(aRefund(saga.simulators, { loyalty: aMircateLeg() }));
    await saga.parked(handle, 'loyalty');
    await settle(handle, 'loyalty', 'declined');
    return over(handle);
  },
  'parked-refunded-with-signatures': async ({ signed }) => {
    const request = aRefund(signed.simulators, { loyalty: undefined });
    signed.simulators.faults.add(emptyFloatFor(request));
    const handle = await signed.start(request);
    await signed.parked(handle, 'cash');
    const word = wordOf('cash', 'refunded');
    const say = (statement: string) =>
      handle.executeUpdate('resolveLeg', { args: [{ ...word, statement }] }).catch(() => undefined);
    await say(await anOutcomeStatement(handle, request, word, { key: 'bob' }));
    await say(await anOutcomeStatement(handle, request, word));
    return over(handle);
  },
  'word-refused-by-what-the-provider-shows': async ({ saga }) => {
    const { faults } = saga.simulators;
    faults.add({ provider: 'paywall', operation: 'refund', kind: 'dropBefore', times: 2 });
    const handle = await saga.start(aRefund(saga.simulators, ONLY_SALE));
    await saga.parked(handle, 'sale');
    await settle(handle, 'sale', 'refunded').catch(() => undefined);
    await settle(handle, 'sale', 'declined');
    return over(handle);
  },
  'parked-cancelled': async ({ saga }) => {
    saga.simulators.sipay.setMerchantBalance(0);
    const handle = await saga.start(aRefund(saga.simulators, { sale: undefined }));
    await saga.parked(handle, 'cash');
    await handle.cancel();
    return over(handle);
  },
  'parked-reversed': reversalIsRefused('reversed'),
  'parked-waived': reversalIsRefused('waived'),
  'request-invalid': ({ saga }) => ended(saga, { ...aRefund(saga.simulators), reason: '' }),
  'messages-ignored': decided(async (handle) => {
    await handle.signal('approve');
    await handle.signal('approve', { by: 'order-service' });
    await handle.signal('approve', { by: 'ana' });
    await handle.signal('reject', { by: 'bob' });
  }),
  reset: async ({ saga }) => {
    saga.simulators.sipay.setMerchantBalance(0);
    const handle = await saga.start(aRefund(saga.simulators, { loyalty: undefined }));
    await saga.parked(handle, 'cash');
    saga.simulators.sipay.setMerchantBalance(FLOAT);
    const events = (await handle.fetchHistory()).events ?? [];
    const planned = events.findIndex(({ markerRecordedEventAttributes: marker }) => marker);
    const task = events
      .slice(0, planned)
      .findLast(({ workflowTaskCompletedEventAttributes: completed }) => completed);
    return over(await resetByHand(handle, task?.eventId));
  },
  'reset-then-rejected': async ({ saga }) => {
    saga.simulators.sipay.setMerchantBalance(0);
    const handle = await saga.start(aRefund(saga.simulators, { ...EUROS, loyalty: undefined }));
    await saga.until(handle, ({ status }) => status === 'awaitingApproval');
    const { events } = await handle.fetchHistory();
    const asked = events?.findLast(({ workflowTaskCompletedEventAttributes: task }) => task);
    await handle.signal('approve', { by: 'ana' });
    await saga.parked(handle, 'cash');
    const fresh = await resetByHand(handle, asked?.eventId, { withoutSignals: true });
    await saga.until(fresh, ({ status }) => status === 'awaitingApproval');
    await fresh.signal('reject', { by: 'bob' });
    await saga.parked(fresh, 'cash');
    await settle(fresh, 'cash', 'refunded');
    return over(fresh);
  },
  'asked-on-its-own-queue': plannedWithout(() => Promise.resolve()),
  'provider-stopped': async ({ saga }) => {
    const access = { client: saga.client, taskQueue: saga.taskQueue, timeoutMs: 10_000 };
    const stop = { provider: 'sipay', by: 'ana', reason: 'their incident' } as const;
    await stopProvider(access, stop, { waitMs: 0 });
    const handle = await saga.start(aRefund(saga.simulators, ONLY_CASH));
    await saga.until(handle, ({ waitingOn }) => waitingOn === 'sipay');
    await resumeProvider(access, { provider: 'sipay', by: 'bob' });
    return over(handle);
  },
  'decided-while-planning': plannedWithout((handle) =>
    handle.startUpdate('decide', {
      args: [{ decision: 'approve', by: 'ana' }],
      waitForStage: WorkflowUpdateStage.ACCEPTED,
    }),
  ),
};

async function ended(saga: Saga, request: RefundRequest): Promise<WorkflowHandle> {
  return over(await saga.start(request));
}

/** Waits for the end; a run that fails is over as well. */
export async function over(handle: WorkflowHandle): Promise<WorkflowHandle> {
  await handle.result().catch(() => undefined);
  return handle;
}

function faulty(
  provider: ProviderName,
  operation: Operation,
  kind: FaultKind,
  times = 1,
  overrides: Partial<RefundRequest> = {},
): Branch {
  return ({ saga }) => {
    saga.simulators.faults.add({ provider, operation, kind, times });
    return ended(saga, aRefund(saga.simulators, overrides));
  };
}

function decided(say: (handle: WorkflowHandle) => Promise<unknown>): Branch {
  return async ({ saga }) => {
    const handle = await saga.start(aRefund(saga.simulators, EUROS));
    await saga.until(handle, ({ status }) => status === 'awaitingApproval');
    await say(handle);
    return over(handle);
  };
}

/** The first worker does not serve the sale's provider; another one does, once this was said. */
function plannedWithout(say: (handle: WorkflowHandle) => Promise<unknown>): Branch {
  return async ({ saga }) => {
    const fleet = { ...ENVIRONMENT, PROVIDERS: PROVIDER_NAMES.join(',') };
    const none = { PAYWALL_BASE_URL: '', PAYWALL_API_KEY: '', PAYWALL_API_CLIENT: '' };
    const over = saga.simulators;
    const without = await startSaga({ environment: { ...fleet, ...none }, over });
    const request = aRefund(saga.simulators, { ...EUROS, ...ONLY_SALE });
    const handle = await without.start(request);
    await without.until(handle, ({ legs }) => legs.sale !== undefined);
    await say(handle);
    const other = await startSaga({ environment: fleet, over, taskQueue: without.taskQueue });
    try {
      const decided = ({ waitingOn, status }: RefundState) =>
        waitingOn === 'approval' || status === 'refunded';
      if ((await other.until(handle, decided)).status !== 'refunded') {
        await handle.signal('approve', { by: 'bob' });
      }
      await handle.result();
      return saga.client.workflow.getHandle(handle.workflowId);
    } finally {
      await Promise.all([without.close(), other.close()]);
    }
  };
}

function floatIsEmpty(
  outcome: ResolutionOutcome,
  then?: (saga: Saga, handle: WorkflowHandle) => Promise<void>,
): Branch {
  return async ({ saga }) => {
    saga.simulators.sipay.setMerchantBalance(0);
    const overrides = outcome === 'retry' ? ONLY_CASH : { loyalty: undefined };
    const handle = await saga.start(aRefund(saga.simulators, overrides));
    await saga.parked(handle, 'cash');
    saga.simulators.sipay.setMerchantBalance(FLOAT);
    await settle(handle, 'cash', outcome);
    await then?.(saga, handle);
    return over(handle);
  };
}

function reversalIsRefused(outcome: ResolutionOutcome): Branch {
  return async ({ saga }) => {
    const { faults } = saga.simulators;
    faults.add({ provider: 'paywall', operation: 'refund', kind: 'refuse' });
    faults.add({ provider: 'dsquares', operation: 'reverse', kind: 'refuse' });
    const handle = await saga.start(aRefund(saga.simulators));
    await saga.parked(handle, 'loyalty');
    await settle(handle, 'loyalty', outcome);
    return over(handle);
  };
}

/** An operator's word about a parked leg. */
export async function settle(
  handle: WorkflowHandle,
  leg: LegName,
  outcome: ResolutionOutcome,
): Promise<void> {
  await handle.executeUpdate('resolveLeg', { args: [wordOf(leg, outcome)] });
}

function wordOf(leg: LegName, outcome: ResolutionOutcome): ResolveLegMessage {
  const reference = needsReference(outcome) ? { providerReference: 'bank-transfer-7' } : {};
  return { leg, outcome, by: 'ana', evidence: 'read in the panel', ...reference };
}
