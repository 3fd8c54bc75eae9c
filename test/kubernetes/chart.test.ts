import { readFile } from 'node:fs/promises';
import Ajv from 'ajv';
import type { ValidateFunction } from 'ajv';
import { parse } from 'yaml';
import { CHART, EXAMPLES, render, tryRender, valuesOf } from '../../dev/kubernetes/chart';
import type { Example, KubernetesObject } from '../../dev/kubernetes/chart';
import { podsOf } from '../../dev/kubernetes/pods';
import { tryRun } from '../../dev/kubernetes/run';
import { needTool } from '../../dev/kubernetes/tools';
import { SCHEMAS } from '../../dev/prove/kubernetes/schemas';

interface Schemas {
  kinds: Record<string, string>;
  definitions: Record<string, object>;
}

const NAMES = Object.keys(EXAMPLES) as Example[];

let helm: string;
let schemas: Schemas;

beforeAll(async () => {
  helm = await needTool('helm');
  schemas = JSON.parse(await readFile(SCHEMAS, 'utf8')) as Schemas;
});

function validatorOf({ apiVersion, kind }: KubernetesObject): ValidateFunction {
  const name = schemas.kinds[`${apiVersion} ${kind}`];
  if (name === undefined) throw new Error(`There is no schema of ${apiVersion} ${kind}`);
  return new Ajv({ strict: false, allErrors: true }).compile({
    $ref: `#/definitions/${name}`,
    definitions: schemas.definitions,
  });
}

test.each(NAMES)('%s passes the strict lint of Helm', async (example) => {
  const { isOk, output } = await tryRun(helm, ['lint', '--strict', CHART, ...valuesOf(example)]);
  expect(output).toContain('1 chart(s) linted, 0 chart(s) failed');
  expect(isOk).toBe(true);
});

test.each(NAMES)('%s is made of objects that the API describes, without a field more', async (example) => {
  const objects = await render(helm, example);
  expect(objects.length).toBeGreaterThan(3);
  for (const object of objects) {
    const validate = validatorOf(object);
    validate(object);
    expect({ kind: object.kind, errors: validate.errors }).toEqual({ kind: object.kind, errors: null });
  }
});

test('the schemas judge: a field that does not exist, and one of the wrong type', async () => {
  const [deployment] = (await render(helm, 'all')).filter(({ kind }) => kind === 'Deployment');
  if (!deployment) throw new Error('there is no Deployment');
  const validate = validatorOf(deployment);
  expect(validate({ ...deployment, spec: { ...deployment.spec, replica: 2 } })).toBe(false);
  expect(validate({ ...deployment, spec: { ...deployment.spec, replicas: 'two' } })).toBe(false);
});

test('every worker of every mode has pods, a budget and a network of its own', async () => {
  for (const example of NAMES) {
    const objects = await render(helm, example);
    const workers = [...podsOf(objects).keys()].sort();
    for (const kind of ['PodDisruptionBudget', 'NetworkPolicy']) {
      const names = objects.filter((object) => object.kind === kind).map(({ metadata }) => metadata.name);
      expect(names.sort()).toEqual(workers.map((worker) => `refunds-${worker}`));
    }
  }
});

test('a worker that only surveys is no version of a Worker Deployment: it polls nothing that one would be known by', async () => {
  const objects = await render(helm, 'workerDeployment');
  const kinds = objects.filter(({ kind }) => /Deployment$/.test(kind));
  expect(kinds.filter(({ kind }) => kind === 'Deployment').map(({ metadata }) => metadata.name)).toEqual([
    'refunds-survey',
  ]);
  expect(kinds).toHaveLength(7);
});

test('the alert rules of the chart are those of monitoring/', async () => {
  const [rule] = (await render(helm, 'scaled')).filter(({ kind }) => kind === 'PrometheusRule');
  expect(rule?.spec).toEqual(parse(await readFile('monitoring/alerts.yml', 'utf8')));
});

const ALL = 'workers.all.replicas=1,workers.all.roles={all}';

test.each<[why: string, example: Example, single: string, said: string]>([
  [
    'a grace period that a call outlives',
    'all',
    `${ALL},workers.all.terminationGracePeriodSeconds=13`,
    'workers.all.terminationGracePeriodSeconds is 13, but a call may take 13 s with callTimeout 10s',
  ],
  [
    'the same after the time-out was raised',
    'roles',
    'callTimeout=1m,workers.sipay.terminationGracePeriodSeconds=200',
    'but a call may take 243 s with callTimeout 1m',
  ],
  [
    'the role of a provider that is not configured',
    'all',
    'workers.one.replicas=1,workers.one.roles={sipay}',
    'workers.one.roles names sipay, but providers.sipay is not configured',
  ],
  ['all beside a role', 'all', 'workers.all.replicas=1,workers.all.roles={all,refunds}', 'all stands alone'],
  ['nothing to serve', 'all', 'providers=null', 'providers is empty'],
  ['a server that is nowhere', 'all', 'temporal.address=', 'temporal.address is empty'],
  [
    'a network that leads nowhere',
    'all',
    'notify.url=https://orders.example.com,notify.secrets.secret=notify,notify.secrets.key=secrets',
    'notify.network says nowhere to go',
  ],
  ['half a release', 'all', 'release.buildId=1.0.0', 'set both or neither'],
  [
    'KEDA for what the worker controller makes',
    'workerDeployment',
    'autoscaling.by=keda',
    'keda does not know the Deployments',
  ],
  [
    'a secret as a plain variable',
    'all',
    'environment.WYRE_API_KEY=clear',
    "invalid propertyName 'WYRE_API_KEY'",
  ],
  [
    'a secret among the settings of a provider',
    'all',
    'providers.wyre.environment.WYRE_API_KEY=clear',
    "invalid propertyName 'WYRE_API_KEY'",
  ],
  [
    'a namespace in a second place',
    'all',
    'environment.TEMPORAL_NAMESPACE=others',
    "invalid propertyName 'TEMPORAL_NAMESPACE'",
  ],
  [
    'another provider under its name',
    'all',
    'providers.wyre.environment.SIPAY_BASE_URL=x',
    "invalid propertyName 'SIPAY_BASE_URL'",
  ],
  ['a value that no chart has', 'all', 'replicaCount=3', "additional properties 'replicaCount' not allowed"],
  ['a queue that may be another fleet’s', 'all', 'taskQueue=fleet-sipay', "at '/taskQueue'"],
  ['a queue that is that without the blank at its end', 'all', 'taskQueue=fleet-sipay ', "at '/taskQueue'"],
  ['no time at all', 'all', 'callTimeout=0s', "at '/callTimeout'"],
])('%s is refused', async (_why, example, single, said) => {
  const { isOk, problem } = await tryRender(helm, example, [single]);
  expect(isOk).toBe(false);
  expect(problem).toContain(said);
});
