import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import type { Notice } from '../../src/domain/notice';
import { startAnsweringServer } from './answering-server';
import type { Answer, AnsweringServer, SeenRequest } from './answering-server';

/** A notice that arrived, and under which `webhook-id`. */
export type Heard = Notice & { id: string };

/** A real receiver of notices on loopback; it takes them until it is told to answer otherwise. */
export interface Receiver extends Omit<AnsweringServer, 'answer'> {
  /** Answers so from now on. */
  answer(next: Answer): void;
  /** What a worker needs to post to it. */
  environment: { NOTIFY_URL: string; NOTIFY_SECRETS: string };
  /** Everything that arrived about a refund, each attempt; every one was signed with the receiver's secret. */
  heard(refundId: string): Heard[];
  /** Waits until so many attempts about a refund have arrived. */
  until(refundId: string, count: number): Promise<Heard[]>;
}

/** A secret as `NOTIFY_SECRETS` holds it. */
export function aSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}

/** Starts a receiver that knows this secret. */
export async function startReceiver(secret = aSecret()): Promise<Receiver> {
  const server = await startAnsweringServer();
  let current: Answer = { status: 204, body: '' };
  server.answer((request) => (typeof current === 'function' ? current(request) : current));
  const webhook = new Webhook(secret);
  const verified = ({ body, headers }: SeenRequest): Heard => {
    const notice = webhook.verify(body, headers as Record<string, string>) as Notice;
    return { ...notice, id: String(headers['webhook-id']) };
  };
  const heard = (refundId: string) =>
    server.requests.filter(({ body }) => body.includes(`"${refundId}"`)).map((request) => verified(request));
  return {
    ...server,
    answer: (next) => {
      current = next;
    },
    environment: { NOTIFY_URL: `${server.url}/hooks/?shop=7`, NOTIFY_SECRETS: secret },
    heard,
    until: async (refundId, count) => {
      for (let tries = 0; heard(refundId).length < count; tries += 1) {
        if (tries > 600) throw new Error(`heard only ${JSON.stringify(heard(refundId))}`);
        await pause(50);
      }
      return heard(refundId);
    },
  };
}
