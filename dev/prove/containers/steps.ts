import { setTimeout as pause } from 'node:timers/promises';
import type { RefundRequest } from '../../../src/client';
import { originalOf } from '../../../simulators/originals';
import { aLargeRefund, aRefund } from './orders';
import { allRefunded, approve, NOT_ANSWERED, requireBooks, startRefunds, whenAll } from './refunds';
import type { Stack } from './stack';

/** What a step needs. */
export interface StepContext {
  stack: Stack;
  /** Refunds of the load. */
  refunds: number;
}

/** Does something and says what was seen; throws where it is not as it should be. */
export type Step = (context: StepContext) => Promise<string>;

/** Every answer of every provider takes so long, so that what is killed has calls under way. Milliseconds. */
const SLOW_MS = 1_000;
const SLOW = { random: { seed: 1, rates: { slow: 0.5, slowBefore: 0.5 }, scope: { delayMs: SLOW_MS } } };

const UP = ['up', '--no-build', '--detach', '--wait', 'worker', 'temporal-ui'];

const ASK_UI = `fetch('http://temporal-ui:8080/api/v1/namespaces/default/workflows').then((answer) => answer.text()).then(console.log)`;

const CLIENT = ['TEMPORAL_TLS_CLIENT_CERT_PATH', 'TEMPORAL_TLS_CLIENT_KEY_PATH'];
const NO_CERTIFICATE = CLIENT.flatMap((name) => ['-u', name]);
const LIST = ['refund', 'list', '--json'];

/** Whom a server that requires certificates must not answer. */
const STRANGERS = {
  'without TLS': ['env', ...NO_CERTIFICATE, '-u', 'TEMPORAL_TLS_SERVER_CA_CERT_PATH', ...LIST],
  'without a certificate': ['env', ...NO_CERTIFICATE, ...LIST],
  'with a certificate of another authority': [
    'env',
    ...['TEMPORAL_TLS_CLIENT_CERT_PATH=/tls/stranger.pem', 'TEMPORAL_TLS_CLIENT_KEY_PATH=/tls/stranger.key'],
    ...LIST,
  ],
};

/** Starts everything, each service once the one before is healthy. */
export const up: Step = async ({ stack }) => {
  const begin = Date.now();
  await stack.compose(...UP);
  const services = await stack.containers();
  return `${services.length} services up and healthy after ${seconds(begin)} s`;
};

/** A refund of three legs, and one that a person approves, by the command line in the image. */
export const refund: Step = async ({ stack }) => {
  const [small, large] = [aRefund('small', 1), aLargeRefund('large', 2)];
  await startRefunds(stack, [small, large]);
  await allRefunded(stack, [small]);
  await whenAll(stack, [large], 'awaitingApproval');
  await approve(stack, large);
  await allRefunded(stack, [large]);
  return 'a refund of three legs and one after `refund approve`: each leg once in the books';
};

/** SIGKILL in the middle of calls, and another worker in its place. */
export const killWorker: Step = async ({ stack }) => {
  const requests = series('killed', 100, 10);
  const waiting = aLargeRefund('waiting', 110);
  await startRefunds(stack, [waiting]);
  await whenAll(stack, [waiting], 'awaitingApproval');
  await stack.control('faults', [SLOW]);
  await startRefunds(stack, requests);
  const moved = await whenSomeMoved(stack, requests);
  await stack.compose('kill', '--signal', 'SIGKILL', 'worker');
  await stack.compose(...UP);
  const begin = Date.now();
  await approve(stack, waiting);
  const how = await allRefunded(stack, [...requests, waiting]);
  return `killed when ${moved}, and one refund waited for a person: all paid once, ${how}, ${seconds(begin)} s after the worker was back`;
};

/** The Temporal server goes away while refunds are under way, and comes back. */
export const restartServer: Step = async ({ stack }) => {
  const requests = series('restarted', 200, 20);
  await startRefunds(stack, requests);
  const moved = await whenSomeMoved(stack, requests);
  const before = await startOf(stack, 'worker');
  const begin = Date.now();
  await stack.compose('restart', 'temporal');
  const how = await allRefunded(stack, requests);
  if ((await startOf(stack, 'worker')) !== before) throw new Error('The worker did not outlast it.');
  return `restarted when ${moved}: all paid once, ${how}, ${seconds(begin)} s after the server was told to; the worker went on`;
};

