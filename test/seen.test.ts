import type { WorkflowHandle } from '@temporalio/client';
import type { Fault } from '../simulators';
import type { Briefing } from '../src/domain/briefing';
import type { LegName, ProviderName } from '../src/domain/plan';
import type { RefundRequest } from '../src/domain/request';
import { runRefund } from './support/cli';
import type { Extra, Ran } from './support/cli';
import { aRefund, aRefundAt, booked } from './support/requests';
import { lastTaskOf, resetByHand } from './support/reset';
import { details, replays } from './support/runs';
import { startSaga, type Saga } from './support/saga';
import { refusalOf, say } from './support/words';

/** Operators who look at the same leg at the same time: the second word rests on what was there before the first. */
let saga: Saga;
beforeAll(async () => {
  saga = await startSaga({ environment: { ORDER_LOCK: 'off' } });
});
afterEach(() => saga.simulators.faults.clear());
afterAll(() => saga.close());

interface Parked {
  request: RefundRequest;
  handle: WorkflowHandle;
  leg: LegName;
}

const strike = (provider: ProviderName, operation: Fault['operation'], kind: Fault['kind'], more = {}) =>
  saga.simulators.faults.add({ provider, operation, kind, ...more });

async function seenOf({ handle, leg }: Parked): Promise<string> {
  const { seen } = (await handle.query<Briefing>('getBriefing')).legs[leg] ?? {};
  if (seen === undefined) throw new Error(`the ${leg} leg is not parked`);
  return seen;
}

/** Waits until somebody can look at something else than this. */
async function parkedAnew({ handle, leg }: Parked, words: number): Promise<void> {
  await saga.until(handle, ({ people, legs }) => people.length === words && legs[leg]?.status === 'parked');
}

const WORDS = {
  resend: { outcome: 'resend', evidence: 'it is not there' },
  retry: { outcome: 'retry', evidence: 'it is not there' },
} as const;

/** Points of which nobody knows whether they were refunded; they were not. */
async function parkedPoints(provider: 'dsquares' | 'mircate'): Promise<Parked> {
  const request = aRefundAt(saga.simulators, provider);
  strike(provider, 'refund', 'dropBefore');
  const handle = await saga.start(request);
  await saga.parked(handle, 'loyalty');
  return { request, handle, leg: 'loyalty' };
}

/** Points whose reversal at dsquares nobody knows to be made; it was not. */
async function parkedReversal(): Promise<Parked> {
  const request = aRefund(saga.simulators, { cash: undefined });
  strike('paywall', 'refund', 'refuse');
  strike('dsquares', 'reverse', 'dropBefore');
  const handle = await saga.start(request);
  await saga.parked(handle, 'loyalty');
  return { request, handle, leg: 'loyalty' };
}

const POINTS = {
  'resend at mircate': {
    park: () => parkedPoints('mircate'),
    word: WORDS.resend,
    lost: ['mircate', 'refund'],
  },
  'resend at dsquares': {
    park: () => parkedPoints('dsquares'),
    word: WORDS.resend,
    lost: ['dsquares', 'refund'],
  },
  'retry of a reversal at dsquares': {
    park: parkedReversal,
    word: WORDS.retry,
    lost: ['dsquares', 'reverse'],
  },
} as const;

