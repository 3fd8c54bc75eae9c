import { tryRun } from '../../kubernetes/run';
import type { Ended } from '../../kubernetes/run';
import type { PodTemplate } from '../../kubernetes/pods';

/** Whoever creates objects in one namespace. */
export interface Creator {
  kubectl: string;
  environment: NodeJS.ProcessEnv;
  namespace: string;
}

/** A pod that `restricted` refuses: a template with one thing of it changed. */
export interface Tampered {
  title: string;
  change: (pod: PodTemplate) => void;
}

/** Each breaks one rule of `restricted`. */
export const TAMPERED: readonly Tampered[] = [
  { title: 'root', change: ({ spec }) => Object.assign(spec.securityContext, { runAsUser: 0 }) },
  {
    title: 'may be root',
    change: ({ spec }) => Object.assign(spec.securityContext, { runAsNonRoot: false, runAsUser: undefined }),
  },
  {
    title: 'no seccomp',
    change: ({ spec }) => Object.assign(spec.securityContext, { seccompProfile: { type: 'Unconfined' } }),
  },
  {
    title: 'privilege escalation',
    change: ({ spec }) =>
      Object.assign(spec.containers[0].securityContext, { allowPrivilegeEscalation: true }),
  },
  {
    title: 'privileged',
    change: ({ spec }) =>
      Object.assign(spec.containers[0].securityContext, {
        privileged: true,
        allowPrivilegeEscalation: undefined,
      }),
  },
  {
    title: 'a capability',
    change: ({ spec }) =>
      Object.assign(spec.containers[0].securityContext, { capabilities: { add: ['NET_ADMIN'] } }),
  },
  { title: "the node's network", change: ({ spec }) => Object.assign(spec, { hostNetwork: true }) },
  {
    title: "the node's files",
    change: ({ spec }) =>
      Object.assign(spec, { volumes: [...(spec.volumes ?? []), { name: 'node', hostPath: { path: '/' } }] }),
  },
];

/** Asks the API server to create the pod of a template, as a dry run: it is admitted or refused, and not kept. */
export function admit(creator: Creator, pod: PodTemplate): Promise<Ended> {
  const { kubectl, environment, namespace } = creator;
  const object = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...pod.metadata, name: 'proof', namespace },
    spec: pod.spec,
  };
  const parameters = ['create', '--dry-run=server', '--validate=strict', '--output=name', '--filename=-'];
  return tryRun(kubectl, parameters, { environment, input: JSON.stringify(object) });
}

/** The same pod with one thing changed. */
export function tamper(pod: PodTemplate, { change }: Pick<Tampered, 'change'>): PodTemplate {
  const changed = structuredClone(pod);
  change(changed);
  return changed;
}
