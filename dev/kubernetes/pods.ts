import type { KubernetesObject } from './chart';

/** The pods that a worker is made of, as far as they are looked into here. */
export interface PodTemplate {
  metadata: { labels: Record<string, string> };
  spec: PodSpec;
}

/** What a pod is. */
export interface PodSpec {
  terminationGracePeriodSeconds: number;
  automountServiceAccountToken: boolean;
  enableServiceLinks: boolean;
  hostNetwork?: boolean;
  securityContext: Record<string, unknown>;
  containers: [Container];
  volumes?: Volume[];
}

/** The one container of a worker. */
export interface Container {
  image: string;
  securityContext: Record<string, unknown>;
  env: { name: string; value: string }[];
  startupProbe: Record<string, unknown>;
  livenessProbe: Record<string, unknown>;
  readinessProbe: { exec: { command: string[] } };
  resources: Record<string, Record<string, string>>;
  volumeMounts?: { name: string; mountPath: string; readOnly: boolean }[];
}

/** What is mounted. */
export interface Volume {
  name: string;
  projected?: { sources: { secret: { name: string; items: { key: string; path: string }[] } }[] };
  secret?: { secretName: string };
  hostPath?: { path: string };
}

/** The pods of each worker among some objects, by the worker's name. */
export function podsOf(objects: readonly KubernetesObject[]): Map<string, PodTemplate> {
  return new Map(
    objects
      .filter(({ kind }) => kind === 'Deployment' || kind === 'WorkerDeployment')
      .map(({ metadata, spec }) => [
        metadata.labels?.['app.kubernetes.io/component'] ?? metadata.name,
        spec.template as PodTemplate,
      ]),
  );
}

/** The environment of a worker. */
export function environmentOf(pod: PodTemplate): Record<string, string> {
  return Object.fromEntries(pod.spec.containers[0].env.map(({ name, value }) => [name, value]));
}
