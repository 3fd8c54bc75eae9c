import { randomUUID } from 'node:crypto';
import type { Credentials } from '../options';
import type { Answer, SimulatedRequest } from '../engine/provider';
import type { Switches } from '../switches';

const LIFE_S = 3600;

/** The identity host of Sipay: gives out bearer tokens that live for an hour. */
export class SipayTokens {
  readonly #expiries = new Map<string, number>();

  constructor(
    private readonly now: () => number,
    private readonly credentials: Credentials['sipay'],
    private readonly switches: Pick<Switches['sipay'], 'expiresInText' | 'requiredClientId'>,
  ) {}

  /** Answers POST /connect/token. */
  issue(form: URLSearchParams): Answer {
    const { clientId, clientSecret, scope } = this.credentials;
    const isClient = form.get('client_id') === clientId && form.get('client_secret') === clientSecret;
    if (form.get('grant_type') !== 'client_credentials') return failed('unsupported_grant_type');
    if (!isClient) return failed('invalid_client');
    if (form.get('scope') !== scope) return failed('invalid_scope');
    const token = `token-${randomUUID()}`;
    this.#expiries.set(token, this.now() + LIFE_S * 1000);
    const expiresIn = this.switches.expiresInText ? String(LIFE_S) : LIFE_S;
    const body = { access_token: token, token_type: 'Bearer', expires_in: expiresIn, scope };
    return { status: 200, body };
  }

  /** Whether a request carries a token that is alive, and the client id where one is required. */
  accepts(request: SimulatedRequest): boolean {
    const token = /^Bearer (.+)$/.exec(request.header('Authorization') ?? '')?.[1] ?? '';
    const isAlive = token === this.credentials.token || (this.#expiries.get(token) ?? 0) > this.now();
    const { requiredClientId } = this.switches;
    return isAlive && (requiredClientId ?? request.header('x-client-id')) === request.header('x-client-id');
  }

  /** Ends every token that was given out. */
  expire(): void {
    this.#expiries.clear();
  }
}

function failed(error: string): Answer {
  return { status: 400, body: { error } };
}
