import { createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { isPrintable, isSamePerson } from '../domain/text';
import type { Approver } from '../statements/approver';

/** Reads `name:base64key,…`; undefined when a key is not Ed25519, or when a name or a key repeats. */
export function parseApprovers(text: string): Approver[] | undefined {
  const approvers: Approver[] = [];
  for (const part of text.split(',')) {
    const [, name = '', encoded = ''] = /^([^:]+):([A-Za-z0-9+/]+=*)$/.exec(part.trim()) ?? [];
    const key = publicKey(encoded);
    // One person with two names, or one key in two hands, would decide as somebody else.
    const isKnown = approvers.some(
      (other) => isSamePerson(other.name, name) || (key && other.key.equals(key)),
    );
    if (!key || isKnown || !isPrintable(name, 64)) return undefined;
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