describe.each(Object.entries(POINTS))('two operators say %s', (_, { park, word, lost }) => {
  const [provider, operation] = lost;
  const isReversal = operation === 'reverse';
  /** What the first word makes of the books, once. */
  const once = { loyalty: isReversal ? 0 : 500 };
  const end = (more: object) => ({
    ...{ leg: 'loyalty', by: 'bea', evidence: 'it is there now', providerReference: 'row-1', ...more },
    outcome: isReversal ? 'reversed' : 'refunded',
  });
  const points = ({ request }: Parked) => ({ loyalty: booked(saga.simulators, request).loyalty });

  test('by update: what the second had before them is gone, and the money moves once', async () => {
    const both = await park();
    const { handle, leg } = both;
    const seen = await seenOf(both);
    strike(provider, operation, 'dropAfter');
    // Nobody has said anything: whoever knows nothing of `seen` can settle it.
    await say(handle, { leg, by: 'ana', ...word });
    await parkedAnew(both, 1);
    for (const late of [{ seen }, {}, { seen: '0-0' }, { seen: 'nonsense' }]) {
      const refusal = await refusalOf(say(handle, { leg, by: 'bea', ...word, ...late }));
      expect(refusal).toContain(`Look again before you say anything: refund show ${both.request.refundId}`);
      expect(refusal).toMatch(/Now (?:nobody knows|\w+ may have)/);
      if (late.seen !== 'nonsense')
        expect(refusal).toMatch(new RegExp(`ana said "${word.outcome}" for loyalty at .* UTC\\. Now `));
    }
    expect(await saga.state(handle)).toMatchObject({ people: [{ by: 'ana', said: word.outcome }] });
    expect(points(both)).toEqual(once);
    await say(handle, end({ seen: await seenOf(both) }));
    expect(await handle.result()).toMatchObject({ status: isReversal ? 'compensated' : 'refunded' });
    expect(points(both)).toEqual(once);
    await replays(handle);
  });

  test('in two dialogs, and by the command that was shown before', async () => {
    const both = await park();
    const { request, handle, leg } = both;
    const { out } = await refund(['show', request.refundId]);
    const [, shown = ''] = /--seen (\S+)/.exec(out) ?? [];
    expect(shown).toBe(await seenOf(both));
    expect(await details(handle)).toContain(`"seen": "${shown}"`);
    const said = ['resolve', request.refundId, '--leg', leg, '--outcome', word.outcome];
    const evidence = ['--evidence', word.evidence];
    strike(provider, operation, 'dropAfter');
    const first = async () => {
      const accepted = await refund([...said, ...evidence, '--by', 'ana', '--yes', '--seen', shown]);
      expect(accepted.code).toBe(0);
      await parkedAnew(both, 1);
      return 'y';
    };
    const second = await refund([...said, ...evidence, '--by', 'bea'], { answers: [first] });
    const commands = [['--seen', shown], []].map((more) =>
      refund([...said, ...evidence, '--by', 'bea', '--yes', ...more]),
    );
    const asked = refund([...said, '--seen', shown], { answers: [] });
    for (const late of [second, ...(await Promise.all([...commands, asked]))]) {
      expect(late).toMatchObject({ code: 1, out: '' });
      expect(late.err).toContain(`ana said "${word.outcome}" for loyalty`);
      expect(late.err).toContain(`Look again before you say anything: refund show ${request.refundId}`);
    }
    expect(points(both)).toEqual(once);
    const answers = ['y'];
    const reference = ['--reference', 'row-1', '--by', 'bea', '--evidence', 'it is there now'];
    const outcome = isReversal ? 'reversed' : 'refunded';
    const settled = await refund(['resolve', request.refundId, '--outcome', outcome, ...reference], {
      answers,
    });
    expect(settled.code).toBe(0);
    await handle.result();
    expect(points(both)).toEqual(once);
    await replays(handle);
  });
});

function refund(args: string[], extra: Extra = {}): Promise<Ran> {
  return runRefund(args, { environment: { REFUND_TASK_QUEUE: saga.taskQueue }, ...extra });
}

