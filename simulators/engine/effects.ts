import { gzipSync } from 'node:zlib';
import { LosslessNumber } from 'lossless-json';
import { writeJson } from '../../src/providers/json';
import type { FaultKind, Trouble } from './fault-kinds';
import { withOddNumbers } from './odd-numbers';
import type { Operation } from '../options';
import type { Answer, Wording } from './provider';

/** What goes onto the wire: an answer to the letter, or a destroyed connection. */
export type Reply = { status: number; content: string | Buffer; headers: Record<string, string> } | 'destroy';

/** What a fault knows when it answers in the provider's place. */
export interface Circumstances {
  trouble: Trouble;
  operation: Operation;
  /** The movement that the request is about. */
  subject: string;
  wording: Wording;
  /** Where a redirect leads. */
  elsewhere: string;
}

const HUGE_BYTES = 2_000_000;
const BOMB_BYTES = 20_000_000;

const BEFORE: Partial<Record<FaultKind, (circumstances: Circumstances) => Reply>> = {
  refuse: (at) => error(at.wording.refused(at.operation, at.trouble.code), at.trouble),
  alreadyDone: ({ wording, trouble }) => error(wording.alreadyDone, trouble),
  dropBefore: () => 'destroy',
  down: () => 'destroy',
  errorBefore: ({ wording, trouble }) => error(wording.serverError, trouble),
  transient: ({ wording, trouble }) => error(wording.transient, trouble),
  tooMany: ({ wording, trouble }) => error(wording.tooMany, trouble),
  unauthorized: ({ wording, trouble }) => error({ ...wording.unauthorized, status: 401 }, trouble),
  unlistedBefore: (at) => error(at.wording.unlisted(at.operation, at.trouble.code), at.trouble),
  filteredBefore: ({ trouble }) => filtered(trouble),
  redirect: ({ elsewhere }) => ({ status: 302, content: '', headers: { Location: elsewhere } }),
};

const AFTER: Partial<Record<FaultKind, (answer: Answer, circumstances: Circumstances) => Reply>> = {
  dropAfter: () => 'destroy',
  errorAfter: (_, { wording, trouble }) => error(wording.serverError, trouble),
  malformed: ({ body }) => {
    const text = contentOf(body);
    return json(200, text.slice(0, text.length / 2));
  },
  empty: () => json(200, ''),
  contradictory: ({ status, body }, { wording }) =>
    json(status, contentOf({ ...(body as object | undefined), ...wording.contradiction })),
  wrongAmount: ({ status, body }, { wording }) =>
    json(status, contentOf(altered(body, wording.amountFields))),
  wrongReference: ({ status, body }, { wording }) =>
    json(status, contentOf(altered(body, wording.referenceFields))),
  exponentNumbers: ({ status, body }, { subject }) => json(status, contentOf(withOddNumbers(body, subject))),
  unlistedAfter: (_, at) => error(at.wording.unlisted(at.operation, at.trouble.code), at.trouble),
  filteredAfter: (_, { trouble }) => filtered(trouble),
  huge: ({ status, body }) => json(status, contentOf(body) + ' '.repeat(HUGE_BYTES)),
  bomb: ({ status, body }) => {
    const content = gzipSync(contentOf(body) + ' '.repeat(BOMB_BYTES));
    return { status, content, headers: { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' } };
  },
};

/** The reply of a fault that keeps the request from being applied; undefined for any other. */
export function replyInstead(circumstances: Circumstances): Reply | undefined {
  return BEFORE[circumstances.trouble.kind]?.(circumstances);
}

/** The reply to a request that was applied, spoiled by the fault if there is one. */
export function replyWith(answer: Answer, circumstances?: Circumstances): Reply {
  const spoil = circumstances && AFTER[circumstances.trouble.kind];
  return spoil ? spoil(answer, circumstances) : json(answer.status, contentOf(answer.body));
}

function error({ status, body }: Answer, trouble: Trouble): Reply {
  return delayed(json(trouble.status ?? status, contentOf(body)), trouble);
}

const FILTERS = {
  html: [
    'text/html; charset=utf-8',
    '<!DOCTYPE html><html><head><title>Blocked</title></head><body><h1>Request blocked</h1></body></html>',
  ],
  text: ['text/plain; charset=utf-8', 'Request blocked'],
  json: ['application/json; charset=utf-8', '{"error":"blocked by policy"}'],
} as const;

/** What someone on the way between us and the provider answers. */
function filtered(trouble: Trouble): Reply {
  const [type, content] = FILTERS[trouble.body ?? 'html'];
  return delayed({ status: trouble.status ?? 403, content, headers: { 'Content-Type': type } }, trouble);
}

function delayed(reply: Exclude<Reply, 'destroy'>, { retryAfter }: Trouble): Reply {
  if (retryAfter !== undefined) reply.headers['Retry-After'] = String(retryAfter);
  return reply;
}

function json(status: number, content: string): Exclude<Reply, 'destroy'> {
  return {
    status,
    content,
    headers: content === '' ? {} : { 'Content-Type': 'application/json; charset=utf-8' },
  };
}

function contentOf(body: unknown): string {
  return body === undefined ? '' : writeJson(body);
}

/** A copy in which the named fields, at any depth, hold another value of the same type. */
function altered(value: unknown, names: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((item) => altered(item, names));
  if (typeof value !== 'object' || value === null || value instanceof LosslessNumber) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [
      name,
      names.includes(name) ? other(field) : altered(field, names),
    ]),
  );
}

function other(value: unknown): unknown {
  if (typeof value === 'string') return `${value}9`;
  if (typeof value === 'number') return value + 1;
  return value instanceof LosslessNumber ? new LosslessNumber(`1${value.value}`) : value;
}
