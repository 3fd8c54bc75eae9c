import { setTimeout as pause } from 'node:timers/promises';
import { chooseWaiting } from '../src/cli/inbox/list';
import { onScreen } from '../src/cli/inbox/screen';
import { runCli } from '../src/cli/main';
import type { RefundRequest } from '../src/client/operator';
import type { Briefing } from '../src/domain/briefing';
import { parsed, runRefund } from './support/cli';
import { useOwnServer } from './support/own-server';
import { aRefund, aRefundAt, aSipayLeg, booked, sipayPaymentOf, whole } from './support/requests';
import { startSaga } from './support/saga';
import type { Saga } from './support/saga';
import { KEYS, openScreen } from './support/screen';
import type { Screen } from './support/screen';
import { endWaiting, listed } from './support/waiting';

let leaveServer: () => Promise<void>;
let saga: Saga;
beforeAll(async () => {
  leaveServer = await useOwnServer();
  saga = await startSaga({
    environment: { APPROVAL_LIMITS: 'TRY=20000,points=1000', APPROVAL_TIMEOUT: '5h' },
  });
});
afterAll(async () => {
  await saga.close();
  await leaveServer();
});

const environment = () => ({
  TEMPORAL_ADDRESS: process.env.TEMPORAL_TEST_ADDRESS,
  REFUND_TASK_QUEUE: saga.taskQueue,
});

/** `refund inbox` at a terminal. */
function sitDown(screen: Screen, ...options: string[]) {
  process.stdout.columns = screen.columns;
  const written = { out: '', err: '' };
  const ended = runCli(['inbox', ...options], {
    stdout: { write: (text: string) => (written.out += text) },
    stderr: { write: (text: string) => (written.err += text) },
    environment: environment(),
    version: '1.2.3',
    terminal: screen.terminal,
  });
  return { ended, written };
}

/** What is chosen in the list now. */
const chosen = (screen: Screen) => screen.lines().find((line) => line.startsWith('> ')) ?? '';

async function inDoubt(): Promise<RefundRequest> {
  const request = aRefund(saga.simulators, { loyalty: undefined });
  const match = sipayPaymentOf(request);
  saga.simulators.faults.add({ provider: 'sipay', operation: 'refund', kind: 'dropBefore', times: 2, match });
  await saga.parked(await saga.start(request), 'cash');
  return request;
}

async function asked(): Promise<RefundRequest> {
  const request = aRefundAt(saga.simulators, 'sipay', { cash: { ...aSipayLeg(), amountMinor: 75_000 } });
  await saga.until(await saga.start(request), ({ waitingOn }) => waitingOn === 'approval');
  return request;
}

const handleOf = ({ refundId }: RefundRequest) => saga.client.workflow.getHandle(`refund:${refundId}`);

afterEach(() => endWaiting(saga.client));

test('choose with the arrow keys, read the case, and resolve it with the evidence in sight', async () => {
  const doubt = await inDoubt();
  const question = await asked();
  await listed(saga.client, 2);
  const screen = openScreen(80, 24);
  const { ended, written } = sitDown(screen);
  const list = await screen.until('2 refunds wait for a person');
  expect(list).toMatch(/REFUND +AGE +CLOSES +AMOUNT +WAITS BECAUSE/);
  expect(chosen(screen)).toMatch(new RegExp(`^> ${question.refundId} +\\d+ [sm] +in 4 h +750\\.00 TRY`));
  expect(list).toContain(`${question.refundId} closes in 4 h: without a decision it expires.`);
  screen.press(KEYS.down + KEYS.down + KEYS.down);
  await screen.until(`> ${doubt.refundId}`);
  expect(chosen(screen)).toMatch(/ 25\.50 TRY +cash at sipay: nobody knows whe/);
  expect(screen.lines().join(' ')).toContain('cash at sipay: nobody knows whether it was refunded.');
  screen.press(KEYS.enter);
  const read = await screen.until('r or Enter resolve');
  expect(read).toContain(`A person must resolve cash, 25.50 TRY at sipay`);
  expect(read).toContain('↑ ↓ space read on');
  screen.press(' '.repeat(5));
  await screen.until(`refund resolve ${doubt.refundId} --leg cash`);
  screen.press('r');
  const dialog = await screen.until('Number or word:');
  expect(dialog).toMatch(/Last look-up \(.*\): Sipay shows other movements and\nnone under our reference\./);
  expect(dialog.replaceAll('\n', ' ')).toContain(`our reference ${doubt.refundId}:cash`);
  expect(dialog).toContain('1  retry: look it up once more; it is sent again only if no refund is found');
  screen.press('retry\r');
  await screen.until('Your id, such as your login:');
  screen.press('ana\r');
  await screen.until('What you saw at the provider:');
  screen.press('not in the panel\r');
  const confirm = await screen.until('Send "retry" for cash as ana? [y/N]');
  expect(confirm).toContain('Last look-up');
  screen.press('y\r');
  await screen.until(`Refund ${doubt.refundId}: accepted`);
  screen.press(KEYS.enter);
  expect(await handleOf(doubt).result()).toMatchObject({ status: 'refunded' });
  expect(booked(saga.simulators, doubt)).toEqual(whole(doubt));
  await screen.until('1 refund waits for a person');
  screen.press('q');
  expect(await ended).toBe(0);
  await screen.untilGivenBack();
  expect(written).toEqual({
    out: `${doubt.refundId}: answered. Follow it with: refund watch ${doubt.refundId}\n`,
    err: '',
  });
  await handleOf(question).signal('reject', { by: 'ana' });
  await handleOf(question).result();
});

