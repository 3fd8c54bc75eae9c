import { parseAllDocuments } from 'yaml';
import { run, tryRun } from './run';
import type { Ended } from './run';

/** One object of the Kubernetes API, as far as it is looked into here. */
export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: { name: string; labels?: Record<string, string> };
  spec: Record<string, unknown>;
}

/** The chart. */
export const CHART = 'deploy/helm/refund-saga';

const ROLES = 'deploy/helm/examples/roles.yaml';

/** The example values, by what they show: files that are laid over one another. */
export const EXAMPLES = {
  all: ['deploy/helm/examples/all.yaml'],
  roles: [ROLES],
  scaled: [ROLES, 'deploy/helm/examples/scaled.yaml'],
  workerDeployment: [ROLES, 'deploy/helm/examples/worker-deployment.yaml'],
} as const;

/** Which example. */
export type Example = keyof typeof EXAMPLES;

/** The parameters with which Helm takes an example, and single values over it. */
export function valuesOf(example: Example, single: readonly string[] = []): string[] {
  return [
    ...EXAMPLES[example].flatMap((file) => ['--values', file]),
    ...single.flatMap((value) => ['--set', value]),
  ];
}

/** What Helm makes of an example for a release called `refunds`. */
export async function render(
  helm: string,
  example: Example,
  single: readonly string[] = [],
): Promise<KubernetesObject[]> {
  const parameters = ['template', 'refunds', CHART, '--namespace', 'refunds', ...valuesOf(example, single)];
  return parseObjects(await run(helm, parameters));
}

/** What Helm says of values, which may be refused. */
export function tryRender(helm: string, example: Example, single: readonly string[]): Promise<Ended> {
  return tryRun(helm, ['template', 'refunds', CHART, ...valuesOf(example, single)]);
}

/** The objects of a stream of YAML documents. */
export function parseObjects(text: string): KubernetesObject[] {
  return parseAllDocuments(text)
    .map((document) => document.toJS() as KubernetesObject | null)
    .filter((object) => object !== null);
}
