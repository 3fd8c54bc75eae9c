import http from 'node:http';
import axios from 'axios';
import { plainCalls } from '../plain/calls';
import type { Shape } from '../plain/calls';
import { serveLoop } from '../processes/serve-loop';
import { untilItWorks } from './engine';
import { load } from './packages';

/** What is used of `@restatedev/restate-sdk`. */
interface Restate {
  service(definition: { name: string; handlers: Record<string, Handler> }): object;
  serve(options: { services: object[]; port: number }): Promise<unknown>;
}
type Handler = (
  context: { run(name: string, step: () => Promise<void>): Promise<void> },
  refund: Shape,
) => Promise<void>;

/** Restate's SDK needs this, and Node has it only from version 22. */
function provideWithResolvers(): void {
  const withResolvers = () => {
    const parts: Record<string, unknown> = {};
    parts.promise = new Promise((resolve, reject) => Object.assign(parts, { resolve, reject }));
    return parts;
  };
  if (!('withResolvers' in Promise)) Object.assign(Promise, { withResolvers });
}

/** The same calls as the bare saga's, each a step of Restate. */
async function main(): Promise<void> {
  provideWithResolvers();
  const restate = load('@restatedev/restate-sdk') as Restate;
  const calls = plainCalls(process.env);
  const { RESTATE_INGRESS = '', RESTATE_ADMIN = '', SERVICE_PORT = '' } = process.env;
  const refunds = restate.service({
    name: 'refunds',
    handlers: {
      run: async (context, refund) => {
        for (const name of ['preflight', 'refundLoyalty', 'refundSale', 'refundCash'] as const)
          await context.run(name, () => calls[name](refund));
      },
    },
  });
  await restate.serve({ services: [refunds], port: Number(SERVICE_PORT) });
  const client = axios.create({ httpAgent: new http.Agent({ keepAlive: true }), proxy: false });
  const uri = `http://127.0.0.1:${SERVICE_PORT}`;
  await untilItWorks(() => client.post(`${RESTATE_ADMIN}/deployments`, { uri }));
  serveLoop(async (refund) => {
    const headers = { 'idempotency-key': refund.refundId };
    await client.post(`${RESTATE_INGRESS}/refunds/run`, refund, { headers, timeout: 60_000 });
  });
}

void main();
