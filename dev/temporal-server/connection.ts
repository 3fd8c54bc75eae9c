import { setTimeout as pause } from 'node:timers/promises';
import { Connection, type ConnectionOptions } from '@temporalio/client';

const START_WAIT_MS = 30_000;
const RETRY_PAUSE_MS = 50;

/** How to connect to a server on this machine: never through the proxy of the environment. */
export function localConnection(address: string): ConnectionOptions {
  return { address, channelArgs: { 'grpc.enable_http_proxy': 0 } };
}

/**
 * Waits until a server answers: 30 s at most, and no longer than `isAlive` says that there is something to wait for.
 * @returns undefined when it answers, else why it does not
 */
export async function waitUntilAnswers(
  options: ConnectionOptions,
  isAlive: () => boolean = () => true,
): Promise<string | undefined> {
  const deadline = Date.now() + START_WAIT_MS;
  let problem = 'it ended';
  while (isAlive()) {
    try {
      const connection = await Connection.connect({ ...options, connectTimeout: 2_000 });
      await connection.workflowService.getSystemInfo({});
      await connection.close();
      return undefined;
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
    }
    if (Date.now() > deadline) return `no answer within ${START_WAIT_MS / 1000} s: ${problem}`;
    await pause(RETRY_PAUSE_MS);
  }
  return problem;
}
