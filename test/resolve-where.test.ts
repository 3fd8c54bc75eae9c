import { casesOf } from '../src/cli/cases';
import { settleCases } from '../src/cli/settle-cases';
import { parseWhere } from '../src/cli/where';
import { createOperatorClient } from '../src/client/operator';
import type { OperatorClient, RefundRequest } from '../src/client/operator';
import { runRefund } from './support/cli';
import type { Extra, Ran } from './support/cli';
import { useOwnServer } from './support/own-server';
import { aDsquaresLeg, aPaywallLeg, aRefund, aRefundAt, booked, whole } from './support/requests';
import { startSaga } from './support/saga';
import type { Saga } from './support/saga';
import { endWaiting, listed } from './support/waiting';

const REASON = 'wyre:merchantBalance';
const WHERE = ['--where', `reason=${REASON}`];
const SAID = ['--outcome', 'retry', '--by', 'ana', '--evidence', 'float filled'];
const FULL = 10 ** 9;

let leaveServer: () => Promise<void>;
let saga: Saga;
let client: OperatorClient;

beforeAll(async () => {
  leaveServer = await useOwnServer();
  saga = await startSaga();
  client = createOperatorClient({ client: saga.client, taskQueue: saga.taskQueue });
});
afterAll(async () => {
  await saga.close();
  await leaveServer();
});

function refund(args: string[], extra: Extra = {}): Promise<Ran> {
  return runRefund(args, { environment: { REFUND_TASK_QUEUE: saga.taskQueue }, ...extra });
}

afterEach(() => endWaiting(saga.client));

/** Refunds at wyre, where our float is empty. */
async function parkedAtWyre(count: number): Promise<RefundRequest[]> {
  saga.simulators.wyre.setPartnerBalance('TRY', 0);
  const requests = Array.from({ length: count }, () => aRefundAt(saga.simulators, 'wyre'));
  for (const request of requests) await saga.parked(await saga.start(request), 'cash');
  await listed(saga.client, count, REASON);
  return requests;
}

const fillFloat = () => saga.simulators.wyre.setPartnerBalance('TRY', FULL);
const handleOf = ({ refundId }: RefundRequest) => saga.client.workflow.getHandle(`refund:${refundId}`);
const linesOf = ({ out }: Ran) =>
  out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { refundId: string; outcome: string; message?: string });

async function allRefunded(requests: readonly RefundRequest[]): Promise<void> {
  for (const request of requests) {
    expect(await handleOf(request).result()).toMatchObject({ status: 'refunded' });
    expect(booked(saga.simulators, request)).toEqual(whole(request));
  }
  await listed(saga.client, 0, REASON);
}

test('shows count, sums and what retry does, asks, and settles each by its own update', async () => {
  const requests = await parkedAtWyre(3);
  const no = await refund(['resolve', ...WHERE, ...SAID], { answers: ['n'] });
  expect(no).toMatchObject({ code: 1, out: '' });
  expect(no.err).toContain('3 refunds of 3 orders:\n');
  expect(no.err).toMatch(/^wyre +3 +76\.50 TRY$/m);
  expect(no.err).toContain('In all: 76.50 TRY');
  expect(no.err).toContain(
    'retry: top up our balance at the provider first; then it is sent again. For 3 refunds:',
  );
  for (const { refundId, orderId } of requests)
    expect(no.err).toMatch(new RegExp(`^${refundId} +${orderId} +cash +25\\.50 TRY$`, 'm'));
  expect(no.err).toContain('Send "retry" for 3 refunds as ana? [y/N] ');
  expect(no.err).toContain('Stopped; nothing was sent.');
  await listed(saga.client, 3, REASON);
  fillFloat();
  const yes = await refund(['resolve', ...WHERE, '--outcome', 'retry'], { answers: ['ana', 'filled', 'y'] });
  expect(yes.code).toBe(0);
  expect(yes.out.split('\n').toSorted()).toEqual(
    ['', ...requests.map(({ refundId }) => `${refundId}: retry was accepted`)].toSorted(),
  );
  expect(yes.err).toContain('3 refunds: 3 accepted.\n');
  await allRefunded(requests);
  for (const request of requests) {
    const { people } = await saga.state(handleOf(request));
    expect(people).toMatchObject([{ by: 'ana', said: 'retry', leg: 'cash', evidence: 'filled' }]);
  }
});

