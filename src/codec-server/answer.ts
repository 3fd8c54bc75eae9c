import type { IncomingMessage } from 'node:http';
import type { Doors } from './access';
import type { BodyReader, BodyRefusal } from './body';
import { loginPage, PAGE_HEADERS } from './login-page';
import { transform } from './payloads';
import type { CodecKeys, Operation } from './payloads';

/** What the codec server answers from. */
export interface Codec {
  keys: CodecKeys;
  doors: Doors;
  /** The origin of the Temporal UI; pages from elsewhere are refused. */
  origin: string;
  /** How bodies are read of those with a token, and of those who log in. */
  readPayloads: BodyReader;
  readLogin: BodyReader;
}

/** An answer, ready to be sent. */
export interface HttpAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** Answers one request. No answer repeats what was sent, a key or the token. */
export async function answer(codec: Codec, request: IncomingMessage): Promise<HttpAnswer> {
  const path = new URL(request.url ?? '/', 'http://codec').pathname;
  if (path === '/login') return login(codec, request);
  const operation = OPERATIONS[path];
  if (!operation) return refusal(404, 'There is /decode, /encode and /login.');
  const { origin } = request.headers;
  if (origin !== undefined && origin !== codec.origin)
    return refusal(403, 'Pages of this origin are not served; see --origin.');
  const answered = await serve(codec, request, operation);
  return origin === undefined ? answered : withCors(answered, origin);
}

const OPERATIONS: Record<string, Operation | undefined> = { '/encode': 'encode', '/decode': 'decode' };

async function serve(codec: Codec, request: IncomingMessage, operation: Operation): Promise<HttpAnswer> {
  const { method, headers } = request;
  if (method === 'OPTIONS') return { status: 204, headers: PREFLIGHT, body: '' };
  if (method !== 'POST') return refusal(405, 'Only POST is answered.', { allow: 'POST, OPTIONS' });
  if (!codec.doors.admits(request)) return refusal(401, NO_TOKEN, { 'www-authenticate': 'Bearer' });
  const namespace = headers['x-namespace'];
  if (typeof namespace !== 'string' || namespace === '') return refusal(400, 'X-Namespace is missing.');
  if (!headers['content-type']?.startsWith('application/json')) return refusal(415, 'The body must be JSON.');
  const changed = await codec.readPayloads(request, (body) => ({
    body: transform(operation, body, codec.keys, namespace),
  }));
  if (typeof changed === 'string') return REFUSALS[changed];
  if (changed.body === undefined)
    return refusal(400, 'The body must be {"payloads":[{"metadata":{…},"data":"…"}]}, bytes as base64.');
  return { status: 200, headers: JSON_HEADERS, body: changed.body };
}

const NO_TOKEN =
  'Send "Authorization: Bearer" and the token of CODEC_SERVER_TOKEN; a browser opens /login of this server first.';

/** Gives a browser its session. The token comes in a form, so that it stands in no address and no history. */
async function login({ doors, readLogin }: Codec, request: IncomingMessage): Promise<HttpAnswer> {
  const { method, headers } = request;
  if (method === 'GET')
    return page(200, 'The Temporal UI shows payloads in clear once this browser has a session.');
  if (method !== 'POST') return refusal(405, 'Only GET and POST are answered.', { allow: 'GET, POST' });
  if (!headers['content-type']?.startsWith('application/x-www-form-urlencoded'))
    return refusal(415, 'The body must be a form.');
  const read = await readLogin(request, (body) => ({
    cookie: doors.sessionFor(new URLSearchParams(body).get('token') ?? ''),
  }));
  if (typeof read === 'string') return REFUSALS[read];
  const { cookie } = read;
  if (cookie === undefined) return page(401, 'That is not the token of this server.');
  const answered = page(200, 'Done. Go back to the Temporal UI and load it again.');
  return { ...answered, headers: { ...answered.headers, 'set-cookie': cookie } };
}

function page(status: number, say: string): HttpAnswer {
  return { status, headers: PAGE_HEADERS, body: loginPage(say) };
}

const JSON_HEADERS = { 'content-type': 'application/json', 'cache-control': 'no-store' };

const PREFLIGHT = {
  'access-control-allow-methods': 'POST',
  'access-control-allow-headers': 'content-type, x-namespace, authorization',
  'access-control-max-age': '600',
};

/** Told to refused requests of the right origin too: without it a browser hides why. */
function withCors(answered: HttpAnswer, origin: string): HttpAnswer {
  const cors = {
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    vary: 'Origin',
  };
  return { ...answered, headers: { ...answered.headers, ...cors } };
}

function refusal(status: number, error: string, headers: Record<string, string> = {}): HttpAnswer {
  return { status, headers: { ...JSON_HEADERS, ...headers }, body: JSON.stringify({ error }) };
}

/** The rest of a body that is not read is not waited for either. */
const REFUSALS: Record<BodyRefusal, HttpAnswer> = {
  tooLarge: refusal(413, 'The body is larger than is taken here.', { connection: 'close' }),
  tooMany: refusal(503, 'Too many requests at once; send it again in a moment.', {
    connection: 'close',
    'retry-after': '1',
  }),
};
