import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { heal, TERMINATED } from '../client/heal';
import type { HealedRefund } from '../client/heal';
import { readPayloadKeys } from '../config';
import { EnvironmentReader } from '../config/reader';
import type { Environment } from '../config/reader';
import { DEFAULT_TASK_QUEUE } from '../domain/contract';
import { dataConverterFor } from '../encryption';
import { REFUND_ID } from './command-line';
import type { Command, CommandLine, Json } from './command-line';

/** Heals one refund. */
export type Heal = (refundId: string) => Promise<HealedRefund>;

/** `refund heal`. */
export function registerHeal({ add, execute, heal: healRefund }: CommandLine): void {
  add('heal', 'reset a refund whose run hangs, or was terminated, to its last completed workflow task')
    .argument(...REFUND_ID)
    .action((id: string, options: Json) => execute(healCommand(id, healRefund), options));
}

function healCommand(refundId: string, healRefund: Heal): Command {
  return async () => {
    const healed = await healRefund(refundId);
    return { json: healed, text: showHealed(healed) };
  };
}

/** Heals over a connection of its own, by the variables with which a refund client was connected before. */
export function healerOf(environment: Environment, timeoutMs: number): Heal {
  return async (refundId) => {
    const { connectionOptions, namespace = 'default' } = loadClientConnectConfig({
      overrideEnvVars: Object.fromEntries(Object.entries(environment).filter(isSet)),
    });
    const dataConverter = dataConverterFor(readPayloadKeys(new EnvironmentReader(environment)));
    const connection = Connection.lazy({
      ...connectionOptions,
      connectTimeout: timeoutMs,
      // A server on this machine is never behind the proxy of the environment.
      ...(LOOPBACK.test(connectionOptions.address ?? 'localhost') && {
        channelArgs: { 'grpc.enable_http_proxy': 0 },
      }),
    });
    const client = new Client({ connection, namespace, ...(dataConverter && { dataConverter }) });
    try {
      return await heal({ client, taskQueue: DEFAULT_TASK_QUEUE, timeoutMs }, refundId);
    } finally {
      await connection.close();
    }
  };
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/;

function isSet(entry: [string, string | undefined]): entry is [string, string] {
  return entry[1] !== undefined;
}

function showHealed({ refundId, hungRunId, runId, resetTo, problem, cancelSentAgain }: HealedRefund): string {
  return [
    `Refund ${refundId} ${problem === TERMINATED ? 'was terminated' : `hung (${problem})`}. It was reset to its last completed workflow task (event ${resetTo}).`,
    `Run ${hungRunId} is over; run ${runId} goes on. Messages that came later are delivered again` +
      (cancelSentAgain ? ', and so is the cancel.' : '.'),
    'Before it sends anything it looks up each leg that is not settled: what an earlier run sent is found, not sent ' +
      'again; what no look-up can settle waits for a person.',
    `See: refund show ${refundId}. If it hangs again, and the workers run the right code, heal it again: ` +
      'that goes back one task further.',
  ].join('\n');
}
