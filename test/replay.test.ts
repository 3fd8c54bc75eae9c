import { readdir, readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { encryptedBundlePath } from '../src/runtime/workers';
import { BRANCHES, HISTORIES, INCOMPATIBLE, recordHistories } from './histories/record';

beforeAll(async () => {
  const { RECORD_HISTORIES: which } = process.env;
  if (which === 'missing' || which === 'all') await recordHistories(which);
}, 300_000);

interface Recorded {
  name: string;
  text: string;
}

async function recorded(folder: string): Promise<Recorded[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.json')).sort();
  return Promise.all(
    files.map(async (file) => ({
      name: path.basename(file, '.json'),
      text: await readFile(path.join(folder, file), 'utf8'),
    })),
  );
}

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

test('every way a refund can go has a recorded history, and the code of today replays each', async () => {
  const histories = await recorded(HISTORIES);
  const names = histories.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(Object.keys(BRANCHES)));
  expect(await replay(histories)).toEqual(Object.fromEntries(names.map((name) => [name, undefined])));
});

test('the bundle of workers with payload keys replays them too', async () => {
  const histories = await recorded(HISTORIES);
  const said = await replay(histories, encryptedBundlePath(process.env.TEST_WORKFLOW_BUNDLE ?? ''));
  expect(Object.values(said).filter((error) => error !== undefined)).toEqual([]);
});

test('a history that another code made is refused as a violation of determinism', async () => {
  const histories = await recorded(INCOMPATIBLE);
  expect(histories.length).toBeGreaterThan(0);
  const said = await replay(histories);
  for (const { name } of histories) expect(said[name]).toBeInstanceOf(DeterminismViolationError);
});

test('no recorded history tells of the machine on which it was made', async () => {
  for (const { text } of [...(await recorded(HISTORIES)), ...(await recorded(INCOMPATIBLE))]) {
    const payloads = [...text.matchAll(/"data":"([^"]+)"/g)].map(([, data = '']) =>
      Buffer.from(data, 'base64').toString('utf8'),
    );
    for (const readable of [text, ...payloads]) {
      expect(readable).not.toMatch(/\d+@[\w.-]+|\/(?:home|root|work|Users|tmp)\//);
      expect(readable).not.toContain(`@${os.hostname()}`);
    }
  }
});
