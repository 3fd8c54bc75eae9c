import { createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { isPersonId, isSamePerson } from '../domain/text';
import type { Approver } from '../statements/approver';

/** While an approver exchanges a key for another, both count. */
const MOST_KEYS_EACH = 2;

/**
 * Reads `name:base64key,…`; undefined when a key is not Ed25519 or repeats, when a name is not an id, or has more keys than
 * an exchange needs.
 */
export function parseApprovers(text: string): Approver[] | undefined {
  const approvers: Approver[] = [];
  for (const part of text.split(',')) {
    const [, name = '', encoded = ''] = /^([^:]+):([A-Za-z0-9+/]+=*)$/.exec(part.trim()) ?? [];
    const key = publicKey(encoded);
    // One key in two hands would decide as somebody else.
    if (!key || !isPersonId(name) || approvers.some((other) => other.key.equals(key))) return undefined;
    const same = approvers.filter((other) => isSamePerson(other.name, name));
    if (same.length >= MOST_KEYS_EACH) return undefined;
    approvers.push({ name, key });
  }
  return approvers;
}

/** The one line between BEGIN and END of a public key in PEM: its DER in base64. */
function publicKey(encoded: string): KeyObject | undefined {
  const der = Buffer.from(encoded, 'base64');
  if (der.toString('base64') !== encoded) return undefined;
  try {
    const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
    return key.asymmetricKeyType === 'ed25519' ? key : undefined;
  } catch {
    return undefined;
  }
}
