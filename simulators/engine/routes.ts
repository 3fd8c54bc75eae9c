import type { IncomingHttpHeaders } from 'node:http';
import { parseJson } from '../../src/providers/json';
import { PROVIDERS, type Operation, type ProviderName } from '../options';
import type { Answer, ProviderSimulator, Route, SimulatedRequest } from './provider';

/** A complete request before anyone has looked at it. */
export interface Incoming {
  method: string;
  /** As sent, with its query. */
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** A request with the call it makes. */
export interface Found {
  provider: ProviderName;
  operation: Operation;
  /** As sent, without the provider's prefix. */
  path: string;
  /** The movement the request is about; its path where nothing tells. */
  subject: string;
  request: SimulatedRequest;
  route: Pick<Route, 'handle' | 'open'>;
}

/** Finds the provider and the call; undefined when the address belongs to none of them. */
export function findRoute(
  providers: Record<ProviderName, ProviderSimulator>,
  incoming: Incoming,
): Found | undefined {
  const [address = '', query = ''] = incoming.url.split('?');
  const [, first, ...rest] = address.split('/');
  const redirected = first === 'redirected';
  const prefix = redirected ? rest.shift() : first;
  const provider = PROVIDERS.find((name) => name === prefix);
  if (!provider) return undefined;
  const path = `/${rest.join('/')}${query && `?${query}`}`;
  const bare = requestOf(incoming, query);
  if (redirected) return strange(provider, 'redirected', path, bare, { status: 200, body: {} });

  const routes = providers[provider].routes.flatMap((route) => {
    const params = paramsOf(route.path.split('/').slice(1), rest);
    return params ? [{ route, params }] : [];
  });
  const match = routes.find(({ route }) => route.method === incoming.method);
  if (!match) {
    const status = routes.length > 0 ? 405 : 404;
    const answer = providers[provider].wording.unknownRoute?.(status) ?? { status };
    return strange(provider, 'unknown', path, bare, answer);
  }
  const { route, params } = match;
  const request = { ...bare, params };
  return {
    provider,
    operation: route.operation,
    path,
    subject: route.subject(request) ?? path,
    request,
    route,
  };
}

/** A request for which the provider has no rules. */
function strange(
  provider: ProviderName,
  operation: Operation,
  path: string,
  request: SimulatedRequest,
  answer: Answer,
): Found {
  return { provider, operation, path, subject: path, request, route: { handle: () => answer, open: true } };
}

function requestOf({ headers, body }: Incoming, query: string): SimulatedRequest {
  const type = headers['content-type'] ?? '';
  return {
    params: {},
    query: new URLSearchParams(query),
    header: (name) => {
      const value = headers[name.toLowerCase()];
      return typeof value === 'string' ? value : undefined;
    },
    fields: type.startsWith('application/json') ? fieldsOf(body) : {},
    form: new URLSearchParams(type.startsWith('application/x-www-form-urlencoded') ? body : ''),
    asOf: Infinity,
  };
}

/** The fields of a JSON object; empty when the text is none. */
function fieldsOf(text: string): Record<string, unknown> {
  const body = parseJson(text);
  return typeof body === 'object' && body !== null && !Array.isArray(body)
    ? (body as Record<string, unknown>)
    : {};
}

function paramsOf(
  pattern: readonly string[],
  segments: readonly string[],
): Record<string, string> | undefined {
  if (pattern.length !== segments.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const value = decoded(segments[index] ?? '');
    if (part.startsWith(':')) params[part.slice(1)] = value;
    else if (part !== value) return undefined;
  }
  return params;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