describe('"declined" against what the provider shows', () => {
  const DECLINED = { leg: 'cash', outcome: 'declined', evidence: 'not in the panel' };
  const INSISTING = { ...DECLINED, despiteProvider: true };

  /** The cash was refunded, and no list showed it until now. */
  async function parked(): Promise<Parked> {
    strike('sipay', 'lookUp', 'staleLookUp', { delayMs: 600_000, times: 100 });
    strike('sipay', 'refund', 'dropAfter');
    strike('sipay', 'refund', 'dropAfter');
    const request = aRefundAt(saga.simulators, 'sipay');
    const handle = await saga.start(request);
    await saga.parked(handle, 'cash');
    saga.simulators.faults.clear();
    return { request, handle, leg: 'cash' };
  }

  test('counts only against a row that its person has seen', async () => {
    const both = await parked();
    const { handle, request } = both;
    const seen = await seenOf(both);
    expect(await refusalOf(say(handle, { ...DECLINED, by: 'ana', seen }))).toContain(
      'something else: Found: ',
    );
    const refusal = await refusalOf(say(handle, { ...INSISTING, by: 'bea', seen }));
    expect(refusal).toMatch(/sipay was asked at .* UTC, and showed: Found: .*\. Now nobody knows/);
    expect(refusal).toContain('Look again before you say anything: refund show ');
    const cli = ['resolve', request.refundId, '--leg', 'cash', '--outcome', 'declined', '--by', 'bea'];
    const late = await refund([...cli, '--evidence', 'not there', '--despite-provider', '--seen', seen]);
    expect(late.err).toContain('shows something else than you name: sipay was asked at ');
    expect(await saga.state(handle)).toMatchObject({ waitingOn: 'operator', people: [] });
    await say(handle, { leg: 'cash', outcome: 'retry', by: 'bea', evidence: 'so it is there' });
    expect(await handle.result()).toMatchObject({ status: 'refunded' });
    expect(booked(saga.simulators, request)).toEqual({ cash: 2_550 });
    await replays(handle);
  });

  test('insisted on before the row was shown is refused with it, and counts then', async () => {
    const both = await parked();
    const refusal = await refusalOf(say(both.handle, { ...INSISTING, by: 'ana', seen: await seenOf(both) }));
    expect(refusal).toContain('shows something else: Found: ');
    const seen = await seenOf(both);
    expect(refusal).toContain(`"despiteProvider": true, "seen": "${seen}"`);
    await say(both.handle, { ...INSISTING, by: 'ana', seen });
    expect(await both.handle.result()).toMatchObject({ status: 'declined' });
    expect(booked(saga.simulators, both.request)).toEqual({ cash: 2_550 });
    await replays(both.handle);
  });

  test('is not insisted on against a refund that was under way when its person looked', async () => {
    // Under way for as long as it is looked up by schedule.
    strike('sipay', 'refund', 'pending', { reads: 4 });
    const request = aRefundAt(saga.simulators, 'sipay');
    const handle = await saga.start(request);
    const { legs } = await saga.parked(handle, 'cash');
    expect(legs.cash?.problem?.evidence?.message).toContain('under way');
    const both = { request, handle, leg: 'cash' } as const;
    const insisting = { ...INSISTING, by: 'ana', seen: await seenOf(both) };
    expect(await refusalOf(say(handle, insisting))).toContain(
      'sipay, asked just now, shows something else: Found: ',
    );
    expect(await saga.state(handle)).toMatchObject({ waitingOn: 'operator', people: [] });
    await say(handle, { leg: 'cash', outcome: 'retry', by: 'ana', evidence: 'so it is there' });
    expect(await handle.result()).toMatchObject({ status: 'refunded' });
    expect(booked(saga.simulators, request)).toEqual({ cash: 2_550 });
    await replays(handle);
  });

  test('counts over the silence of a provider that showed it before, for whoever insists', async () => {
    strike('sipay', 'refund', 'pending', { reads: 99 });
    const request = aRefundAt(saga.simulators, 'sipay');
    const handle = await saga.start(request);
    await saga.parked(handle, 'cash');
    strike('sipay', 'lookUp', 'errorBefore', { times: 99 });
    const both = { request, handle, leg: 'cash' } as const;
    const refusal = await refusalOf(say(handle, { ...DECLINED, by: 'ana', seen: await seenOf(both) }));
    expect(refusal).toContain(
      'sipay did not answer just now, and an earlier look-up showed something else: ',
    );
    const [, seen] = /"despiteProvider": true, "seen": "([^"]+)"/.exec(refusal) ?? [];
    await say(handle, { ...INSISTING, by: 'ana', seen });
    expect(await handle.result()).toMatchObject({
      status: 'declined',
      people: [{ said: 'declined', despiteProvider: true }],
    });
    await replays(handle);
  });

  test('of two that were sent together one counts at most, and the money stays where it is', async () => {
    const both = await parked();
    const seen = await seenOf(both);
    const words = ['ana', 'bea'].map((by) => refusalOf(say(both.handle, { ...INSISTING, by, seen })));
    for (const refusal of await Promise.all(words)) expect(refusal).toMatch(/Found: /);
    expect(await saga.state(both.handle)).toMatchObject({ waitingOn: 'operator', people: [] });
    expect(booked(saga.simulators, both.request)).toEqual({ cash: 2_550 });
    await replays(both.handle);
    await both.handle.terminate('the end of a test');
  });
});

