import { Webhook } from 'standardwebhooks';

/** Headers by which a receiver knows a notice: whose it is, and that it was met before. */
export interface SignedHeaders {
  'webhook-id': string;
  'webhook-timestamp': string;
  'webhook-signature': string;
}

/** Signs one attempt by the Standard Webhooks scheme, with each secret: receivers may know the old one or the new. */
export function signedHeaders(id: string, body: string, secrets: readonly string[], at: Date): SignedHeaders {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(' '),
  };
}
