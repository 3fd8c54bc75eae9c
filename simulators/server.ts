import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { replyInstead, replyWith, type Reply } from './effects';
import type { Faults, Trouble } from './faults';
import type { ProviderName } from './options';
import type { ProviderSimulator, SimulatedRequest, World } from './provider';
import { mulberry32 } from './random';
import type { RequestLog } from './requests';
import { findRoute, type Found } from './routes';

/** A complete request before anyone has looked at it. */
export interface Incoming {
  method: string;
  /** As sent, with its query. */
  url: string;
  headers: http.IncomingHttpHeaders;
  body: string;
}

/** What the server needs to answer for all providers. */
export interface ServerSettings {
  host: string;
  port: number;
  latencyMs: number | [number, number];
  world: World;
  providers: Record<ProviderName, ProviderSimulator>;
  faults: Faults;
  requests: RequestLog;
  /** Answers what is under /control, where that is served. */
  control?: (incoming: Incoming) => Reply;
}

/** The one HTTP server behind all providers. It may be stopped and started again on the same port. */
export class SimulatorServer {
  readonly #chance = mulberry32(1);
  #server: http.Server | undefined;
  #running = new AbortController();
  #port: number;

  constructor(private readonly settings: ServerSettings) {
    this.#port = settings.port;
  }

  /** Base of every provider's address. */
  get url(): string {
    const { host } = this.settings;
    const reachable = { '0.0.0.0': '127.0.0.1', '::': '::1' }[host] ?? host;
    return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${this.#port}`;
  }

  /** Takes connections. */
  async start(): Promise<void> {
    if (this.#server) return;
    this.#running = new AbortController();
    const { signal } = this.#running;
    const server = http.createServer((request, response) => void this.#serve(request, response, signal));
    // An idle connection that is closed just when a client reuses it looks like a lost request.
    server.keepAliveTimeout = 0;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(this.#port, this.settings.host, resolve);
    });
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
  }

  /** Refuses connections from now on and drops the requests in flight; what was not applied yet never is. */
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
      const body = await textOf(request);
      const { method = 'GET', url = '/', headers } = request;
      const reply = await this.#replyTo({ method, url, headers, body }, signal);
      if (reply === 'destroy') response.destroy();
      else response.writeHead(reply.status, reply.headers).end(reply.content);
    } catch (error) {
      if (!signal.aborted && !request.destroyed) process.emitWarning(`simulators: ${String(error)}`);
      response.destroy();
    }
  }

  async #replyTo(incoming: Incoming, signal: AbortSignal): Promise<Reply> {
    const { control, providers, faults, requests, world } = this.settings;
    if (control && incoming.url.startsWith('/control/')) return control(incoming);
    const found = findRoute(providers, incoming);
    if (!found) return { status: 404, content: 'Not Found', headers: { 'Content-Type': 'text/plain' } };

    const { provider, operation, path, subject } = found;
    const { method, body } = incoming;
    const logged = requests.add({ provider, operation, method, path, body, at: world.now(), applied: false });
    const trouble = faults.take({ provider, operation, subject, path, body });
    if (trouble) logged.fault = trouble.kind;

    const latencyMs = this.#latency();
    await pause(latencyMs / 2 + (trouble?.kind === 'slowBefore' ? (trouble.delayMs ?? 1000) : 0), signal);
    const sizeBefore = world.books.size;
    const reply = this.#apply(found, trouble);
    logged.applied = world.books.size > sizeBefore;
    await pause(latencyMs / 2 + (trouble?.kind === 'slow' ? (trouble.delayMs ?? 1000) : 0), signal);
    if (reply !== 'destroy') logged.status = reply.status;
    return reply;
  }

  #apply({ provider, operation, path, request, route }: Found, trouble?: Trouble): Reply {
    const simulator = this.settings.providers[provider];
    const elsewhere = `${this.url.replace('127.0.0.1', 'localhost')}/redirected/${provider}${path}`;
    const circumstances = trouble && { trouble, operation, wording: simulator.wording, elsewhere };
    const instead = circumstances && replyInstead(circumstances);
    if (instead) return instead;
    const answer =
      (route.open ? undefined : simulator.authorize(request)) ??
      route.handle(this.#seen(request, simulator, trouble));
    return replyWith(answer, circumstances);
  }

  /** The request with what the provider lets its look-ups see. */
  #seen(
    request: SimulatedRequest,
    { lookUpDelayMs }: ProviderSimulator,
    trouble?: Trouble,
  ): SimulatedRequest {
    const staleMs = trouble?.kind === 'staleLookUp' ? (trouble.delayMs ?? 60_000) : lookUpDelayMs;
    const asOf = this.settings.world.now() - staleMs;
    return trouble?.kind === 'pending'
      ? { ...request, asOf, pendingReads: trouble.reads ?? 2 }
      : { ...request, asOf };
  }

  #latency(): number {
    const { latencyMs } = this.settings;
    const [least, most] = typeof latencyMs === 'number' ? [latencyMs, latencyMs] : latencyMs;
    return least + this.#chance() * (most - least);
  }
}

async function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  if (delayMs > 0) await wait(delayMs, undefined, { signal });
}

async function textOf(request: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
