import type { z } from 'zod';
import {
  DEFAULT_TASK_QUEUE,
  FAILURES,
  MESSAGES,
  ORDER_MESSAGES,
  orderWorkflowIdOf,
  SEARCH_ATTRIBUTES,
  SEND_AGAIN,
  WORKFLOW_TYPE,
  workflowIdOf,
} from '../../src/domain/contract';
import { refundRequest } from '../../src/domain/request';
import { FINAL_STATUSES } from '../../src/domain/state';
import { jsonSchemaOf, withNullForAbsent, written } from './json-schema';
import { decide, decision, resolveLeg } from './messages';
import { notice } from './notice';
import { orderState, releaseHold } from './order';
import { refundState } from './state';

/** Where the contract lies, from the root of the project. */
export const CONTRACT_FOLDER = 'contract';

const SCHEMAS = {
  'refund-request': {
    title: 'Refund request',
    description: 'The one argument of the workflow refundOrder.',
  },
  'refund-state': {
    title: 'Refund',
    description:
      'The result of a run, and the answer of getRefund, decide and resolveLeg. Fields are added to it, never renamed.',
  },
  decision: { title: 'Decision', description: 'The argument of the signals approve and reject.' },
  decide: { title: 'Decision by update', description: 'The argument of the update decide.' },
  'resolve-leg': {
    title: 'Resolution of a parked leg',
    description:
      'The argument of the update resolveLeg. Which outcomes a leg accepts follows from why it is parked.',
  },
  'release-hold': {
    title: 'Release of a hold',
    description:
      'The argument of the update releaseHold of an order: what a refund holds that does not run any more did not move.',
  },
  'order-state': {
    title: 'Order',
    description:
      'The answer of getOrder and releaseHold: what the refunds of an order hold and have moved. Fields are added to it, never renamed.',
  },
  notice: {
    title: 'Notice',
    description: 'What is posted to NOTIFY_URL when a refund waits for a person or has ended.',
  },
} as const;

const ZOD: Record<keyof typeof SCHEMAS, z.ZodType> = {
  'refund-request': refundRequest,
  'refund-state': refundState,
  decision,
  decide,
  'resolve-leg': resolveLeg,
  'release-hold': releaseHold,
  'order-state': orderState,
  notice,
};

type SchemaName = keyof typeof SCHEMAS;

function fileOf(name: SchemaName): string {
  return `${name}.schema.json`;
}

/** Where each message is sent, what it takes and what it answers; a signal answers nothing. */
const NAMES = {
  workflowType: WORKFLOW_TYPE,
  taskQueue: DEFAULT_TASK_QUEUE,
  workflowId: workflowIdOf('<refundId>'),
  idReusePolicy: 'reject duplicate',
  idConflictPolicy: 'fail',
  argument: fileOf('refund-request'),
  result: fileOf('refund-state'),
  finalStatuses: FINAL_STATUSES,
  signals: {
    [MESSAGES.approve]: { argument: fileOf('decision') },
    [MESSAGES.reject]: { argument: fileOf('decision') },
  },
  updates: {
    [MESSAGES.decide]: {
      argument: fileOf('decide'),
      answer: fileOf('refund-state'),
      refusedAs: FAILURES.decisionRefused,
    },
    [MESSAGES.resolveLeg]: {
      argument: fileOf('resolve-leg'),
      answer: fileOf('refund-state'),
      refusedAs: FAILURES.resolutionRefused,
    },
  },
  queries: { [MESSAGES.getRefund]: { answer: fileOf('refund-state') } },
  order: {
    workflowId: orderWorkflowIdOf('<orderId>'),
    updates: {
      [ORDER_MESSAGES.releaseHold]: {
        argument: fileOf('release-hold'),
        answer: fileOf('order-state'),
        refusedAs: FAILURES.releaseRefused,
      },
    },
    queries: { [ORDER_MESSAGES.getOrder]: { answer: fileOf('order-state') } },
  },
  failureOfTheRun: FAILURES.invalidRequest,
  detailOfARefusalToSendAgain: SEND_AGAIN,
  searchAttributes: SEARCH_ATTRIBUTES,
};

/** Every file of the contract that is written from the code, by its name. */
export function contractFiles(): Map<string, string> {
  const schemas = (Object.keys(SCHEMAS) as SchemaName[]).map((name): [string, string] => {
    const schema = jsonSchemaOf(ZOD[name], SCHEMAS[name]);
    return [fileOf(name), written(name === 'refund-request' ? withNullForAbsent(schema) : schema)];
  });
  return new Map([...schemas, ['contract.json', written(NAMES)]]);
}
