import type { WorkflowHandle } from '@temporalio/client';
import { randomUUID } from 'node:crypto';
import { temporal } from '@temporalio/proto';
import type { RefundRequest } from '../../src/domain/request';
import { aRefund, aRefundAt, emptyFloatFor } from './requests';
import { startSaga } from './saga';
import type { Saga, SagaOptions } from './saga';
import { untilIt } from './until';

/** A deployment of several releases over the same simulators and queue. */
export interface Releases {
  deployment: string;
  /** Starts the workers of a release; the first starts the simulators too. */
  start(buildId: string, options?: SagaOptions): Promise<Saga>;
  /** Sends what is new, and what is not pinned, to a release: what the command does that docs/upgrading.md names. */
  makeCurrent(buildId: string): Promise<void>;
  ramp(buildId: string, percentage: number): Promise<void>;
  close(): Promise<void>;
}

/** Begins a deployment that has no release yet. */
export function beginReleases(versioning?: 'pinned'): Releases {
  const deployment = `refunds-${randomUUID().slice(0, 6)}`;
  const sagas: Saga[] = [];
  const route = async (send: (saga: Saga) => Promise<unknown>) => {
    const [saga] = sagas;
    if (!saga) throw new Error('there is no release yet');
    await untilIt(() => send(saga).then(() => true));
    await untilIt(() => isRouted(saga, deployment));
  };
  return {
    deployment,
    async start(buildId, options = {}) {
      const [first] = sagas;
      const saga = await startSaga({
        ...(first && { over: first.simulators, taskQueue: first.taskQueue }),
        ...options,
        environment: {
          TEMPORAL_DEPLOYMENT_NAME: deployment,
          TEMPORAL_WORKER_BUILD_ID: buildId,
          ...(versioning && { REFUND_VERSIONING: versioning }),
          ...PATIENT,
          ...options.environment,
        },
      });
      sagas.push(saga);
      return saga;
    },
    makeCurrent: (buildId) =>
      route(({ client }) =>
        client.workflowService.setWorkerDeploymentCurrentVersion({
          ...{ namespace: 'default', deploymentName: deployment, buildId, identity: 'test' },
        }),
      ),
    ramp: (buildId, percentage) =>
      route(({ client }) =>
        client.workflowService.setWorkerDeploymentRampingVersion({
          ...{ namespace: 'default', deploymentName: deployment, buildId, percentage, identity: 'test' },
        }),
      ),
    close: async () => {
      for (const saga of sagas.reverse()) await saga.close();
    },
  };
}

/** The queues learn of it one after another. */
async function isRouted({ client }: Saga, deploymentName: string): Promise<boolean> {
  const { workerDeploymentInfo } = await client.workflowService.describeWorkerDeployment({
    ...{ namespace: 'default', deploymentName },
  });
  return workerDeploymentInfo?.routingConfigUpdateState === COMPLETED;
}

const { ROUTING_CONFIG_UPDATE_STATE_COMPLETED: COMPLETED } = temporal.api.enums.v1.RoutingConfigUpdateState;

/** Refunds of three legs need approval; look-ups and attempts are far enough apart that a release fits between them. */
export const PATIENT = {
  APPROVAL_LIMITS: 'TRY=11000,points=100000',
  LOOKUP_DELAYS: '4s,6s,8s',
  SLOW_RETRY_INTERVAL: '4s',
  FAST_RETRIES: '0',
};

/** A refund under way, and what lets it come to its end. */
export interface Waiting {
  request: RefundRequest;
  handle: WorkflowHandle;
  goOn: (saga: Saga) => Promise<unknown>;
}

/** One refund in every state in which a refund can wait for long. */
export async function inEveryState(
  saga: Saga,
): Promise<Record<'approval' | 'parked' | 'betweenAttempts' | 'lookingUp', Waiting>> {
  const { simulators } = saga;
  const [approval, parked, betweenAttempts, lookingUp] = [
    aRefund(simulators),
    aRefundAt(simulators, 'sipay'),
    aRefundAt(simulators, 'wyre'),
    aRefundAt(simulators, 'paywall'),
  ];
  simulators.faults.add(emptyFloatFor(parked));
  simulators.faults.add({ provider: 'wyre', operation: 'refund', kind: 'tooMany', times: 1 });
  simulators.faults.add({ provider: 'paywall', operation: 'refund', kind: 'dropAfter' });
  const begin = async (request: RefundRequest, goOn: Waiting['goOn'] = () => Promise.resolve()) => ({
    ...{ request, handle: await saga.start(request), goOn },
  });
  const begun = {
    approval: await begin(approval, ({ client }) =>
      client.workflow.getHandle(`refund:${approval.refundId}`).signal('approve', { by: 'ana' }),
    ),
    parked: await begin(parked, ({ client }) =>
      client.workflow.getHandle(`refund:${parked.refundId}`).executeUpdate('resolveLeg', {
        args: [{ leg: 'cash', outcome: 'retry', by: 'ana', evidence: 'the float is full again' }],
      }),
    ),
    betweenAttempts: await begin(betweenAttempts),
    lookingUp: await begin(lookingUp),
  };
  await saga.until(begun.approval.handle, ({ status }) => status === 'awaitingApproval');
  await saga.parked(begun.parked.handle, 'cash');
  await saga.until(begun.betweenAttempts.handle, ({ waitingOn }) => waitingOn === 'wyre');
  await saga.until(begun.lookingUp.handle, ({ legs }) => legs.sale?.status === 'lookingUp');
  return begun;
}

/** The build id whose workers took the last completed workflow task of a run. */
export async function lastRelease(handle: WorkflowHandle): Promise<string | undefined> {
  const { events } = await handle.fetchHistory();
  const last = events?.findLast((event) => event.workflowTaskCompletedEventAttributes);
  return last?.workflowTaskCompletedEventAttributes?.deploymentVersion?.buildId ?? undefined;
}