test('in a script with --yes there is a line for each, and run again it finds none', async () => {
  const requests = await parkedAtWyre(2);
  fillFloat();
  const done = await refund(['resolve', ...WHERE, ...SAID, '--yes', '--json']);
  expect(done.code).toBe(0);
  const [first, second] = requests.map(({ refundId, orderId }) => ({
    ...{ refundId, orderId, leg: 'cash', amount: '25.50 TRY', outcome: 'accepted' },
  }));
  expect(linesOf(done)).toHaveLength(2);
  expect(linesOf(done)).toEqual(expect.arrayContaining([first, second]));
  expect(done.err).toContain('In all: 51.00 TRY');
  await allRefunded(requests);
  const again = await refund(['resolve', ...WHERE, ...SAID, '--yes', '--json']);
  expect(again).toMatchObject({ code: 0, out: '' });
  const [told] = [await refund(['resolve', ...WHERE, ...SAID, '--yes'])];
  expect(told).toMatchObject({ code: 0, out: `No refund of those waits for ${REASON}.\n` });
});

test('one that is parked no more when its turn comes is told, and left alone', async () => {
  const [settled, ended, open] = (await parkedAtWyre(3)) as [RefundRequest, RefundRequest, RefundRequest];
  const where = parseWhere(`reason=${REASON}`);
  const cases = await casesOf(client, (await client.attention()).rows, where);
  expect(cases.map(({ kind }) => kind)).toEqual(['ready', 'ready', 'ready']);
  const say = (request: RefundRequest, outcome: 'declined' | 'retry') =>
    client.resolve({ refundId: request.refundId, leg: 'cash', outcome, by: 'bea', evidence: 'seen' });
  await say(ended, 'declined');
  await handleOf(ended).result();
  fillFloat();
  await say(settled, 'retry');
  await handleOf(settled).result();
  const lines: string[] = [];
  const { hint, failed } = await settleCases(
    client,
    { where, cases, word: { by: 'ana', evidence: 'float filled' }, json: false },
    { screen: undefined, say: (line) => lines.push(line) },
  );
  expect(lines).toContain(`${open.refundId}: retry was accepted`);
  for (const { refundId } of [settled, ended])
    expect(lines).toContain(
      `${refundId}: left alone, nothing was sent: it waits for wyre:merchantBalance no longer`,
    );
  expect(failed).toBe(false);
  expect(hint).toBe(
    '3 refunds: 1 accepted; 2 left alone, because they wait for something else or for nobody.',
  );
  await allRefunded([settled, open]);
  expect(booked(saga.simulators, ended)).toEqual({ cash: 0 });
});

test('one that somebody had tried again meanwhile, and that waits anew, is refused with who did', async () => {
  const [request] = (await parkedAtWyre(1)) as [RefundRequest];
  const where = parseWhere(`reason=${REASON}`);
  const cases = await casesOf(client, (await client.attention()).rows, where);
  const retry = { leg: 'cash', outcome: 'retry', by: 'bea', evidence: 'filled, as I thought' } as const;
  await client.resolve({ refundId: request.refundId, ...retry });
  await saga.until(
    handleOf(request),
    ({ people, waitingOn }) => people.length === 1 && waitingOn === 'operator',
  );
  const lines: string[] = [];
  const { failed } = await settleCases(
    client,
    { where, cases, word: { by: 'ana', evidence: 'float filled' }, json: false },
    { screen: undefined, say: (line) => lines.push(line) },
  );
  expect(failed).toBe(true);
  expect(lines.join()).toContain(
    `${request.refundId}: refused, nothing was changed: since you looked, bea said "retry" for cash at `,
  );
  expect(booked(saga.simulators, request)).toEqual({ cash: 0 });
});

