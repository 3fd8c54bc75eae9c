import type { Payload, PayloadCodec } from '@temporalio/common';
import { isMissingKey } from '../encryption/codec';

/** Whether something could not be decrypted for want of a key. */
export interface Keys {
  areMissing: boolean;
}

/** Sees what the codecs after it, which decode before it, could not decrypt: a run that is read without it would be shown as it never was. */
export function watching(keys: Keys): PayloadCodec {
  return {
    encode: (payloads) => Promise.resolve(payloads),
    decode: (payloads: Payload[]) => {
      if (payloads.some(isMissingKey)) keys.areMissing = true;
      return Promise.resolve(payloads);
    },
  };
}