/** Everything goes but the database's volume, and comes back. */
export const downAndUp: Step = async ({ stack }) => {
  const waiting = aLargeRefund('kept', 300);
  await startRefunds(stack, [waiting]);
  await whenAll(stack, [waiting], 'awaitingApproval');
  await requireBooks(stack, [waiting], new Map([[waiting.refundId, 'rejected']]));
  await stack.compose('down');
  await stack.compose(...UP);
  // The simulators remember nothing; what the customer paid is in a provider's books whatever becomes of the saga.
  await startRefunds(stack, [waiting]);
  const begin = Date.now();
  await approve(stack, waiting);
  const accepted = seconds(begin);
  await allRefunded(stack, [waiting]);
  return `a refund that waited for a person was still there, and was paid once after its approval, which was taken ${accepted} s after all was healthy again`;
};

/** Nothing is written beside volumes. */
export const readOnly: Step = async ({ stack }) => {
  const containers = await stack.containers();
  const writable = containers.filter(({ isReadOnly }) => !isReadOnly).map(({ service }) => service);
  const wrote = containers.filter(({ isReadOnly, written }) => isReadOnly && written.length > 0);
  if (writable.join() !== 'postgres') throw new Error(`These can write: ${writable.join(', ')}`);
  if (wrote.length > 0)
    throw new Error(wrote.map((one) => `${one.service}: ${one.written.join(' ')}`).join('\n'));
  for (const place of ['/app', '/tmp', '/home/node']) {
    const { code } = await stack.tryInWorker(['touch', `${place}/written`]);
    if (code === 0) throw new Error(`The worker's container can write to ${place}`);
  }
  const unlimited = containers.filter(({ memoryLimit }) => memoryLimit === 0).map(({ service }) => service);
  if (unlimited.length > 0) throw new Error(`Without a limit of memory: ${unlimited.join(', ')}`);
  return 'all but PostgreSQL run on a file system that cannot be written, without tmpfs; each has a limit of memory';
};

/** Three workers under load; one is killed, and the others take over. */
export const scale: Step = async ({ stack, refunds }) => {
  const requests = series('load', 1_000, refunds);
  await stack.compose('up', '--no-build', '--detach', '--wait', '--scale', 'worker=3', 'worker');
  await stack.control('faults', [SLOW]);
  const begin = Date.now();
  await startRefunds(stack, requests);
  const moved = await whenSomeMoved(stack, requests);
  await stack.killOne('worker');
  const memory = await stack.memory();
  const how = await allRefunded(stack, requests);
  return `${refunds} refunds of three legs on three workers, one of them killed when ${moved}: all paid once, ${how}, after ${seconds(begin)} s; memory under load: ${memory}`;
};

/** The server takes callers with a certificate only: worker, command line and UI have one. */
export const mutualTls: Step = async (context) => {
  const { stack } = context;
  await up(context);
  await refund(context);
  const ui = await stack.inWorker(['node', '-e', ASK_UI]);
  if (!ui.includes('large-000002')) throw new Error(`The UI shows no refund: ${ui.slice(0, 300)}`);
  for (const [how, command] of Object.entries(STRANGERS)) {
    const { code, output, problem } = await stack.tryInWorker(command);
    if (code !== NOT_ANSWERED)
      throw new Error(
        `A caller ${how} was not refused: ${code} ${output.slice(0, 200)} ${problem.slice(0, 200)}`,
      );
  }
  return 'worker, `refund` and UI reach a server that requires client certificates; callers without one are refused';
};

async function startOf(stack: Stack, name: string): Promise<string | undefined> {
  return (await stack.containers()).find(({ service }) => service === name)?.startedAt;
}

/** Waits until a sixth of the legs moved, and says how many did by the providers' books: the rest is under way. */
async function whenSomeMoved(stack: Stack, requests: readonly RefundRequest[]): Promise<string> {
  const legs = requests.flatMap(({ loyalty, sale, cash }) =>
    [loyalty, sale, cash].filter((leg) => leg !== undefined),
  );
  for (;;) {
    const books = await stack.books();
    const moved = legs.filter((leg) => books.of(leg.provider, originalOf(leg)).length > 0);
    if (moved.length === legs.length) throw new Error('Every refund was through before anything was broken.');
    if (moved.length * 6 >= legs.length) return `${moved.length} of ${legs.length} legs had moved`;
    await pause(100);
  }
}

function series(name: string, first: number, count: number): RefundRequest[] {
  return Array.from({ length: count }, (_, index) => aRefund(name, first + index));
}

function seconds(begin: number): number {
  return Math.round((Date.now() - begin) / 1_000);
}
