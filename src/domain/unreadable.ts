/**
 * Why no key can ever make an encrypted payload readable for a run, in words that follow "it" and repeat nothing of it.
 * What only a missing or wrong key hides is not among them: a worker with the right one reads it.
 */
export const NEVER_READABLE = {
  otherOwner: 'is encrypted for another workflow: it was copied from there, or its owner was written wrong',
  noSuchKey: 'is encrypted with a key whose id PAYLOAD_KEYS can never hold',
  tooShort: 'is encrypted, and too short to hold a nonce and a tag',
  noPayload: 'is encrypted, and what was encrypted is no payload',
  twice: 'is encrypted twice',
  ownLabel: 'has an encoding that only a worker gives to what it cannot read',
} as const;

/** One of these reasons. */
export type NeverReadable = keyof typeof NEVER_READABLE;

/** What a codec adds to the metadata of a payload, for workflow code. */
export const MARKS = {
  /** One of `NeverReadable`. */
  never: 'never-readable',
  /** It came in clear, to a worker that requires encryption. */
  inClear: 'in-clear',
} as const;

/** Whether a text is one of the reasons. */
export function isNeverReadable(text: string | undefined): text is NeverReadable {
  return text !== undefined && Object.hasOwn(NEVER_READABLE, text);
}
