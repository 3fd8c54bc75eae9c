import { createPrivateKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Decision, Question, RefundClient } from '../client';
import { exponentOf } from '../domain/currency';
import { amountOf, showAmount } from '../domain/money';
import { LEG_NAMES } from '../domain/plan';
import { requestHash } from '../request-hash';
import { signStatement } from '../statements/sign';
import { UsageError } from './exit-codes';
import { readText } from './input';
import { plain, table } from './text';

/** Signs a decision, after what is signed was shown. */
export type Sign = (client: RefundClient, decision: Decision) => Promise<Decision>;

/**
 * Reads an approver's private key; what it will sign is told by `show` first.
 * @throws UsageError, which repeats nothing of the file
 */
export async function readSigner(file: string, show: (text: string) => void): Promise<Sign> {
  const key = readKey(file, await readText(file));
  return async (client, decision) => {
    const { refundId, by: approver, decision: verb } = decision;
    const { request, firstRunId: run } = await client.question(refundId);
    show(showQuestion(decision, request));
    const claims = { approver, decision: verb, refundId, run, request: requestHash(request) };
    return { ...decision, statement: await signStatement(claims, key) };
  };
}

function readKey(file: string, pem: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // Told below, like a key of another kind.
  }
  throw new UsageError(
    `${file} must hold an Ed25519 private key as PEM (openssl genpkey -algorithm ed25519); nothing was sent.`,
  );
}

function showQuestion({ refundId, decision, by }: Decision, request: Question['request']): string {
  const exponent = exponentOf(request.currency) ?? 0;
  const rows = LEG_NAMES.flatMap((name) => {
    const leg = request[name];
    return leg ? [[name, leg.provider, showAmount(amountOf(leg), request.currency, exponent)]] : [];
  });
  return [
    plain(`Signing as ${by}: ${decision} refund ${refundId} of order ${request.orderId}`),
    plain(`Requested by ${request.requestedBy}: ${request.reason}`),
    `${table(['WALLET', 'PROVIDER', 'AMOUNT'], rows)}\n`,
  ].join('\n');
}
