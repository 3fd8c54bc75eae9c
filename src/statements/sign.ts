import { randomUUID } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import { typeOf } from './claims';
import type { StatementClaims } from './claims';

/** How long a statement may be under way, in seconds. */
const LIFE_S = 15 * 60;

/** Signs a decision or a word about a parked leg with a private key: a compact JWS that expires. */
export async function signStatement(claims: StatementClaims, key: KeyObject): Promise<string> {
  const now = Math.floor(Date.now() / 1_000);
  return new SignJWT({ ...claims })
    .setProtectedHeader({ alg: 'EdDSA', typ: typeOf(claims) })
    .setIssuedAt(now)
    .setExpirationTime(now + LIFE_S)
    .setJti(randomUUID())
    .sign(key);
}
