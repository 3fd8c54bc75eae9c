import type { KeyObject } from 'node:crypto';

/** A person who may sign decisions, and the public half of their Ed25519 key. */
export interface Approver {
  name: string;
  key: KeyObject;
}
