/*
 * In the image: leaves one native core of Temporal's SDK, that of the image's platform, of the five that its package
 * brings, and none of the sources they are built from.
 */
import { readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';

const require = createRequire(path.join(process.cwd(), 'package.json'));
const bridge = path.dirname(require.resolve('@temporalio/core-bridge'));
// The package's own choice, so that the image keeps what the worker will load.
const kept = path.dirname(require('@temporalio/core-bridge/common').getPrebuiltPath());

const releases = path.join(bridge, 'releases');
if (path.dirname(kept) !== releases) throw new Error(`The native core lies elsewhere: ${kept}`);
for (const name of readdirSync(releases)) if (name !== path.basename(kept)) remove(releases, name);
for (const name of ['sdk-core', 'src', 'bridge-macros']) remove(bridge, name);
process.stdout.write(`Kept the native core ${path.basename(kept)}.\n`);

function remove(...parts) {
  rmSync(path.join(...parts), { recursive: true, force: true });
}
