import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as it arrived; `url` is path and query, `body` the exact text. */
export interface SeenRequest {
  method: string;
  url: string;
  headers: http.IncomingHttpHeaders;
  body: string;
}

/** What is answered; `'reset'` destroys the socket after the request was read. */
export type PlainAnswer = { status: number; body: string; headers?: Record<string, string> } | 'reset';
/** An answer, or a way to make one from the request; a promise that never settles keeps the caller waiting. */
export type Answer = PlainAnswer | ((request: SeenRequest) => PlainAnswer | Promise<PlainAnswer>);

/** A real HTTP server on loopback that answers what a test told it to. */
export interface AnsweringServer {
  url: string;
  requests: SeenRequest[];
  /** Queues an answer; the last one that was given repeats. */
  answer(next: Answer): void;
  close(): Promise<void>;
}

/** Starts a server on a free port of 127.0.0.1. */
export async function startAnsweringServer(): Promise<AnsweringServer> {
  const requests: SeenRequest[] = [];
  const queue: Answer[] = [];
  let current: Answer = { status: 500, body: 'no answer was queued' };

  async function serve(incoming: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const request = await readRequest(incoming);
    requests.push(request);
    current = queue.shift() ?? current;
    const answer = typeof current === 'function' ? await current(request) : current;
    if (answer === 'reset') incoming.socket.destroy();
    else response.writeHead(answer.status, answer.headers).end(answer.body);
  }

  const server = http.createServer((incoming, response) => void serve(incoming, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    answer: (next) => void queue.push(next),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readRequest(incoming: http.IncomingMessage): Promise<SeenRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks).toString('utf8');
  return { method: incoming.method ?? '', url: incoming.url ?? '', headers: incoming.headers, body };
}
