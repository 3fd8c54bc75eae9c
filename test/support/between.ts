import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { startSimulators } from '../../simulators';
import type { Simulators, SimulatorOptions } from '../../simulators';
import { startSaga, type Saga, type SagaOptions } from './saga';

/** A whole answer on its way back; `request` is the path and body that it answers. */
export interface Passing {
  request: string;
  status: number;
  body: string;
}

/** What becomes of an answer; undefined lets it pass. */
export type Rewrite = (passing: Passing) => Pick<Passing, 'status' | 'body'> | undefined;

/** A saga whose workers reach the simulators through something that can rewrite answers, as a gateway could. */
export interface SagaBetween {
  saga: Saga;
  simulators: Simulators;
  rewrite(rewrite: Rewrite | undefined): void;
  close(): Promise<void>;
}

/** Starts it. */
export async function startSagaBetween(
  simulatorOptions: SimulatorOptions = {},
  options: SagaOptions = {},
): Promise<SagaBetween> {
  const simulators = await startSimulators(simulatorOptions);
  let rewriting: Rewrite | undefined;
  const server = http.createServer((incoming, response) => {
    void forward(simulators.url, incoming).then((passing) => {
      if (!passing) return incoming.socket.destroy();
      const { status, body } = rewriting?.(passing) ?? passing;
      return response.writeHead(status, { 'Content-Type': 'application/json' }).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const environment = Object.fromEntries(
    Object.entries(simulators.environment()).map(([name, value]) => [
      name,
      value.replace(simulators.url, url),
    ]),
  );
  const saga = await startSaga({
    ...options,
    over: simulators,
    environment: { ...environment, ...options.environment },
  });
  return {
    saga,
    simulators,
    rewrite: (rewrite) => void (rewriting = rewrite),
    close: async () => {
      await saga.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await simulators.close();
    },
  };
}

/** Sends a request on; undefined when its connection dies. */
async function forward(target: string, incoming: http.IncomingMessage): Promise<Passing | undefined> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const sent = Buffer.concat(chunks);
  const { url = '', method, headers: received } = incoming;
  const headers = { ...received, host: new URL(target).host, connection: 'close' };
  return new Promise((resolve) => {
    const outgoing = http.request(`${target}${url}`, { method, headers, agent: false }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('error', () => resolve(undefined));
      answer.on('end', () =>
        resolve({
          request: `${url} ${sent.toString()}`,
          status: answer.statusCode ?? 500,
          body: Buffer.concat(parts).toString(),
        }),
      );
    });
    outgoing.on('error', () => resolve(undefined));
    outgoing.end(sent);
  });
}
