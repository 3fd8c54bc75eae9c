import { own } from './books';
import { replyInstead, replyWith, type Reply } from './effects';
import type { Trouble } from './fault-kinds';
import type { Faults } from './faults';
import type { ProviderName } from '../options';
import type { ProviderSimulator, SimulatedRequest, World } from './provider';
import { mulberry32 } from './random';
import type { RequestLog } from './requests';
import { findRoute, type Found, type Incoming } from './routes';

/** What all requests are answered with. */
export interface ExchangeSettings {
  latencyMs: number | [number, number];
  /** Waits on the providers' clock; rejects when the signal is given. */
  wait: (delayMs: number, signal: AbortSignal) => Promise<unknown>;
  world: World;
  providers: Record<ProviderName, ProviderSimulator>;
  faults: Faults;
  requests: RequestLog;
  /** Answers what is under /control, where that is served. */
  control?: (incoming: Incoming) => Reply;
}

const NOT_FOUND: Reply = { status: 404, content: 'Not Found', headers: { 'Content-Type': 'text/plain' } };
const STALE_MS = 60_000;
const SLOW_MS = 1000;
const READS = 2;

/** Makes the function that answers one request: finds its route, strikes it with its fault, writes it down. */
export function exchange(settings: ExchangeSettings) {
  const { control, providers, faults, requests, world } = settings;
  const chance = mulberry32(1);

  return async function answer(incoming: Incoming, origin: string, signal: AbortSignal): Promise<Reply> {
    if (control && incoming.url.startsWith('/control/')) return control(incoming);
    const found = findRoute(providers, incoming);
    if (!found) return NOT_FOUND;

    const { provider, operation, path, subject } = found;
    const { method, body } = incoming;
    const logged = requests.add({ provider, operation, method, path, body, at: world.now(), applied: false });
    const trouble = faults.take({ provider, operation, subject, path, body });
    if (trouble) logged.fault = trouble.kind;
    if (trouble?.retryAfter !== undefined) logged.retryAfter = trouble.retryAfter;
    const latencyMs = draw(settings.latencyMs, chance);
    const pause = async (delayMs: number) => {
      if (delayMs > 0) await settings.wait(delayMs, signal);
    };
    await pause(latencyMs / 2 + slownessOf('slowBefore', trouble));

    const sizeBefore = world.books.size;
    const reply = apply(found, providers[provider], origin, world.now(), trouble);
    logged.applied = own(world.books.since(sizeBefore)).length > 0;
    await pause(latencyMs / 2 + slownessOf('slow', trouble));
    if (reply !== 'destroy') logged.status = reply.status;
    return reply;
  };
}

/** Asks the provider, unless a fault stands in its way, and spoils its answer where a fault says so. */
function apply(
  { provider, operation, path, subject, request, route }: Found,
  simulator: ProviderSimulator,
  origin: string,
  now: number,
  trouble?: Trouble,
): Reply {
  const elsewhere = `${origin.replace('127.0.0.1', 'localhost')}/redirected/${provider}${path}`;
  const circumstances = trouble && { trouble, operation, subject, wording: simulator.wording, elsewhere };
  const instead = circumstances && replyInstead(circumstances);
  if (instead) return instead;
  if (trouble?.kind === 'panelRefund') simulator.refundInPanel(request);
  const seen = { ...request, ...sightOf(simulator, now, trouble) };
  const ask = () => (route.open ? undefined : simulator.authorize(seen)) ?? route.handle(seen);
  if (trouble?.kind === 'repeated') ask();
  return replyWith(ask(), circumstances);
}

/** How much of the books the look-ups see, now and later, and what the provider does of its own accord. */
function sightOf(
  { lookUpDelayMs }: ProviderSimulator,
  now: number,
  trouble?: Trouble,
): Pick<SimulatedRequest, 'asOf' | 'pendingReads' | 'cashback'> {
  const asOf = now - (trouble?.kind === 'staleLookUp' ? (trouble.delayMs ?? STALE_MS) : lookUpDelayMs);
  switch (trouble?.kind) {
    case 'pending':
      return { asOf, pendingReads: trouble.reads ?? READS };
    case 'unaskedCashback':
      return { asOf, cashback: 'unasked' };
    case 'keptCashback':
      return { asOf, cashback: 'kept' };
    default:
      return { asOf };
  }
}

function slownessOf(kind: 'slow' | 'slowBefore', trouble?: Trouble): number {
  return trouble?.kind === kind ? (trouble.delayMs ?? SLOW_MS) : 0;
}

function draw(latencyMs: number | [number, number], chance: () => number): number {
  if (typeof latencyMs === 'number') return latencyMs;
  const [least, most] = latencyMs;
  return least + chance() * (most - least);
}