/** Opens the only refund that waits: a question. */
async function openOnly(screen: ReturnType<typeof openScreen>): Promise<void> {
  await screen.until('1 refund waits');
  screen.press(KEYS.enter);
  await screen.until('a approve · x reject');
}

test('a question: no is no answer, whoever requested it is refused, and yes approves', async () => {
  const question = await asked();
  await listed(saga.client, 1);
  const screen = openScreen(100, 30);
  const { ended } = sitDown(screen, '--by', 'order-service');
  await openOnly(screen);
  screen.press('x');
  await screen.until('Send "reject" as order-service? [y/N]');
  screen.press('n\r');
  await screen.until('a approve · x reject');
  screen.press('a');
  expect(await screen.until('Send "approve" as order-service? [y/N]')).toContain(
    'approve: the legs are refunded now',
  );
  screen.press('y\r');
  await screen.until('the requester of a refund cannot decide on it');
  screen.press(KEYS.escape);
  await screen.until('a approve · x reject');
  expect(await saga.state(handleOf(question))).toMatchObject({ waitingOn: 'approval', people: [] });
  screen.press(KEYS.ctrlC);
  expect(await ended).toBe(0);
  await screen.untilGivenBack();
  const again = openScreen(100, 30);
  const second = sitDown(again, '--by', 'ana');
  await openOnly(again);
  again.press('a');
  await again.until('Send "approve" as ana? [y/N]');
  again.press('y\r');
  await again.until(': accepted');
  expect(await handleOf(question).result()).toMatchObject({ status: 'refunded' });
  again.press(KEYS.escape);
  await again.until('Nothing waits for a person.');
  again.press(KEYS.ctrlD);
  expect(await second.ended).toBe(0);
  await again.untilGivenBack();
});

test('what somebody else has answered meanwhile is shown as it is now', async () => {
  const question = await asked();
  await listed(saga.client, 1);
  const screen = openScreen();
  const { ended } = sitDown(screen);
  await screen.until('1 refund waits');
  await handleOf(question).signal('reject', { by: 'bea' });
  await handleOf(question).result();
  screen.press(KEYS.enter);
  await screen.until('Rejected');
  expect(screen.lines().join('\n')).not.toContain('a approve');
  screen.press(KEYS.escape);
  await screen.until('Nothing waits for a person.');
  await asked();
  await listed(saga.client, 1);
  screen.press('u');
  await screen.until('1 refund waits');
  screen.press('q');
  expect(await ended).toBe(0);
});

/** Presses Ctrl-C once so many more heed it than these; those may be the server and the workers of this test. */
async function interrupt(before: readonly unknown[], more: number): Promise<void> {
  const heeding = () => process.listeners('SIGINT').filter((listener) => !before.includes(listener));
  while (heeding().length < more) await pause(20);
  for (const heed of heeding()) heed('SIGINT');
}

