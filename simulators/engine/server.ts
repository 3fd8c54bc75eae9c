import { setMaxListeners } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Reply } from './effects';
import type { Incoming } from './routes';

/** Answers one request; `signal` ends its delays. */
export type Answering = (incoming: Incoming, origin: string, signal: AbortSignal) => Promise<Reply>;

/** The one HTTP server behind all providers. It may be stopped and started again on the same port. */
export class SimulatorServer {
  #server: http.Server | undefined;
  #running = new AbortController();

  constructor(
    private readonly host: string,
    private port: number,
    private readonly answer: Answering,
  ) {}

  /** Base of every provider's address, as this machine reaches it. */
  get url(): string {
    const reachable = { '0.0.0.0': '127.0.0.1', '::': '::1' }[this.host] ?? this.host;
    return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${this.port}`;
  }

  /** Takes connections. */
  async start(): Promise<void> {
    if (this.#server) return;
    this.#running = new AbortController();
    const { signal } = this.#running;
    // Every request that waits listens to it.
    setMaxListeners(0, signal);
    const server = http.createServer((request, response) => void this.#serve(request, response, signal));
    // An idle connection that is closed just when a client reuses it looks like a lost request.
    server.keepAliveTimeout = 0;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(this.port, this.host, resolve);
    });
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
  }

  /** Refuses connections from now on and drops the requests in flight: what was not applied yet never is. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    this.#running.abort();
    if (!server) return;
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  }

  async #serve(
    request: http.IncomingMessage,
    response: http.ServerResponse,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      const { method = 'GET', url = '/', headers } = request;
      const reply = await this.answer(
        { method, url, headers, body: await bodyOf(request) },
        this.url,
        signal,
      );
      if (reply === 'destroy') response.destroy();
      else response.writeHead(reply.status, reply.headers).end(reply.content);
    } catch (error) {
      const isCut = signal.aborted || request.destroyed;
      if (!isCut) process.emitWarning(`simulators: ${String(error)}`);
      response.destroy();
    }
  }
}

async function bodyOf(request: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
