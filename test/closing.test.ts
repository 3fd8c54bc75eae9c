import http2 from 'node:http2';
import type { AddressInfo } from 'node:net';
import { connectOperatorClient, RefundError } from '../src/client/operator';

/** A server that is there, and answers every question with "not now". */
const server = http2.createServer();
const sessions: http2.ServerHttp2Session[] = [];
server.on('session', (session) => sessions.push(session));
/** The methods that were called. */
const called: string[] = [];
let address: string;

const OK = 0;
const UNAVAILABLE = 14;
/** A message without fields. */
const EMPTY = Buffer.alloc(5);

server.on('stream', (stream, headers) => {
  const method = String(headers[':path']).split('/').at(-1) ?? '';
  stream.on('error', () => undefined);
  const begin = { ':status': 200, 'content-type': 'application/grpc' };
  if (method === 'GetSystemInfo') {
    stream.respond(begin, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': String(OK) }));
    stream.end(EMPTY);
  } else {
    called.push(method);
    stream.respond({ ...begin, 'grpc-status': String(UNAVAILABLE) }, { endStream: true });
  }
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => called.splice(0));
afterAll(async () => {
  for (const session of sessions) session.destroy();
  await new Promise((resolve) => server.close(resolve));
});

async function untilCalled(method: string): Promise<void> {
  while (!called.includes(method)) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Longer than any call waits to be tried again. */
const pause = () => new Promise((resolve) => setTimeout(resolve, 1_000));

test.each(['result', 'overview'] as const)(
  'a client that is closed during %s fails the call, and nothing else',
  async (what) => {
    const options = { environment: { TEMPORAL_ADDRESS: address }, patienceMs: 1_000, timeoutMs: 5_000 };
    const refunds = await connectOperatorClient(options);
    const calls = {
      result: [() => refunds.result('rf-1'), 'GetWorkflowExecutionHistory'],
      overview: [() => refunds.overview('rf-1'), 'DescribeWorkflowExecution'],
    } as const;
    const [ask, method] = calls[what];
    const failed = ask().catch((error: unknown) => error);
    await untilCalled(method);
    await refunds.close();
    await pause();
    const error = await failed;
    expect(error).toBeInstanceOf(RefundError);
    expect(error).toMatchObject({ code: 'serverUnanswered' });
  },
);
