import { readFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { PROVIDERS, startSimulators } from '../../simulators';
import type { ProviderName, Simulators, SimulatorOptions } from '../../simulators';
import { parseJson } from '../../src/providers/json';

/** How a call to a simulator ended; a destroyed connection has no status. */
export interface Ended {
  status?: number;
  text: string;
  headers: http.IncomingHttpHeaders;
  /** The body as plain JavaScript. */
  json: Record<string, unknown>;
}

/** One call, by its provider's path. */
export interface Call {
  method?: 'GET' | 'POST';
  path: string;
  headers?: Record<string, string>;
  body?: string;
}

const running: Simulators[] = [];

/** Simulators that end with the test. */
export async function someSimulators(options: SimulatorOptions = {}): Promise<Simulators> {
  const simulators = await startSimulators(options);
  running.push(simulators);
  return simulators;
}

/** Ends what `someSimulators` started. */
export async function closeAll(): Promise<void> {
  await Promise.all(running.splice(0).map((simulators) => simulators.close()));
}

/** Sends a call on a connection of its own. */
export function send(
  simulators: Pick<Simulators, 'url'>,
  { method = 'POST', path, headers, body }: Call,
): Promise<Ended> {
  return new Promise((resolve) => {
    const lost = () => resolve({ text: '', headers: {}, json: {} });
    const request = http.request(
      `${simulators.url}${path}`,
      { method, agent: false, headers: headers ?? {} },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', lost);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          const json = parseJson(text) === undefined ? {} : (JSON.parse(text) as Record<string, unknown>);
          resolve({ status: response.statusCode ?? 0, text, headers: response.headers, json });
        });
      },
    );
    request.on('error', lost).end(body);
  });
}

const KEYS: Record<ProviderName, Record<string, string>> = {
  dsquares: { ClientId: 'demo-dsquares-client' },
  mircate: { 'x-api-key': 'demo-mircate-key' },
  paywall: { apikeypublic: 'demo-paywall-key', apiclientpublic: 'demo-paywall-client' },
  sipay: { Authorization: 'Bearer demo-sipay-token' },
  wyre: { Authorization: 'Bearer demo-wyre-key' },
};

/** Sends JSON with the demo credentials; a text goes out as it is. `path` begins with the provider. */
export function post(simulators: Pick<Simulators, 'url'>, path: string, body: unknown = ''): Promise<Ended> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return send(simulators, {
    path,
    body: text,
    headers: { ...keysOf(path), 'Content-Type': 'application/json' },
  });
}

/** Reads with the demo credentials. */
export function get(simulators: Pick<Simulators, 'url'>, path: string): Promise<Ended> {
  return send(simulators, { method: 'GET', path, headers: keysOf(path) });
}

function keysOf(path: string): Record<string, string> {
  const provider = PROVIDERS.find((name) => name === path.split('/')[1]);
  return provider ? KEYS[provider] : {};
}

/** A document's or a synthetic sample, as plain JavaScript. */
export function fixture(name: string): Record<string, unknown> {
  const path = join(__dirname, '..', 'fixtures', `${name}.json`);
  return JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
}

/** The field at the end of a path such as `payload.results.0.id`. */
export function at(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce((inner, name) => (inner as Record<string, unknown> | undefined)?.[name], value);
}

/** The rows at the end of a path. */
export function rowsAt(value: unknown, path: string): Record<string, unknown>[] {
  return at(value, path) as Record<string, unknown>[];
}

/** Matches any number. */
export const anyNumber: unknown = expect.any(Number);
/** Matches any text. */
export const anyText: unknown = expect.any(String);

/** The names of every field at any depth, to compare an answer with a sample. */
export function shapeOf(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return value.slice(0, 1).flatMap((item) => shapeOf(item, `${path}[]`));
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([name, field]) => shapeOf(field, `${path}.${name}`));
}
