import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { encryptedBundlePath } from '../src/runtime/workers';
import { BRANCHES, recordMissing } from './histories/record';
import { INCOMPATIBLE, readFolder, readHistories, releasedFolders } from './histories/recorded';
import type { Recorded } from './histories/recorded';

beforeAll(async () => {
  if (process.env.RECORD_HISTORIES === 'missing') await recordMissing();
}, 300_000);

/** What the code of today says to each history; undefined where it replays. */
async function replay(
  histories: Recorded[],
  codePath = process.env.TEST_WORKFLOW_BUNDLE ?? '',
): Promise<Record<string, Error | undefined>> {
  const said: Record<string, Error | undefined> = {};
  const bundle = { workflowBundle: { codePath } };
  const named = histories.map(({ name, text }) => ({
    workflowId: name,
    history: JSON.parse(text) as object,
  }));
  for await (const { workflowId, error } of Worker.runReplayHistories(bundle, named))
    said[workflowId] = error;
  return said;
}

test('every way a run can go has a recorded history, and the code of today replays each', async () => {
  const histories = await readHistories();
  const names = histories.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(Object.keys(BRANCHES)));
  expect(await replay(histories)).toEqual(Object.fromEntries(names.map((name) => [name, undefined])));
});

test('what a release has recorded is what it was', async () => {
  const folders = await releasedFolders();
  expect(folders.map((folder) => path.basename(folder))).toContain('1.0.0');
  for (const folder of folders) {
    const sums = (await readFolder(folder)).map(
      ({ name, text }) => `${createHash('sha256').update(text).digest('hex')}  ${name}.json\n`,
    );
    // Whoever releases may sort names by another language's rules.
    const written = (await readFile(path.join(folder, 'SHA256SUMS'), 'utf8')).split(/(?<=\n)/);
    expect(written.sort()).toEqual(sums.sort());
  }
});

test('the bundle of workers with payload keys replays them too', async () => {
  const histories = await readHistories();
  const said = await replay(histories, encryptedBundlePath(process.env.TEST_WORKFLOW_BUNDLE ?? ''));
  expect(Object.values(said).filter((error) => error !== undefined)).toEqual([]);
});

test('a history that another code made is refused as a violation of determinism', async () => {
  const histories = await readFolder(INCOMPATIBLE);
  expect(histories.length).toBeGreaterThan(0);
  const said = await replay(histories);
  for (const { name } of histories) expect(said[name]).toBeInstanceOf(DeterminismViolationError);
});

test('no recorded history tells of the machine on which it was made', async () => {
  for (const { text } of [...(await readHistories()), ...(await readFolder(INCOMPATIBLE))]) {
    const payloads = [...text.matchAll(/"data":"([^"]+)"/g)].map(([, data = '']) =>
      Buffer.from(data, 'base64').toString('utf8'),
    );
    for (const readable of [text, ...payloads]) {
      expect(readable).not.toMatch(/\d+@[\w.-]+|\/(?:home|root|work|Users|tmp)\//);
      expect(readable).not.toContain(`@${os.hostname()}`);
    }
  }
});
