import { DEFAULT_TASK_QUEUE, ordersQueueOf } from '../domain/contract';
import { noticeQueue } from '../domain/notice';
import { PROVIDER_NAMES, providerQueue } from '../domain/plan';
import type { EnvironmentReader } from './reader';

/** The queues beside the one of refunds, by how their names end. */
const BESIDE = [
  ordersQueueOf(''),
  noticeQueue(''),
  ...PROVIDER_NAMES.map((provider) => providerQueue('', provider)),
];

/**
 * The task queue of refunds. None whose name another fleet may have for a queue beside its own: the workers of the two
 * would take each other's calls, with other secrets, and past each other's stops.
 */
export function readTaskQueue(reader: EnvironmentReader): string {
  return reader.read('REFUND_TASK_QUEUE', parseTaskQueue, SHOULD_BE) ?? DEFAULT_TASK_QUEUE;
}

const SHOULD_BE = `a name of 1 to 200 characters that does not end in ${BESIDE.join(', ')}`;

function parseTaskQueue(text: string): string | undefined {
  return text.length <= 200 && !BESIDE.some((end) => text.endsWith(end)) ? text : undefined;
}
