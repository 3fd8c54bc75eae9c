import { z } from 'zod';
import type { HttpResult } from '../http-answer';
import { wireInteger } from '../json';
import { connectionTo, type ProviderSettings } from '../provider';
import { startBudget, type TimeBudget } from '../time-budget';

/** How we show Sipay who we are: a token that was handed to us, or a client id that fetches tokens (sheet: token). */
export type SipayCredentials =
  { token: string } | { identityUrl: string; clientId: string; clientSecret: string; scope: string };

/** A bearer token, or why there is none: without one nothing is sent. */
export type TokenAnswer =
  { kind: 'token'; token: string } | { kind: 'notSent'; message: string; retryAfterMs?: number };

/** Where bearer tokens come from. No call waits longer for one than its budget. */
export interface TokenSource {
  /** A token that is still good for a while. */
  current(budget: TimeBudget): Promise<TokenAnswer>;
  /** A token other than the one that was refused. */
  renew(refused: string, budget: TimeBudget): Promise<TokenAnswer>;
  close(): void;
}

/** A token this near to its end is not used any more: the call it goes with takes time too. */
const SPARE_MS = 60_000;

const tokenBody = z.object({
  access_token: z.string().regex(/^[\x21-\x7e]{1,8192}$/),
  token_type: z.string().regex(/^bearer$/i),
  expires_in: z
    .union([
      wireInteger,
      z
        .string()
        .regex(/^\d{1,9}$/)
        .transform(Number),
    ])
    .refine((seconds) => seconds > 0),
});

/** Makes the token source for these credentials (sheet: token). */
export function createTokenSource(credentials: SipayCredentials, settings: ProviderSettings): TokenSource {
  if ('token' in credentials) {
    const handed = Promise.resolve<TokenAnswer>({ kind: 'token', token: credentials.token });
    return { current: () => handed, renew: () => handed, close: () => undefined };
  }
  return createFetchedTokens(credentials, settings);
}

function createFetchedTokens(
  { identityUrl, clientId, clientSecret, scope }: Extract<SipayCredentials, { clientId: string }>,
  settings: ProviderSettings,
): TokenSource {
  const http = connectionTo(settings, identityUrl);
  let cached: { token: string; usableUntil: number } | undefined;
  let underWay: Promise<TokenAnswer> | undefined;

  async function fetchToken(): Promise<TokenAnswer> {
    const askedAt = Date.now();
    const result = await http.send({
      method: 'POST',
      path: ['connect', 'token'],
      form: { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret, scope },
      // Of the calls that wait for it together each gives up by itself.
      budget: startBudget(settings.callTimeoutMs),
    });
    const body =
      result.kind === 'answer' && result.status === 200 ? tokenBody.safeParse(result.body).data : undefined;
    if (body === undefined) return noToken(result);
    cached = { token: body.access_token, usableUntil: askedAt + body.expires_in * 1000 - SPARE_MS };
    return { kind: 'token', token: body.access_token };
  }

  function fetchOnce(): Promise<TokenAnswer> {
    underWay ??= fetchToken().finally(() => (underWay = undefined));
    return underWay;
  }

  function current(budget: TimeBudget): Promise<TokenAnswer> {
    if (cached === undefined || Date.now() >= cached.usableUntil) return within(budget, fetchOnce());
    return Promise.resolve({ kind: 'token', token: cached.token });
  }

  return {
    current,
    renew(refused, budget) {
      // Of many calls refused at the same time one renews the token; the others find it renewed.
      if (cached?.token === refused) cached = undefined;
      return current(budget);
    },
    close: () => http.close(),
  };
}

/** The token, or that it did not come within the budget of the call that waits for it. */
async function within(budget: TimeBudget, token: Promise<TokenAnswer>): Promise<TokenAnswer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<TokenAnswer>((resolve) => {
    const message = 'Not sent, because Sipay gave us no token in time.';
    timer = setTimeout(() => resolve({ kind: 'notSent', message }), Math.max(0, budget.remainingMs()));
  });
  try {
    return await Promise.race([token, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Sentences for the statuses by which an identity host says no; any other may be another host. */
const REFUSALS: ReadonlyMap<number, string> = new Map([
  [
    400,
    "Sipay's identity host refused us (HTTP 400): check SIPAY_CLIENT_ID, SIPAY_CLIENT_SECRET and SIPAY_SCOPE.",
  ],
  [401, "Sipay's identity host refused us (HTTP 401): check SIPAY_CLIENT_ID and SIPAY_CLIENT_SECRET."],
  [429, "Not sent, because Sipay's identity host asks for fewer calls (HTTP 429)."],
]);

function noToken(result: HttpResult): TokenAnswer {
  if (result.kind !== 'answer') {
    return { kind: 'notSent', message: `Not sent, because Sipay gave us no token: ${result.message}` };
  }
  const { status, retryAfterMs } = result;
  const message =
    REFUSALS.get(status) ??
    `Not sent, because Sipay's identity host gave us no token (HTTP ${status}): check SIPAY_IDENTITY_URL.`;
  return { kind: 'notSent', message, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}