test('Ctrl-C while a word is under way says that it may have counted, and what shows it', async () => {
  const before = process.listeners('SIGINT');
  const { refundId } = await inDoubt();
  await listed(saga.client, 1);
  const screen = openScreen(100, 30);
  const { ended, written } = sitDown(screen, '--by', 'ana');
  await screen.until('1 refund waits');
  screen.press(KEYS.enter);
  await screen.until('r or Enter resolve');
  screen.press('r');
  await screen.until('Number or word:');
  screen.press('retry\r');
  await screen.until('What you saw at the provider:');
  screen.press('nothing\r');
  await screen.until('[y/N]');
  const { legs } = await saga.client.workflow.getHandle(`refund:${refundId}`).query<Briefing>('getBriefing');
  await saga.stopWorkers();
  screen.press('y\r');
  const interrupted = async () => {
    await interrupt(before, 2);
    expect(await ended).toBe(0);
    await screen.untilGivenBack();
    const told = `Interrupted: it was sent, and may or may not have counted. Before you send it again, look with: refund show ${refundId}\n`;
    expect(written.out.replace(/\n(?=.)/g, ' ')).toBe(`${refundId}: ${told}`);
    const said = ['--leg', 'cash', '--outcome', 'retry', '--by', 'ana', '--evidence', 'nothing'];
    const seen = ['--seen', legs.cash?.seen ?? ''];
    const alone = runRefund(['resolve', refundId, ...said, ...seen], { environment: environment() });
    await interrupt(before, 1);
    expect(await alone).toEqual({ code: 1, out: '', err: told });
  };
  await interrupted().finally(() => saga.startWorkers());
});

test('where there is no terminal it is refund attention', async () => {
  const question = await asked();
  await listed(saga.client, 1);
  const shown = await runRefund(['inbox'], { environment: environment() });
  const attention = await runRefund(['attention'], { environment: environment() });
  const withoutAges = (text: string) => text.replace(/ \(\d+ s\)/g, '');
  expect(shown.code).toBe(0);
  expect(withoutAges(shown.out)).toBe(withoutAges(attention.out));
  expect(shown.err).toBe('There is no terminal here, so that this is refund attention.\n');
  const json = await runRefund(['inbox', '--json'], { environment: environment() });
  expect(parsed(json)).toMatchObject([{ refundId: question.refundId }]);
  await handleOf(question).signal('reject', { by: 'ana' });
  await handleOf(question).result();
});

test('a list that is longer than the screen is paged, in any size of it', async () => {
  const waiting = Array.from({ length: 60 }, (_, index) => ({
    refundId: `rf-${index}`,
    orderId: `order-${index}`,
    startedAt: new Date().toISOString(),
    reason: 'cash at wyre: our own balance at wyre is too low to refund it',
    amount: '25.50 TRY',
  }));
  const list = { waiting, more: 7, readAt: new Date('2026-11-29T14:01:15Z'), note: '' };
  const screen = openScreen(100, 20);
  const { terminal } = screen;
  const choice = onScreen(terminal, (whole_) =>
    chooseWaiting({ list, first: 0, screen: whole_ }, { ...terminal, clearPromptOnDone: true }),
  );
  await screen.until('> rf-0 ');
  expect(screen.lines()[0]).toBe(
    '60 refunds wait for a person, read at 14:01:15 UTC; 7 more are not listed (refund attention)',
  );
  screen.press(KEYS.pageDown.repeat(3) + KEYS.up);
  await screen.until('> rf-29 ');
  for (const [columns, rows] of [
    [40, 12],
    [120, 40],
    [80, 11],
  ] as const) {
    screen.resize(columns, rows);
    await screen.until(/^60 refunds wait for a pe[^]*\n> rf-29 [^]* q leave/);
    expect(screen.lines().filter((line) => line.startsWith('> '))).toHaveLength(1);
    expect(screen.lines().filter((line) => line.includes('q leave'))).toHaveLength(1);
  }
  screen.press(KEYS.pageDown.repeat(60) + KEYS.down);
  await screen.until('> rf-59 ');
  screen.press(KEYS.enter);
  expect(await choice).toEqual({ kind: 'open', index: 59 });
  await screen.untilGivenBack();
});
