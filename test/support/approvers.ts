import { generateKeyPairSync, randomUUID } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import { SignJWT } from 'jose';
import type { JWTPayload } from 'jose';
import type { RefundRequest } from '../../src/domain/request';
import { requestHash } from '../../src/request-hash';
import { STATEMENT_TYPE } from '../../src/statements/claims';
import type { StatementClaims } from '../../src/statements/claims';

/** People with keys; `mallory` is not among the approvers. */
export const KEYS = Object.fromEntries(
  ['ana', 'bob', 'order-service', 'mallory'].map((name) => [name, generateKeyPairSync('ed25519')]),
);

/** The value of APPROVER_KEYS for some of them. */
export function approverKeys(...names: string[]): string {
  return names.map((name) => `${name}:${publicBase64(keysOf(name).publicKey)}`).join(',');
}

/** A public key as APPROVER_KEYS wants it. */
export function publicBase64(key: KeyObject): string {
  return key.export({ format: 'der', type: 'spki' }).toString('base64');
}

/** The private key of one of them, as a file holds it. */
export function privatePem(name: string): string {
  return keysOf(name).privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
}

/** What a test wants otherwise than `refund approve` makes it. */
export interface Forged {
  claims?: Partial<StatementClaims> & JWTPayload;
  /** Whose key signs. */
  key?: string;
  typ?: string;
  /** Seconds from now. */
  issued?: number;
  expires?: number | null;
}

/** A statement about a run's refund, by ana and in order unless said otherwise. */
export async function aStatement(
  handle: WorkflowHandle,
  request: RefundRequest,
  { claims = {}, key = 'ana', typ = STATEMENT_TYPE, issued = 0, expires = 900 }: Forged = {},
): Promise<string> {
  const { raw } = await handle.describe();
  const now = Math.floor(Date.now() / 1_000);
  const said = {
    approver: 'ana',
    decision: 'approve',
    refundId: request.refundId,
    run: raw.workflowExecutionInfo?.firstRunId ?? '',
    request: requestHash(request),
    ...claims,
  };
  const unsigned = new SignJWT(said)
    .setProtectedHeader({ alg: 'EdDSA', typ })
    .setIssuedAt(now + issued)
    .setJti(randomUUID());
  if (expires !== null) unsigned.setExpirationTime(now + expires);
  return unsigned.sign(keysOf(key).privateKey);
}

function keysOf(name: string) {
  const keys = KEYS[name];
  if (!keys) throw new TypeError(`${name} has no keys`);
  return keys;
}
