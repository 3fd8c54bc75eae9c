import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { version } from '../package.json';
import { releasedFolders } from './histories/recorded';

const read = (file: string) => readFile(path.join(__dirname, '..', file), 'utf8');

test('the release that is built is the one whose histories and changes were written down last', async () => {
  const changelog = await read('CHANGELOG.md');
  const chart = await read('deploy/helm/refund-saga/Chart.yaml');
  const lock = JSON.parse(await read('package-lock.json')) as { version: string };
  expect(/^## \[(\d.*?)\] - \d{4}-\d\d-\d\d$/m.exec(changelog)?.[1]).toBe(version);
  expect(chart).toContain(`\nversion: ${version}\nappVersion: ${version}\n`);
  expect(lock.version).toBe(version);
  for (const example of ['all', 'roles'])
    expect(await read(`deploy/helm/examples/${example}.yaml`)).toContain(`tag: ${version} }`);
  expect((await releasedFolders()).map((folder) => path.basename(folder))).toContain('1.0.0');
});
