import { writeJson } from './json';
import type { TimeBudget } from './time-budget';

/** One call. Each path segment is encoded; a body goes out as JSON, or as a form. */
export interface HttpRequest {
  method: 'GET' | 'POST';
  path: readonly string[];
  query?: Record<string, string>;
  headers?: Record<string, string>;
  json?: unknown;
  form?: Record<string, string>;
  /** How long it and the requests beside it may take together. */
  budget: TimeBudget;
  /** It is sent only while its answer can still be waited for. */
  movesMoney?: true;
}

/** What no header can hold; a line break would begin another header. */
const UNSENDABLE = /[^\t\x20-\x7e\x80-\xff]/;

/** Its headers; undefined when axios would leave characters out, and send another credential than the configured one. */
export function headersOf(request: HttpRequest): Record<string, string> | undefined {
  const headers = { Accept: 'application/json', ...contentType(request), ...request.headers };
  return Object.values(headers).some((value) => UNSENDABLE.test(value)) ? undefined : headers;
}

/** Where it goes; a path prefix of the base is kept. */
export function urlOf({ origin, pathname }: URL, { path, query }: HttpRequest): string {
  if (path.some((segment) => segment === '' || segment === '.' || segment === '..')) {
    throw new TypeError('a path segment is empty or a dot');
  }
  const segments = [pathname.replace(/\/+$/, ''), ...path.map(encodeURIComponent)];
  return `${origin}${segments.join('/')}${query ? `?${new URLSearchParams(query).toString()}` : ''}`;
}

/** What it carries. */
export function bodyOf({ json, form }: HttpRequest): string | undefined {
  if (form) return new URLSearchParams(form).toString();
  return json === undefined ? undefined : writeJson(json);
}

function contentType({ json, form }: HttpRequest): Record<string, string> {
  if (form) return { 'Content-Type': 'application/x-www-form-urlencoded' };
  return json === undefined ? {} : { 'Content-Type': 'application/json' };
}
