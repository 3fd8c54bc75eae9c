import { loadClientConnectConfig } from '@temporalio/envconfig';
import { ConfigurationError, EnvironmentReader, readSecret } from './reader';
import type { Environment } from './reader';

/** How Temporal is reached, by its standard variables and profile file. */
export interface ConnectionSettings {
  connectionOptions: ReturnType<typeof loadClientConnectConfig>['connectionOptions'];
  namespace: string;
  /** The key that `TEMPORAL_API_KEY_FILE` holds now; absent where no file is named. */
  currentApiKey?: () => string;
}

/**
 * Reads Temporal's standard `TEMPORAL_*` variables and profile file; the key may be in a file of its own.
 * @throws ConfigurationError
 */
export function readConnection(environment: Environment): ConnectionSettings {
  const reader = new EnvironmentReader(environment);
  const path = reader.fileOf(API_KEY);
  const apiKey = reader.read(API_KEY, usableKey, 'printable ASCII on one line, up to 8,192 characters');
  reader.finish();
  const set = Object.entries({ ...environment, [API_KEY]: apiKey }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  const { connectionOptions, namespace = 'default' } = load(Object.fromEntries(set));
  return {
    connectionOptions,
    namespace,
    ...(path !== undefined && { currentApiKey: readAnew(path, apiKey ?? '') }),
  };
}

const API_KEY = 'TEMPORAL_API_KEY';

/** A header takes nothing else; the connection would fail without saying why. */
function usableKey(text: string): string | undefined {
  return /^[\x20-\x7e]{1,8192}$/.test(text) ? text : undefined;
}

function load(overrideEnvVars: Record<string, string>) {
  try {
    return loadClientConnectConfig({ overrideEnvVars });
  } catch {
    // Why is not told: the parser's own message quotes the lines around a mistake, keys and all.
    throw new ConfigurationError([
      'the TEMPORAL_* variables, the profile file (TEMPORAL_CONFIG_FILE, TEMPORAL_PROFILE) or a file of certificates cannot be read',
    ]);
  }
}

const UNUSABLE = `${API_KEY}_FILE holds what is no key (it must be printable ASCII on one line): the key before it is used on`;

/** How old what was read of a file may be. Milliseconds. */
const READ_EVERY_MS = 1_000;

/** While the file is being exchanged, it may be gone, empty or cut off: what it held before counts then. */
function readAnew(path: string, first: string): () => string {
  let [held, readAt] = [first, performance.now()];
  let refused: string | undefined;
  return () => {
    if (performance.now() - readAt >= READ_EVERY_MS) {
      const content = readSecret(path) ?? held;
      const key = usableKey(content);
      if (key === undefined && content !== refused) process.emitWarning(UNUSABLE);
      refused = key === undefined ? content : undefined;
      held = key ?? held;
      readAt = performance.now();
    }
    return held;
  };
}
