import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { run } from '../../kubernetes/run';
import type { Cluster } from './cluster';

type Schema = Record<string, unknown>;

/** What the API server tells of each group, and which of its kinds the chart makes. */
const GROUPS: Record<string, readonly string[]> = {
  'api/v1': ['ServiceAccount'],
  'apis/apps/v1': ['Deployment'],
  'apis/policy/v1': ['PodDisruptionBudget'],
  'apis/networking.k8s.io/v1': ['NetworkPolicy'],
  'apis/autoscaling/v2': ['HorizontalPodAutoscaler'],
  'apis/temporal.io/v1alpha1': ['Connection', 'WorkerDeployment', 'WorkerResourceTemplate'],
  'apis/keda.sh/v1alpha1': ['ScaledObject'],
  'apis/monitoring.coreos.com/v1': ['PodMonitor', 'PrometheusRule'],
};

const PREFIX = '#/components/schemas/';
const POD_TEMPLATE = 'io.k8s.api.core.v1.PodTemplateSpec';

/** What says nothing of what is valid, or is the server's own to fill in. */
const LEFT_OUT = ['description', 'default', 'format', 'title', 'example'];

/** Where tests find the schemas. */
export const SCHEMAS = 'test/kubernetes/schemas.json';

/** Writes the schemas of what the chart makes, as this API server tells them, so that they can be held where there is none. */
export async function writeSchemas(
  kubectl: string,
  { environment }: Cluster,
  version: string,
): Promise<number> {
  const all: Record<string, Schema> = {};
  const kinds: Record<string, string> = {};
  for (const [group, wanted] of Object.entries(GROUPS)) {
    const text = await run(kubectl, ['get', '--raw', `/openapi/v3/${group}`], { environment });
    const { components } = JSON.parse(text) as { components: { schemas: Record<string, Schema> } };
    Object.assign(all, components.schemas);
    for (const [name, schema] of Object.entries(components.schemas)) {
      const kind = kindOf(schema);
      if (kind && wanted.includes(kind)) kinds[`${group.replace(/^apis?\//, '')} ${kind}`] = name;
    }
  }
  const definitions: Record<string, Schema> = {};
  for (const name of Object.values(kinds)) collect(name, all, definitions);
  const lines = Object.entries(definitions)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, schema]) => `${JSON.stringify(name)}:${JSON.stringify(schema)}`);
  const head = `"version":${JSON.stringify(version)},\n"kinds":${JSON.stringify(kinds)}`;
  await writeFile(SCHEMAS, `{${head},\n"definitions":{\n${lines.join(',\n')}\n}}\n`);
  return lines.length;
}

/** Lays out the schemas that were written as kubeconform finds them: a file for each kind. */
export async function spreadSchemas(folder: string): Promise<string> {
  const { kinds, definitions } = JSON.parse(await readFile(SCHEMAS, 'utf8')) as Record<string, Schema>;
  for (const [kind, name] of Object.entries(kinds ?? {})) {
    const file = path.join(folder, `${kind.split(' ').at(-1)?.toLowerCase()}.json`);
    await writeFile(file, JSON.stringify({ $ref: `#/definitions/${String(name)}`, definitions }));
  }
  return folder;
}

function kindOf(schema: Schema): string | undefined {
  const kinds = schema['x-kubernetes-group-version-kind'] as { kind: string }[] | undefined;
  return kinds?.length === 1 ? kinds[0]?.kind : undefined;
}

function collect(name: string, all: Record<string, Schema>, into: Record<string, Schema>): void {
  if (into[name]) return;
  const schema = all[name];
  if (!schema) throw new Error(`The API server tells of ${name} and does not describe it`);
  const reduced = reduce(schema) as Schema & { properties?: Record<string, Schema> };
  into[name] = reduced;
  if (kindOf(schema) === 'WorkerDeployment') {
    const spec = reduced.properties?.spec as { properties: Record<string, unknown> };
    // The definition repeats the whole of it; the API's own is stricter.
    spec.properties.template = { $ref: `#/definitions/${POD_TEMPLATE}` };
  }
  for (const [, next] of JSON.stringify(reduced).matchAll(/"#\/definitions\/([^"]+)"/g)) {
    if (next !== undefined) collect(next, all, into);
  }
}

/** A pattern with flags inside, which JavaScript does not read. */
function isOfGo(key: string, part: unknown): boolean {
  return key === 'pattern' && typeof part === 'string' && part.includes('(?i)');
}

/** A schema as ajv takes it: without prose, and strict, so that a field that does not exist is an error. */
function reduce(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reduce);
  if (typeof value !== 'object' || value === null) return value;
  const schema = value as Schema;
  if (schema['x-kubernetes-int-or-string'] === true || schema.format === 'int-or-string')
    return { type: ['integer', 'string'] };
  if (typeof schema.$ref === 'string') return { $ref: schema.$ref.replace(PREFIX, '#/definitions/') };
  const kept = Object.entries(schema).filter(
    ([key, part]) => !LEFT_OUT.includes(key) && !key.startsWith('x-') && !isOfGo(key, part),
  );
  const { properties, ...rest } = Object.fromEntries(kept);
  const reduced: Schema = Object.fromEntries(Object.entries(rest).map(([key, part]) => [key, reduce(part)]));
  if (properties === undefined) return reduced;
  const fields = Object.entries(properties as Schema).map(([field, part]) => [field, reduce(part)] as const);
  const isOpen =
    schema['x-kubernetes-preserve-unknown-fields'] === true || schema.additionalProperties !== undefined;
  return {
    ...reduced,
    properties: Object.fromEntries(fields),
    ...(!isOpen && { additionalProperties: false }),
  };
}
