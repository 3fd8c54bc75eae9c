import { readFileSync } from 'node:fs';
import type { ImageReference } from '../../image/references';
import { docker, tryDocker } from './engine';

/** The tag under which compose looks for the image. */
export const TAG = 'refund-saga';

/** A variable that names an image of this machine, because the one named by digest is not here. */
export interface StandIn {
  variable: string;
  tagged: string;
}

/** Which images are here by their tag alone; the engine fetches what is not here at all. */
export async function standInsFor(images: readonly ImageReference[]): Promise<StandIn[]> {
  const found = await Promise.all(
    images.map(async ({ variable, tagged, digest }) => {
      const isHere = async (name: string) => (await tryDocker(['image', 'inspect', name])).code === 0;
      const isStandIn = !(await isHere(`${tagged}@${digest}`)) && (await isHere(tagged));
      return isStandIn ? [{ variable, tagged }] : [];
    }),
  );
  return found.flat();
}

/** The secrets of the build; an empty path is none. */
export interface BuildSecrets {
  npmrc: string;
  ca: string;
}

/** Builds the image as docs/deployment.md says. */
export async function buildImage(secrets: BuildSecrets, standIns: readonly StandIn[]): Promise<void> {
  const given = Object.entries(secrets).filter(([, file]) => file !== '');
  const flags = given.flatMap(([id, file]) => ['--secret', `id=${id},src=${file as string}`]);
  const node = standIns.filter(({ variable }) => variable === 'NODE_IMAGE');
  const other = node.flatMap(({ variable, tagged }) => ['--build-arg', `${variable}=${tagged}`]);
  await docker(['build', '--tag', TAG, ...flags, ...other, '.']);
}

/** What the image is found to be; each throws where it is not so. */
export async function inspectImage(secrets: BuildSecrets): Promise<string> {
  const cores = await inImage('ls', 'node_modules/@temporalio/core-bridge/releases');
  must(cores.trim().split('\n').length === 1, `native cores: ${cores}`);
  const sbom = JSON.parse(await inImage('cat', 'sbom.cdx.json')) as { components: { name: string }[] };
  const names = new Set(sbom.components.map(({ name }) => name));
  must(names.has('@temporalio/worker') && !names.has('jest'), 'its SBOM is not of the production tree');
  const user = await inImage('id', '-u');
  must(user.trim() === '1000', `it runs as ${user}`);
  const version = await inImage('refund', '--version');
  const { size, history } = await describeImage();
  for (const file of Object.values(secrets).filter((name) => name !== '')) {
    const [line = ''] = readFileSync(file as string, 'utf8')
      .split('\n')
      .filter((text) => text.includes('='));
    must(line === '' || !history.includes(line), `a layer's history holds a line of ${file as string}`);
  }
  must((await inImage('sh', '-c', 'ls -A /run/secrets 2>/dev/null || true')) === '', 'it holds /run/secrets');
  return (
    `Node.js ${(await inImage('node', '--version')).trim()}, ${Math.round(size / 1e6)} MB, ` +
    `one native core (${cores.trim()}), SBOM of ${sbom.components.length} packages, user 1000, ` +
    `\`refund\` ${version.trim()} on the PATH, no secret in its history or under /run/secrets`
  );
}

function inImage(...command: string[]): Promise<string> {
  return docker(['run', '--rm', '--read-only', '--network', 'none', TAG, ...command]);
}

async function describeImage(): Promise<{ size: number; history: string }> {
  const size = Number(await docker(['image', 'inspect', '--format', '{{.Size}}', TAG]));
  return { size, history: await docker(['history', '--no-trunc', '--format', '{{.CreatedBy}}', TAG]) };
}

function must(isSo: boolean, otherwise: string): void {
  if (!isSo) throw new Error(`The image: ${otherwise}`);
}
