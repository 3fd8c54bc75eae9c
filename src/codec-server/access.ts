import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Who may use the codec server: clients that send the token, and browsers that were given a session for it. */
export interface Doors {
  /** Whether this request may read payloads. */
  admits(request: IncomingMessage): boolean;
  /** The cookie of a session for a client that knows the token; undefined for everyone else. */
  sessionFor(token: string): string | undefined;
}

const COOKIE = 'refund_codec';
const EIGHT_HOURS = 8 * 3_600;

/**
 * Opens the doors for one token and for pages of one origin. The session is a random value of this process and not the
 * token: a cookie is sent to every port of its host.
 */
export function createDoors(token: string, origin: string): Doors {
  const session = randomBytes(32).toString('base64url');
  const secure = origin.startsWith('https:') ? '; Secure' : '';
  return {
    admits: ({ headers }) => {
      const { authorization = '', cookie = '' } = headers;
      const hasToken = isSame(authorization, `Bearer ${token}`);
      // A cookie is sent by the browser on its own, so that it must be a page of ours that asks.
      const hasSession = isSame(cookieIn(cookie), session) && headers.origin === origin;
      return hasToken || hasSession;
    },
    sessionFor: (given) =>
      isSame(given, token)
        ? `${COOKIE}=${session}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${EIGHT_HOURS}${secure}`
        : undefined,
  };
}

function cookieIn(header: string): string {
  const pairs = header.split(';').map((pair) => pair.trim().split('='));
  return pairs.find(([name]) => name === COOKIE)?.[1] ?? '';
}

/** Takes the same time no matter where two texts differ; the hashes make their lengths equal. */
function isSame(given: string, wanted: string): boolean {
  const [one, other] = [given, wanted].map((text) => createHash('sha256').update(text).digest());
  return one !== undefined && other !== undefined && timingSafeEqual(one, other);
}
