import { generateKeyPairSync } from 'node:crypto';
import { checkStatement } from '../../src/statements/verify';
import { signStatement } from '../../src/statements/sign';

/*
 * Signs and checks a decision with the built code: Jest reads modules in a way of its own, so only this shows that Node.js
 * itself loads an ES module from CommonJS.
 */
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const claims = {
  approver: 'ana',
  refundId: 'rf-1',
  run: 'run',
  request: 'hash',
  decision: 'approve',
} as const;

async function main(): Promise<void> {
  const statement = await signStatement(claims, privateKey);
  const approvers = [{ name: 'ana', key: publicKey }];
  const good = await checkStatement(statement, claims, approvers);
  const other = await checkStatement(statement, { ...claims, refundId: 'rf-2' }, approvers);
  if (good.kind === 'good' && other.kind === 'refused') return;
  throw new Error(`A signed decision is ${good.kind}, that of another refund ${other.kind}`);
}

void main();
