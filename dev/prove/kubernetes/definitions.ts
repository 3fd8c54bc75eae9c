import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { findTool } from '../../kubernetes/tools';
import { run, tryRun } from '../../kubernetes/run';
import type { Cluster } from './cluster';

/** Where the definitions of the chart's optional objects come from: Go modules, of which only files are read. */
const MODULES = [
  {
    module: 'github.com/temporalio/temporal-worker-controller@v1.8.1',
    folder: 'helm/temporal-worker-controller-crds/templates',
    files: /_(connections|workerdeployments|workerresourcetemplates)\.yaml$/,
  },
  {
    module: 'github.com/kedacore/keda/v2@v2.21.0',
    folder: 'config/crd/bases',
    files: /^keda\.sh_scaledobjects\.yaml$/,
  },
  {
    module: 'github.com/prometheus-operator/prometheus-operator@v0.85.0',
    folder: 'example/prometheus-operator-crd',
    files: /_(podmonitors|prometheusrules)\.yaml$/,
  },
] as const;

/** Of what the definitions are. */
export const DEFINED = MODULES.map(({ module }) => module.replace(/^github\.com\//, '').replace('@', ' '));

/**
 * Installs the custom resource definitions that the chart's options need.
 * @returns how many, or why there are none
 */
export async function installDefinitions(
  kubectl: string,
  { environment }: Cluster,
): Promise<{ installed: number } | { missing: string }> {
  const go = await findTool('go');
  if (go === undefined) return { missing: 'no go command is here to fetch them' };
  const files: string[] = [];
  for (const { module, folder, files: wanted } of MODULES) {
    const fetched = await tryRun(go, ['mod', 'download', '-json', module]);
    const { Dir: root } = JSON.parse(fetched.output || '{}') as { Dir?: string };
    if (root === undefined) return { missing: `${module} could not be fetched` };
    const names = (await readdir(path.join(root, folder))).filter((name) => wanted.test(name));
    files.push(...names.map((name) => path.join(root, folder, name)));
  }
  await run(kubectl, ['apply', '--server-side', ...files.map((file) => `--filename=${file}`)], {
    environment,
  });
  await run(kubectl, ['wait', '--for=condition=Established', '--timeout=120s', 'crd', '--all'], {
    environment,
  });
  return { installed: files.length };
}