test('who knows nothing of `seen` has a first word, and a second one only of what became of it', async () => {
  const both = await parkedPoints('dsquares');
  const { request, handle } = both;
  strike('dsquares', 'refund', 'dropAfter', { times: 3 });
  await say(handle, { leg: 'loyalty', by: 'ana', ...WORDS.resend });
  await parkedAnew(both, 1);
  expect(await refusalOf(say(handle, { leg: 'loyalty', by: 'ANA', ...WORDS.resend }))).toContain(
    'by this word money moves whatever a look-up shows',
  );
  const again = ['resolve', request.refundId, '--leg', 'loyalty', '--outcome', 'resend', '--by', 'ana'];
  const late = await refund([...again, '--evidence', 'it is not there', '--yes']);
  expect(late).toMatchObject({ code: 1, out: '' });
  expect(late.err).toContain('ana said "resend" for loyalty at ');
  expect(late.err).toContain('Last look-up (');
  expect(late.err.replace(/\s+/g, ' ')).toContain(
    `refund resolve ${request.refundId} --leg loyalty --outcome resend \\ --by ana --evidence "WHAT YOU SAW" --seen ${await seenOf(both)}`,
  );
  expect(booked(saga.simulators, request)).toEqual({ loyalty: 500 });
  await handle.terminate('the end of a test');
});

test('whoever names more than anybody can have seen keeps nobody from being heard', async () => {
  const { handle } = await parkedPoints('mircate');
  const word = { leg: 'cash', outcome: 'retry', by: 'ana', evidence: 'x', seen: '"'.repeat(550_000) };
  expect(await refusalOf(say(handle, word))).toContain('the cash leg is not parked');
  expect(await refusalOf(say(handle, { ...word, leg: 'loyalty' }))).toContain(
    'seen must be a text of up to 40',
  );
  expect(await refusalOf(say(handle, { ...word, seen: '9-x' }))).not.toContain('9-x');
  const { events = [] } = await handle.fetchHistory();
  expect(events?.some((event) => event.workflowTaskFailedEventAttributes)).toBe(false);
  await handle.terminate('the end of a test');
});

test('what was seen of the run before a reset clears nothing: what that run sent since is looked up', async () => {
  const both = await parkedPoints('mircate');
  const point = await lastTaskOf(both.handle);
  const word = { leg: 'loyalty', by: 'ana', ...WORDS.resend, seen: await seenOf(both) };
  strike('mircate', 'refund', 'dropAfter');
  await say(both.handle, word);
  await parkedAnew(both, 1);
  const again = { ...both, handle: await resetByHand(both.handle, point) };
  await saga.parked(again.handle, 'loyalty');
  // The server sends the word to the new run again by itself, and it may count or come too early.
  if ((await saga.state(again.handle)).people.length === 0) await say(again.handle, word);
  await parkedAnew(again, 1);
  expect(booked(saga.simulators, both.request)).toEqual({ loyalty: 500 });
  expect((await saga.state(again.handle)).legs.loyalty?.problem?.evidence?.message).toContain('500');
  await replays(again.handle);
  await again.handle.terminate('the end of a test');
});

test('who insists in a run that was reset is not heard before it is known what the run before it did', async () => {
  strike('sipay', 'refund', 'dropBefore', { times: 2 });
  const request = aRefundAt(saga.simulators, 'sipay');
  const handle = await saga.start(request);
  await saga.parked(handle, 'cash');
  const point = await lastTaskOf(handle);
  const seen = await seenOf({ request, handle, leg: 'cash' });
  strike('sipay', 'refund', 'dropAfter');
  strike('sipay', 'lookUp', 'staleLookUp', { skip: 1, delayMs: 600_000, times: 2 });
  await say(handle, { leg: 'cash', by: 'bea', ...WORDS.retry });
  await saga.until(handle, ({ people, legs }) => people.length === 1 && legs.cash?.status !== 'parked');
  await saga.until(handle, () => booked(saga.simulators, request).cash === 2_550);
  const again = await resetByHand(handle, point, { withoutUpdates: true });
  await saga.parked(again, 'cash');
  const insisting = {
    leg: 'cash',
    outcome: 'declined',
    despiteProvider: true,
    by: 'ana',
    evidence: 'not there',
    seen,
  };
  expect(await refusalOf(say(again, insisting))).toContain('so that the provider is asked anew first');
  expect(await again.result()).toMatchObject({ status: 'refunded' });
  expect(booked(saga.simulators, request)).toEqual({ cash: 2_550 });
  await replays(again);
});
