import type { EnvironmentReader } from './reader';

/** Which release of which deployment the workers of this process are, and what becomes of its refunds at the next one. */
export interface Deployment {
  name: string;
  buildId: string;
  /** `autoUpgrade`: a running refund goes over to the next release; `pinned`: it ends on this one. */
  versioning: Versioning;
}

/** What becomes of running refunds when the next release is made current. */
export type Versioning = 'autoUpgrade' | 'pinned';

/** Reads which release this is; undefined where releases are told apart by nobody. One name without the other is a problem. */
export function readDeployment(reader: EnvironmentReader): Deployment | undefined {
  const name = reader.read('TEMPORAL_DEPLOYMENT_NAME', parseName, NAME_SHOULD_BE);
  const buildId = reader.read('TEMPORAL_WORKER_BUILD_ID', parseBuildId, BUILD_ID_SHOULD_BE);
  const versioning = reader.read('REFUND_VERSIONING', parseVersioning, '"auto-upgrade" or "pinned"');
  const [hasName, hasBuildId] = ['TEMPORAL_DEPLOYMENT_NAME', 'TEMPORAL_WORKER_BUILD_ID'].map(
    (variable) => reader.text(variable) !== undefined,
  );
  if (hasName && !hasBuildId)
    reader.problems.push(
      'TEMPORAL_WORKER_BUILD_ID must be set, because TEMPORAL_DEPLOYMENT_NAME is: a release is told by both',
    );
  if (hasBuildId && !hasName)
    reader.problems.push(
      'TEMPORAL_DEPLOYMENT_NAME must be set, because TEMPORAL_WORKER_BUILD_ID is: a release is told by both',
    );
  if (versioning !== undefined && !hasName)
    reader.problems.push('REFUND_VERSIONING is set, but TEMPORAL_DEPLOYMENT_NAME is not');
  return name !== undefined && buildId !== undefined
    ? { name, buildId, versioning: versioning ?? 'autoUpgrade' }
    : undefined;
}

const NAME_SHOULD_BE = '1 to 128 letters, digits, ".", "_", "/" or "-", the first a letter or digit';
const BUILD_ID_SHOULD_BE = '1 to 64 letters, digits, ".", "_" or "-", the first a letter or digit';

const VERSIONINGS: Record<string, Versioning> = { 'auto-upgrade': 'autoUpgrade', pinned: 'pinned' };

function parseName(text: string): string | undefined {
  return /^[A-Za-z0-9][A-Za-z0-9._/-]{0,127}$/.test(text) ? text : undefined;
}

function parseBuildId(text: string): string | undefined {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(text) ? text : undefined;
}

function parseVersioning(text: string): Versioning | undefined {
  return Object.hasOwn(VERSIONINGS, text) ? VERSIONINGS[text] : undefined;
}
