import type { PayloadCodec } from '@temporalio/common';
import type { ReplayWorkerOptions } from '@temporalio/worker';
import { dataConverterFor } from '../encryption/codec';
import { BUNDLE_PATH, encryptedBundlePath } from '../runtime/workers';
import { watching } from './missing-keys';
import type { Keys } from './missing-keys';

/** Whose payloads are read, and how. */
export interface Encoded {
  namespace: string;
  codecs: readonly PayloadCodec[];
}

/** How histories are replayed on a bundle; `keys` tells afterwards whether one could not be decrypted. */
export function replayOptions(
  codePath: string,
  { namespace, codecs }: Encoded,
): { options: ReplayWorkerOptions; keys: Keys } {
  const keys = { areMissing: false };
  const options: ReplayWorkerOptions & { namespace: string } = {
    workflowBundle: { codePath },
    // The codec asks for whom a payload was encrypted: the namespace is part of that.
    namespace,
    dataConverter: { ...dataConverterFor([]), payloadCodecs: [watching(keys), ...codecs] },
  };
  return { options, keys };
}

/** The bundle that this installation's workers run, with payload keys or without. */
export function codeOfWorkers({ codecs }: Pick<Encoded, 'codecs'>, plainBundlePath = BUNDLE_PATH): string {
  return codecs.length > 0 ? encryptedBundlePath(plainBundlePath) : plainBundlePath;
}
