import { readFile } from 'node:fs/promises';
import { seedDemo } from '../simulators/demo';
import { createScenes } from '../dev/demo/scenes';
import { findMistakes, showTable } from '../dev/demo/report';
import { play } from '../dev/demo/play';
import type { Context } from '../dev/demo/context';
import { createOperatorClient } from '../src/client/operator';
import type { RefundRequest } from '../src/client/operator';
import { startSaga } from './support/saga';
import type { Saga } from './support/saga';

let saga: Saga;
beforeAll(async () => {
  saga = await startSaga();
});
afterAll(() => saga.close());

const RUN = `demo-test-${process.pid}`;

/** What the scenes are played in: the saga of this test in place of the demo's own. */
function context(): Context {
  const { client, simulators, taskQueue } = saga;
  const refunds = createOperatorClient({ client, taskQueue, timeoutMs: 2_000, patienceMs: 2_000 });
  const server = { address: '', namespace: 'default' } as Context['server'];
  return { client, simulators, taskQueue, refunds, server } as Context;
}

test("the demo's customers paid what the first request of the README refunds", async () => {
  const [, json = ''] = /```json\n(\{.*?\n\})\n```/s.exec(await readFile('README.md', 'utf8')) ?? [];
  const request = JSON.parse(json) as RefundRequest;
  seedDemo(saga.simulators);
  const unique = { refundId: `${RUN}-readme`, orderId: `${RUN}-readme` };
  expect(await saga.run({ ...request, ...unique })).toMatchObject({ status: 'refunded' });
});

test('how it went is told however it went', async () => {
  const [all, other] = createScenes(RUN);
  if (!all || !other) throw new TypeError('no scenes');
  const told: string[] = [];
  const tell = (line: string) => told.push(line);
  const played = [await play(context(), all, tell)];
  // It waits for somebody who is never asked for.
  const person = { waitsFor: 'operator', does: 'nothing', act: () => Promise.resolve() } as const;
  played.push(await play(context(), { ...other, person }, tell));
  expect(played.map(({ status }) => status)).toEqual(['refunded', 'unknown']);
  expect(told.at(-1)).toMatch(/^went wrong: Refund \S+-2 should have waited for operator, and did not/);
  process.stdout.columns = 80;
  const table = showTable(played);
  expect(table).toContain(`REFUND         ${RUN}-1\n`);
  expect(table.replace(/\s+/g, ' ')).toContain(
    `It did not go as it should: Refund ${RUN}-2 should have waited for operator, and did not.`,
  );
  expect(Math.max(...table.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(findMistakes(played, saga.simulators)).toContainEqual(
    `${RUN}-2 ended as unknown; it should have ended as refunded.`,
  );
});
