import { resumeProvider, stopProvider } from '../src/client/provider-stops';
import type { ReplayReport } from '../src/reading/replay-all';
import { parsed, runRefund } from './support/cli';
import { ONE_MORE_TIMER, writeOtherCode } from './support/other-code';
import { useOwnServer } from './support/own-server';
import { aRefund, aRefundAt } from './support/requests';
import { startSaga, type Saga } from './support/saga';

const KEYS = { PAYLOAD_KEYS: `one:${Buffer.alloc(32, 1).toString('base64')}` };

let backToShared: () => Promise<void>;
let saga: Saga;
const request = () => aRefund(saga.simulators, { currency: 'EUR' });

beforeAll(async () => {
  backToShared = await useOwnServer();
  saga = await startSaga();
});
afterAll(async () => {
  await saga.close();
  await backToShared();
});

const replay = (workflowBundle: string, ...args: string[]) =>
  runRefund(['replay', '--from-server', '--json', ...args], { workflowBundle, environment: keys() });

let keys: () => object = () => ({});

test('what runs and what is closed is replayed on the code of this installation, the order and a stop too', async () => {
  await saga.run(aRefundAt(saga.simulators, 'sipay'));
  const waiting = await saga.start(request());
  await saga.until(waiting, ({ status }) => status === 'awaitingApproval');
  await saga.client.workflow.start('refundOrder', {
    ...{ taskQueue: 'nobody', workflowId: 'refund:rf-nobody', args: [{}] },
  });
  const { client, taskQueue } = saga;
  const access = { client, taskQueue, timeoutMs: 10_000 };
  await stopProvider(access, { provider: 'wyre', by: 'ana', reason: 'their incident' }, { waitMs: 0 });
  const ran = await replay(process.env.TEST_WORKFLOW_BUNDLE ?? '', '--concurrency', '3');
  expect(ran).toMatchObject({ code: 0, err: '' });
  // Of a refund each order runs on.
  expect(parsed(ran)).toEqual({
    ...{ replayed: { running: 4, closed: 1 }, failed: [], unread: [], pinned: 0, notBegun: 1, leftOut: 0 },
  });
  await resumeProvider(access, { provider: 'wyre', by: 'ana' });
});

test('what does not replay is named with its reason, and nothing that its payloads hold', async () => {
  const other = await writeOtherCode(...ONE_MORE_TIMER);
  const { code, out } = await replay(other.bundlePath);
  const text = await runRefund(['replay', '--from-server'], { workflowBundle: other.bundlePath });
  await other.remove();
  const { failed, replayed } = JSON.parse(out) as ReplayReport;
  // The two orders, and the stop that is over.
  expect({ code, replayed }).toEqual({ code: 1, replayed: { running: 2, closed: 1 } });
  expect(failed.map(({ state, why }) => ({ state, why }))).toEqual(
    expect.arrayContaining([{ state: 'running', why: expect.stringMatching(/timer|Timer/) as string }]),
  );
  expect(text).toMatchObject({
    code: 1,
    out: expect.stringContaining('Do not make this release current.') as string,
  });
  expect(text.out.replace(/\s+/g, ' ')).toMatch(
    /would freeze them\. \d+:( (refund|order):\S+ \(running, [^)]*\): .*?)+ Are closed and do not replay: nothing goes on with them/,
  );
  for (const told of [out, text.out])
    expect(told).not.toMatch(/01151618768|sale-\d|goods returned|order-service/);
});

test('a limit leaves out the newest that run, says how many, and gives no leave', async () => {
  const { code, err } = await runRefund(['replay', '--from-server', '--limit', '1'], {
    workflowBundle: process.env.TEST_WORKFLOW_BUNDLE ?? '',
  });
  expect(code).toBe(1);
  expect(err.replace(/\s+/g, ' ')).toContain(
    '2 more were not replayed, and may or may not replay: a higher --limit reaches them.',
  );
});

test('what is encrypted is replayed with its keys, and told as unread without', async () => {
  const encrypted = await startSaga({ environment: KEYS, over: saga.simulators });
  const handle = await encrypted.start(aRefundAt(saga.simulators, 'sipay'));
  await handle.result();
  const without = await replay(process.env.TEST_WORKFLOW_BUNDLE ?? '');
  keys = () => KEYS;
  const ran = await replay(process.env.TEST_WORKFLOW_BUNDLE ?? '');
  await encrypted.close();
  const { unread, failed } = parsed(without) as ReplayReport;
  expect({ code: without.code, failed }).toEqual({ code: 1, failed: [] });
  expect(unread).toContainEqual(
    expect.objectContaining({ workflowId: handle.workflowId, why: 'its keys are not in PAYLOAD_KEYS' }),
  );
  expect(parsed(ran)).toMatchObject({ failed: [], unread: [] });
});

test('it is asked where the histories are', async () => {
  expect(await runRefund(['replay'])).toMatchObject({ code: 2, out: '' });
});
