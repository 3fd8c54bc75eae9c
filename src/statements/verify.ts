import { errors, jwtVerify } from 'jose';
import { isSamePerson } from '../domain/text';
import type { Approver } from './approver';
import { differenceOf, STATEMENT_TYPE } from './claims';
import type { StatementClaims } from './claims';

/** No statement counts longer than this after it was signed, whatever it says itself. */
const OLDEST = '24h';
/** How far the clocks of the approver and the worker may differ. */
const CLOCKS_DIFFER = '30s';

/** Why a statement does not stand for this decision, in words that repeat nothing of it; undefined when it does. */
export async function refusalOfStatement(
  statement: string,
  wanted: StatementClaims,
  approvers: readonly Approver[],
): Promise<string | undefined> {
  const approver = approvers.find(({ name }) => isSamePerson(name, wanted.approver));
  if (!approver) return 'the workers know no key of this approver (APPROVER_KEYS)';
  try {
    const { payload } = await jwtVerify(statement, approver.key, {
      algorithms: ['EdDSA'],
      typ: STATEMENT_TYPE,
      requiredClaims: ['iat', 'exp', 'jti'],
      maxTokenAge: OLDEST,
      clockTolerance: CLOCKS_DIFFER,
    });
    return differenceOf(payload, wanted);
  } catch (error) {
    return reasonOf(error);
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'its statement has expired; sign a new one';
  if (error instanceof errors.JWSSignatureVerificationFailed)
    return 'its statement was altered, or not signed with the key of this approver';
  if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'iat')
    return 'its statement was signed in the future; compare the clocks';
  return 'its statement is not one that "refund approve" or "refund reject" makes';
}
