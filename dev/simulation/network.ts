import type { Reply } from '../../simulators/engine/effects';
import type { HttpClient, HttpSettings } from '../../src/providers/http';
import type { HttpResult } from '../../src/providers/http-answer';
import type { HttpRequest } from '../../src/providers/http-request';
import { parseJson, writeJson } from '../../src/providers/json';
import { retryAfterMs } from '../../src/providers/retry-after';
import type { VirtualClock } from './clock';

/** The providers' end of the wire. */
export type Answer = (
  incoming: { method: string; url: string; headers: Record<string, string>; body: string },
  origin: string,
  signal: AbortSignal,
) => Promise<Reply>;

/** How long a request takes to arrive and its answer to come back, in milliseconds; undefined: it never arrives. */
export type Travel = (movesMoney: boolean) => { there: number; back: number } | undefined;

/** What lies between workers and providers. */
export interface Way {
  travel: Travel;
  /** Told the provider whose way a request enters (1) and leaves (-1). */
  departed: (provider: string, by: 1 | -1) => void;
  /** Told the provider of a movement of money when it leaves. */
  sent: (provider: string) => void;
  /** Told the provider of a movement of money whose answer is lost. */
  lost: (provider: string) => void;
}

const LARGEST_ANSWER = 1_000_000;

/** Connections without a network: requests travel in virtual time, and are applied even when nobody waits any more. */
export function virtualConnections(
  clock: VirtualClock,
  answer: Answer,
  { travel, departed, lost, sent }: Way,
) {
  return ({ baseUrl, callTimeoutMs }: HttpSettings): HttpClient => ({
    send: (request) => send(request, baseUrl, callTimeoutMs),
    close: () => undefined,
  });

  async function send(request: HttpRequest, baseUrl: string, callTimeoutMs: number): Promise<HttpResult> {
    const { budget, movesMoney } = request;
    if (movesMoney ? !budget.mayBegin() : budget.remainingMs() <= 0) {
      return { kind: 'notSent', message: 'Not sent: what came before it took too long.' };
    }
    const timeoutMs = Math.min(callTimeoutMs, budget.remainingMs());
    const route = travel(movesMoney ?? false);
    if (!route) return { kind: 'notSent', message: 'Not sent: ECONNREFUSED.' };
    const timedOut = clock.sleep(timeoutMs).then((): HttpResult => ({
      kind: 'lost',
      message: `No whole answer within ${timeoutMs / 1000} s.`,
    }));
    if (movesMoney) sent(providerAt(baseUrl));
    const result = await Promise.race([timedOut, exchangeOver(route, request, baseUrl)]);
    if (movesMoney && result.kind === 'lost') lost(providerAt(baseUrl));
    return result;
  }

  async function exchangeOver(
    { there, back }: { there: number; back: number },
    request: HttpRequest,
    baseUrl: string,
  ): Promise<HttpResult> {
    const incoming = incomingOf(request, baseUrl);
    const provider = providerAt(baseUrl);
    departed(provider, 1);
    await clock.sleep(there);
    const reply = await answer(incoming, 'http://127.0.0.1', new AbortController().signal);
    departed(provider, -1);
    await clock.sleep(back);
    return resultOf(reply, clock.now);
  }
}

function providerAt(baseUrl: string): string {
  return new URL(baseUrl).pathname.split('/')[1] ?? '';
}

function incomingOf({ method, path, query, headers, json, form }: HttpRequest, baseUrl: string) {
  const search = query ? `?${new URLSearchParams(query).toString()}` : '';
  const body = form ? new URLSearchParams(form).toString() : json === undefined ? '' : writeJson(json);
  const type = form ? 'application/x-www-form-urlencoded' : 'application/json';
  const lowerCase = Object.entries({ 'content-type': type, ...headers }).map(([name, value]) => [
    name.toLowerCase(),
    value,
  ]);
  const url = `${new URL(baseUrl).pathname.replace(/\/+$/, '')}/${path.map(encodeURIComponent).join('/')}${search}`;
  return { method, url, headers: Object.fromEntries(lowerCase) as Record<string, string>, body };
}

function resultOf(reply: Reply, now: number): HttpResult {
  if (reply === 'destroy') return { kind: 'lost', message: 'No whole answer: ECONNRESET.' };
  const isWhole = typeof reply.content === 'string' && reply.content.length <= LARGEST_ANSWER;
  if (!isWhole) return { kind: 'lost', message: 'No whole answer: ERR_BAD_RESPONSE.' };
  const wait = retryAfterMs(reply.headers['Retry-After'], now);
  return {
    kind: 'answer',
    status: reply.status,
    body: parseJson(reply.content as string),
    isEmpty: reply.content.length === 0,
    ...(wait !== undefined && { retryAfterMs: wait }),
  };
}
