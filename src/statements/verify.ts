import { errors, jwtVerify } from 'jose';
import type { JWTPayload } from 'jose';
import { isSamePerson } from '../domain/text';
import type { Approver } from './approver';
import { differenceOf, typeOf } from './claims';
import type { StatementClaims } from './claims';

/** No statement counts longer than this after it was signed, even if it claims to. */
const OLDEST = '24h';
/** How far the clocks of the approver and the worker may differ. */
const CLOCKS_DIFFER = '30s';

/**
 * What a statement is worth, in words that repeat nothing of it.
 * - `good`: its approver signed exactly this, and lately
 * - `tooOld`: the same, but not lately
 * - `refused`: it does not stand for this, whenever it was signed
 */
export type StatementCheck = { kind: 'good' } | { kind: 'tooOld' | 'refused'; reason: string };

/** Checks who signed a statement, about what, and when. */
export async function checkStatement(
  statement: string,
  wanted: StatementClaims,
  approvers: readonly Approver[],
): Promise<StatementCheck> {
  let check: StatementCheck = {
    kind: 'refused',
    reason: 'the workers know no key of this approver (APPROVER_KEYS)',
  };
  // While a key is exchanged for another, both of one name count.
  for (const { key } of approvers.filter(({ name }) => isSamePerson(name, wanted.approver))) {
    check = await checkWith(key, statement, wanted);
    if (check.kind !== 'refused' || check.reason !== NOT_SIGNED) return check;
  }
  return check;
}

const NOT_SIGNED = 'its statement was altered, or not signed with the key of this approver';
const TOO_OLD = 'its statement has expired; sign a new one';

async function checkWith(
  key: Approver['key'],
  statement: string,
  wanted: StatementClaims,
): Promise<StatementCheck> {
  try {
    const { payload } = await jwtVerify(statement, key, {
      algorithms: ['EdDSA'],
      typ: typeOf(wanted),
      requiredClaims: ['iat', 'exp', 'jti'],
      maxTokenAge: OLDEST,
      clockTolerance: CLOCKS_DIFFER,
    });
    return compare(payload, wanted, { kind: 'good' });
  } catch (error) {
    // It is thrown only once signature, type and required claims are right.
    if (error instanceof errors.JWTExpired)
      return compare(error.payload, wanted, { kind: 'tooOld', reason: TOO_OLD });
    return { kind: 'refused', reason: reasonOf(error) };
  }
}

function compare(said: JWTPayload, wanted: StatementClaims, otherwise: StatementCheck): StatementCheck {
  const reason = differenceOf(said, wanted);
  return reason === undefined ? otherwise : { kind: 'refused', reason };
}

function reasonOf(error: unknown): string {
  if (error instanceof errors.JWSSignatureVerificationFailed) return NOT_SIGNED;
  if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'iat')
    return 'its statement was signed in the future; compare the clocks';
  return 'its statement is not one that "refund approve", "refund reject" or "refund resolve" makes for this';
}
