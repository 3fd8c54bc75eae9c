import { generateKeyPairSync, randomUUID } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import { SignJWT } from 'jose';
import type { JWTPayload } from 'jose';
import type { RefundRequest } from '../../src/domain/request';
import { requestHash } from '../../src/statements/request-hash';
import type { ResolveLegMessage } from '../../src/domain/resolution';
import type { RefundState } from '../../src/domain/state';
import { outcomeClaims, STATEMENT_TYPES } from '../../src/statements/claims';
import type { DecisionClaims, OutcomeClaims } from '../../src/statements/claims';

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
  claims?: Partial<DecisionClaims & OutcomeClaims> & JWTPayload;
  /** Whose key signs. */
  key?: string;
  typ?: string;
  /** Seconds from now. */
  issued?: number;
  expires?: number | null;
}

/** Forgeries of a statement, whatever it is about, and why they are refused. */
export const FORGED: readonly [name: string, forged: Forged, why: string][] = [
  ['signed with a key that is nobody’s', { key: 'mallory' }, 'altered, or not signed with the key'],
  ['signed with another person’s key', { key: 'bob' }, 'altered, or not signed with the key'],
  ['made by another person', { claims: { approver: 'bob' } }, 'made by someone else'],
  ['without a person', { claims: { approver: undefined } }, 'made by someone else'],
  ['for another refund', { claims: { refundId: 'rf-other' } }, 'another refund'],
  ['for another run of this refund', { claims: { run: randomUUID() } }, 'another run'],
  ['for other amounts', { claims: { request: randomUUID() } }, 'other amounts or wallets'],
  ['that has expired', { issued: -900, expires: -60 }, 'has expired'],
  ['that would live for ever', { expires: null }, 'is not one that'],
  ['that is older than a day, whatever it says', { issued: -90_000, expires: 900 }, 'has expired'],
  ['from the future', { issued: 600, expires: 900 }, 'signed in the future'],
  ['that is a token for something else', { typ: 'JWT' }, 'is not one that'],
];

/** A statement about a run's refund, by ana and in order unless said otherwise. */
export async function aStatement(
  handle: WorkflowHandle,
  request: RefundRequest,
  forged: Forged = {},
): Promise<string> {
  const about = { approver: 'ana', refundId: request.refundId, run: await firstRunOf(handle) };
  const claims = { ...about, decision: 'approve', request: requestHash(request) };
  return signed(claims, { typ: STATEMENT_TYPES.decision, ...forged });
}

/** A statement about the parked leg of a run's refund as it stands now, by whoever says it, unless said otherwise. */
export async function anOutcomeStatement(
  handle: WorkflowHandle,
  request: RefundRequest,
  word: ResolveLegMessage,
  forged: Forged = {},
): Promise<string> {
  const { legs, people } = await handle.query<RefundState>('getRefund');
  const { problem } = legs[word.leg] ?? {};
  if (!problem) throw new TypeError(`the ${word.leg} leg has no problem`);
  const { runId } = await handle.describe();
  const about = { approver: word.by, refundId: request.refundId, run: runId, request };
  const claims = outcomeClaims(about, { ...word, problem, words: people.length });
  return signed({ ...claims }, { typ: STATEMENT_TYPES.outcome, key: word.by.toLowerCase(), ...forged });
}

async function firstRunOf(handle: WorkflowHandle): Promise<string> {
  return (await handle.describe()).raw.workflowExecutionInfo?.firstRunId ?? '';
}

async function signed(
  said: JWTPayload,
  { claims = {}, key = 'ana', typ = '', issued = 0, expires = 900 }: Forged,
): Promise<string> {
  const now = Math.floor(Date.now() / 1_000);
  const unsigned = new SignJWT({ ...said, ...claims })
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
