import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
// In a service of your own: from 'refund-saga'.
import { connectRefundClient } from '../../src/client';
import type { Notice, RefundState } from '../../src/client';

/** A receiver of notices: it verifies, answers at once, and only then reads the refund. */
export interface Receiver {
  port: number;
  close(): Promise<void>;
}

/** What the receiver needs. */
export interface ReceiverOptions {
  /** The secret that the workers sign with (`whsec_…`). */
  secret: string;
  port: number;
  /** Reads the refund as it stands now: a notice may come late, twice, or after a newer one. */
  read: (refundId: string) => Promise<RefundState>;
  /** What your service does about it. */
  handle: (notice: Notice, refund: RefundState) => void;
}

const LARGEST_NOTICE = 16_384;

/** Starts it. */
export async function startReceiver({ secret, port, read, handle }: ReceiverOptions): Promise<Receiver> {
  const webhook = new Webhook(secret);
  // A service keeps these in its database, for as long as a notice may come again.
  const seen = new Set<string>();
  const server = http.createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const headers = request.headers as Record<string, string>;
      const notice = verified(webhook, body, headers);
      const id = headers['webhook-id'] ?? '';
      // Answer before the work: whoever takes longer than 15 s gets the notice again.
      response.writeHead(notice ? 204 : 401).end();
      if (!notice || seen.has(id)) return;
      seen.add(id);
      read(notice.data.refundId).then(
        (refund) => handle(notice, refund),
        // It was answered and does not come again: a service keeps it, and a job of its own reads the refund later.
        () => process.stderr.write(`${id}: the refund could not be read\n`),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** The exact text is verified, not what a parser made of it. */
function verified(webhook: Webhook, body: string, headers: Record<string, string>): Notice | undefined {
  try {
    return webhook.verify(body, headers) as Notice;
  } catch (error) {
    if (error instanceof WebhookVerificationError) return undefined;
    throw error;
  }
}

async function bodyOf(request: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= LARGEST_NOTICE) chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function main(): Promise<void> {
  const refunds = await connectRefundClient();
  const { port } = await startReceiver({
    secret: process.env.NOTIFY_SECRET ?? '',
    port: Number(process.env.PORT ?? 8_080),
    read: (refundId) => refunds.state(refundId),
    handle: ({ type, data: { refundId, reason } }, { status }) => {
      const why = reason === null ? '' : ` (${reason})`;
      process.stdout.write(`${type}${why}: refund ${refundId} is ${status}\n`);
    },
  });
  process.stdout.write(`Listening on http://127.0.0.1:${port}\n`);
}

if (require.main === module) {
  main().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
}
