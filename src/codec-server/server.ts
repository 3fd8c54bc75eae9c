import { once } from 'node:events';
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createDoors } from './access';
import { answer } from './answer';
import type { Codec, HttpAnswer } from './answer';
import { createBodyReader, LARGEST_BODY, LARGEST_LOGIN } from './body';
import type { CodecKeys } from './payloads';

/** What a codec server is started with. */
export interface CodecServerOptions {
  host: string;
  /** 0 takes any that is free. */
  port: number;
  /** The origin of the Temporal UI, such as `http://localhost:8233`. */
  origin: string;
  token: string;
  keys: CodecKeys;
}

/** A codec server that listens. */
export interface CodecServer {
  port: number;
  /** Lets requests in flight end, for a moment, and stops. */
  close(): Promise<void>;
}

/** How long one request may take, and how long the end waits for those in flight. Milliseconds. */
const REQUEST_TIMEOUT_MS = 10_000;
const LAST_WAIT_MS = 2_000;
/** A body takes some ten times its size while it is decrypted. */
const BODIES_AT_ONCE = 4;
const LOGINS_AT_ONCE = 64;

/** Starts Temporal's remote codec: it decrypts payloads for the UI and the CLI, and encrypts what they send. */
export async function startCodecServer(options: CodecServerOptions): Promise<CodecServer> {
  const { host, port, origin, token, keys } = options;
  const codec: Codec = {
    ...{ keys, origin, doors: createDoors(token, origin) },
    readPayloads: createBodyReader(LARGEST_BODY, BODIES_AT_ONCE),
    readLogin: createBodyReader(LARGEST_LOGIN, LOGINS_AT_ONCE),
  };
  const server = createServer(
    { requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: REQUEST_TIMEOUT_MS },
    (request, response) => {
      // A request that breaks off has nobody left to answer.
      answer(codec, request).then(
        (answered) => send(response, answered),
        () => response.destroy(),
      );
    },
  );
  server.listen(port, host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      const lastWait = setTimeout(() => server.closeAllConnections(), LAST_WAIT_MS);
      const closed = once(server, 'close');
      server.close();
      server.closeIdleConnections();
      await closed;
      clearTimeout(lastWait);
    },
  };
}

function send(response: ServerResponse, { status, headers, body }: HttpAnswer): void {
  response.writeHead(status, { 'x-content-type-options': 'nosniff', ...headers });
  response.end(body);
}
