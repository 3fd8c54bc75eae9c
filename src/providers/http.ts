import http from 'node:http';
import https from 'node:https';
import { Axios } from 'axios';
import { answerOf } from './http-answer';
import type { HttpResult } from './http-answer';
import { bodyOf, headersOf, urlOf } from './http-request';
import type { HttpRequest } from './http-request';
import { mayHaveBeenRead, TOO_LATE, watched } from './http-transport';
import type { Passage } from './http-transport';
import { startBudget } from './time-budget';
import type { TimeBudget } from './time-budget';

/** The most bytes of an answer that are read, after decompression. */
const MAX_ANSWER_BYTES = 1_000_000;

/**
 * How long a connection that nobody uses is kept, in milliseconds: less than any server keeps it, because a request
 * that meets the server's closing is lost, and a lost movement of money may need a person.
 */
const IDLE_SOCKET_MS = 1_000;

/** An axios of our own: no default and no interceptor that anything else in this process gave to the shared one. */
const axios = new Axios({});

/** What one provider's connections are made with. */
export interface HttpSettings {
  /** Base URL of the provider; a path prefix is kept. */
  baseUrl: string;
  /** Whole life of one call in milliseconds: waiting for a socket, connecting and reading the body included. */
  callTimeoutMs: number;
  /** Sockets at the same time; further calls wait for one. */
  maxConcurrent: number;
}

/** One provider's HTTP client. No error leaves it: axios errors carry credentials. */
export interface HttpClient {
  send(request: HttpRequest): Promise<HttpResult>;
  close(): void;
}

/** Makes a client with connections of its own, whose socket limit keeps one slow provider from starving the others. */
export function createHttpClient(settings: HttpSettings): HttpClient {
  const base = new URL(settings.baseUrl);
  const withBase = { ...settings, base };
  const transport = base.protocol === 'https:' ? https : http;
  const agent = new transport.Agent({
    keepAlive: true,
    maxSockets: settings.maxConcurrent,
    timeout: IDLE_SOCKET_MS,
  });
  return {
    send: (request) => send(inheritNothing(request), withBase, transport, agent),
    close: () => agent.destroy(),
  };
}

async function send(
  request: HttpRequest,
  settings: HttpSettings & { base: URL },
  transport: typeof http | typeof https,
  agent: http.Agent,
): Promise<HttpResult> {
  // A call ends before its attempt does, also when the configured timeout has grown since the refund was planned.
  const remainingMs = Math.min(settings.callTimeoutMs, request.budget.remainingMs());
  const isInTime = () => (request.movesMoney ? request.budget.mayBegin() : request.budget.remainingMs() > 0);
  if (!isInTime()) return { kind: 'notSent', message: `Not sent: ${LATE}.` };
  const headers = headersOf(request);
  if (!headers) {
    return { kind: 'notSent', message: 'Not sent: a credential holds a character that no header can.' };
  }
  const passage: Passage = { isInTime, mayHaveLeft: false, isHandshakeOpen: false };
  const deadline = new AbortController();
  const stopWaiting = waitAtMost(startBudget(remainingMs), () => deadline.abort());
  try {
    const response = await axios.request<ArrayBuffer>({
      adapter: 'http',
      method: request.method,
      url: urlOf(settings.base, request),
      headers,
      data: bodyOf(request),
      httpAgent: agent,
      httpsAgent: agent,
      transport: watched(transport, passage),
      signal: deadline.signal,
      proxy: false,
      maxRedirects: 0,
      maxContentLength: MAX_ANSWER_BYTES,
      responseType: 'arraybuffer',
      transformRequest: (data: unknown) => data,
      transformResponse: (data: unknown) => data,
      validateStatus: () => true,
    });
    return answerOf(response);
  } catch (error) {
    const reason = reasonOf(error, remainingMs);
    return mayHaveBeenRead(passage, error)
      ? { kind: 'lost', message: `No whole answer: ${reason}.` }
      : { kind: 'notSent', message: `Not sent: ${reason}.` };
  } finally {
    stopWaiting();
  }
}

const LATE = 'what came before it took too long';

/** How long a timer may be off: one that runs while the machine sleeps does not count the time. Milliseconds. */
const LONGEST_TIMER_MS = 1_000;

/**
 * Calls back when a budget is used up, by whichever clock.
 * @returns how to wait no more
 */
function waitAtMost(budget: TimeBudget, whenOver: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const wait = () => {
    const remainingMs = budget.remainingMs();
    if (remainingMs <= 0) whenOver();
    else timer = setTimeout(wait, Math.min(remainingMs, LONGEST_TIMER_MS));
  };
  wait();
  return () => clearTimeout(timer);
}

/** A copy without a prototype: what anybody put into `Object.prototype` is no part of a call. */
function inheritNothing<Fields extends object>(fields: Fields): Fields {
  return Object.assign(Object.create(null) as Fields, fields);
}

/** Only an error's code is told on: messages hold addresses, and an axios error holds the credentials. */
function reasonOf(error: unknown, timeoutMs: number): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ERR_CANCELED') return `no answer within ${Math.round(timeoutMs) / 1000} s`;
  if (code === TOO_LATE) return LATE;
  return /^[A-Z][A-Z0-9_/]{1,60}$/.test(code) ? code : 'the request could not be made';
}
