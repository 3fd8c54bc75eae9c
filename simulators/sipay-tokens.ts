import { randomUUID } from 'node:crypto';
import type { Credentials } from './options';
import type { Answer, SimulatedRequest } from './provider';

const LIFE_S = 3600;
const SCOPE = 'sts_business_api';

/** The identity host of Sipay: gives out bearer tokens that live for an hour. */
export class SipayTokens {
  readonly #expiries = new Map<string, number>();

  constructor(
    private readonly now: () => number,
    private readonly credentials: Credentials['sipay'],
  ) {}

  /** Answers POST /connect/token. */
  issue(form: URLSearchParams): Answer {
    const { clientId, clientSecret } = this.credentials;
    const isClient = form.get('client_id') === clientId && form.get('client_secret') === clientSecret;
    if (form.get('grant_type') !== 'client_credentials') return failed('unsupported_grant_type');
    if (!isClient) return failed('invalid_client');
    if (form.get('scope') !== SCOPE) return failed('invalid_scope');
    const token = `token-${randomUUID()}`;
    this.#expiries.set(token, this.now() + LIFE_S * 1000);
    const body = { access_token: token, token_type: 'Bearer', expires_in: LIFE_S, scope: SCOPE };
    return { status: 200, body };
  }

  /** Whether a request carries a token that is alive. */
  accepts(request: SimulatedRequest): boolean {
    const token = /^Bearer (.+)$/.exec(request.header('Authorization') ?? '')?.[1] ?? '';
    return token === this.credentials.token || (this.#expiries.get(token) ?? 0) > this.now();
  }

  /** Ends every token that was given out. */
  expire(): void {
    this.#expiries.clear();
  }
}

function failed(error: string): Answer {
  return { status: 400, body: { error } };
}
