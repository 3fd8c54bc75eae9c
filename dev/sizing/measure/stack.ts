import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from '@temporalio/client';
import { startProviders } from '../../bench/environment';
import type { Providers } from '../../bench/environment';
import { createOperatorClient } from '../../../src/client/operator';
import type { OperatorClient } from '../../../src/client/operator';
import { startPostgres } from './postgres';
import type { Postgres } from './postgres';
import type { Programs } from './programs';
import { NAMESPACE, startTemporal } from './temporal';
import type { Server } from './temporal';

/** Everything but the worker that is measured. */
export interface Stack {
  postgres: Postgres;
  server: Server;
  providers: Providers;
  client: Client;
  refunds: OperatorClient;
  /** Takes every notice. */
  receiverUrl: string;
  close(): Promise<void>;
}

/** Starts a Temporal server over PostgreSQL, the simulated providers, and a receiver of notices. */
export async function startStack(
  programs: Programs,
  {
    shards,
    lists,
    delayMs,
    run,
  }: { shards: number; lists: number | undefined; delayMs: number; run: string },
): Promise<Stack> {
  const folder = await mkdtemp(path.join(tmpdir(), 'refund-sizing-'));
  // The database's own user goes through it.
  await chmod(folder, 0o755);
  const postgres = await startPostgres(programs, folder);
  const server = await startTemporal(programs, postgres, { folder, shards, lists });
  const providers = await startProviders(run, delayMs);
  const client = new Client({ connection: server.connection, namespace: NAMESPACE });
  const receiver = createServer((request, response) => {
    request.resume().once('end', () => response.writeHead(204).end());
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  return {
    postgres,
    server,
    providers,
    client,
    refunds: createOperatorClient({ client, timeoutMs: 120_000 }),
    receiverUrl: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`,
    async close() {
      receiver.close();
      await providers.child.stop();
      await server.stop();
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