test('whoever requested them is refused by each, and the exit code says so', async () => {
  const requests = await parkedAtWyre(2);
  const said = [...SAID, '--by', 'order-service', '--yes'];
  const refused = await refund(['resolve', ...WHERE, ...said]);
  expect(refused.code).toBe(1);
  for (const { refundId } of requests)
    expect(refused.out).toContain(`${refundId}: refused, nothing was changed: the requester of a refund`);
  expect(refused.err).toContain('2 refunds: 2 refused.');
  await listed(saga.client, 2, REASON);
  fillFloat();
  const [first, second] = requests as [RefundRequest, RefundRequest];
  const one = await refund([
    ...['resolve', '--where', `reason=${REASON},order=${first.orderId}`, ...SAID, '--yes', '--json'],
  ]);
  expect(linesOf(one)).toMatchObject([{ refundId: first.refundId, outcome: 'accepted' }]);
  expect(await saga.state(handleOf(second))).toMatchObject({ waitingOn: 'operator' });
  await refund(['resolve', ...WHERE, ...SAID, '--yes']);
  await allRefunded(requests);
});

test('a reversal that may have happened is left for a person who looks', async () => {
  const { faults } = saga.simulators;
  faults.add({ provider: 'paywall', operation: 'refund', kind: 'refuse' });
  faults.add({ provider: 'dsquares', operation: 'reverse', kind: 'dropAfter' });
  const request = aRefund(saga.simulators, { loyalty: aDsquaresLeg(), sale: aPaywallLeg(), cash: undefined });
  const parked = await saga.parked(await saga.start(request), 'loyalty');
  expect(parked.legs.loyalty?.problem).toMatchObject({ side: 'reversal', code: 'ambiguous' });
  await listed(saga.client, 1, 'dsquares:ambiguous');
  const { code, out } = await refund([
    ...['resolve', '--where', 'reason=dsquares:ambiguous', ...SAID, '--yes', '--json'],
  ]);
  expect(code).toBe(1);
  expect(out).toContain('its reversal may have happened, so that somebody must look at the provider first');
  expect(await saga.state(handleOf(request))).toMatchObject({ waitingOn: 'operator', people: [] });
});

test.each<[string, string[]]>([
  ['an outcome that claims something', [...WHERE, '--outcome', 'declined', '--by', 'ana', '--yes']],
  ['an outcome that sends without a look-up', [...WHERE, '--outcome', 'resend', '--by', 'ana', '--yes']],
  ['no outcome', [...WHERE, '--by', 'ana', '--yes']],
  ['a refund beside it', ['rf-1', ...WHERE, ...SAID, '--yes']],
  ['neither a refund nor conditions', [...SAID, '--yes']],
  ['a leg beside it', [...WHERE, ...SAID, '--leg', 'cash', '--yes']],
  ['despite the provider', [...WHERE, ...SAID, '--despite-provider', '--yes']],
  ['a reference', [...WHERE, ...SAID, '--reference', 'R-1', '--yes']],
  ['no --yes in a pipe', [...WHERE, ...SAID]],
  ['no evidence in a pipe', [...WHERE, '--outcome', 'retry', '--by', 'ana', '--yes']],
  ...['', 'reason=', 'reason=approval', 'reason=bank:ambiguous', 'order=o-1', 'reason=wyre:ambiguous,'].map(
    (text): [string, string[]] => [`the conditions "${text}"`, ['--where', text, ...SAID, '--yes']],
  ),
  ['a condition twice', ['--where', 'reason=wyre:a,reason=wyre:b', ...SAID, '--yes']],
  ['an unknown condition', ['--where', 'reason=wyre:a,toString=b', ...SAID, '--yes']],
])('wrong usage: %s', async (_, args) => {
  const { code, out, err } = await refund(['resolve', ...args]);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).not.toBe('');
});
