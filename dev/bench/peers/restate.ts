import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findFreePort } from '../../temporal-server/ports';
import { startLoop } from '../environment';
import type { Providers } from '../environment';
import { inItsProcess } from '../variants';
import type { Variant } from '../variants';
import { overEngine, startEngine } from './engine';
import { PEERS } from './packages';

const PROGRAM = `restate-server-${process.platform}-${process.arch}/bin/restate-server`;

/** Starts Restate's server, with the durable settings it has by itself, and a service. */
export async function startRestate(providers: Providers): Promise<Variant | string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'refund-bench-restate-'));
  const [ingress, admin, node, service] = [
    await findFreePort(),
    await findFreePort(),
    await findFreePort(),
    await findFreePort(),
  ];
  const engine = startEngine(path.join(PEERS, 'node_modules/@restatedev', PROGRAM), ['--base-dir', folder], {
    cwd: folder,
    env: {
      ...process.env,
      RESTATE_BIND_ADDRESS: `127.0.0.1:${node}`,
      RESTATE_INGRESS__BIND_ADDRESS: `127.0.0.1:${ingress}`,
      RESTATE_ADMIN__BIND_ADDRESS: `127.0.0.1:${admin}`,
      RESTATE_DISABLE_TELEMETRY: 'true',
      NO_PROXY: '127.0.0.1',
    },
  });
  const worker = await startLoop('peers/restate-main.js', {
    ...providers.environment,
    RESTATE_INGRESS: `http://127.0.0.1:${ingress}`,
    RESTATE_ADMIN: `http://127.0.0.1:${admin}`,
    SERVICE_PORT: String(service),
  });
  return overEngine(inItsProcess('Restate', worker, providers, engine.pid), engine, folder);
}
