import type { WorkflowHandle } from '@temporalio/client';
import type { Fault } from '../simulators';
import { createOperatorClient } from '../src/client/operator';
import type { LegName, ResolutionOutcome } from '../src/client/operator';
import { runRefund } from './support/cli';
import { aRefund } from './support/requests';
import { startSaga } from './support/saga';
import type { Saga } from './support/saga';

/** Somebody who has never seen the project settles what waits, and sends only what the screen shows. */
let saga: Saga;

beforeAll(async () => {
  const environment = { GIVE_UP_AFTER: '1s', FAST_RETRIES: '0', SLOW_RETRY_INTERVAL: '200ms' };
  saga = await startSaga({ environment });
});
afterEach(() => saga.simulators.faults.clear());
afterAll(() => saga.close());

/** Why a leg waits, and what a person then finds out and says. */
interface Kind {
  faults: Fault[];
  leg: LegName;
  outcome: ResolutionOutcome;
  end: 'refunded' | 'compensated';
}

const saleIsRefused: Fault = { provider: 'paywall', operation: 'refund', kind: 'refuse' };
const onCash = { provider: 'sipay', operation: 'refund' } as const;
const onReversal = { provider: 'dsquares', operation: 'reverse' } as const;

const KINDS: [string, Kind][] = [
  [
    'nobody knows whether it was refunded',
    {
      faults: [{ provider: 'dsquares', operation: 'refund', kind: 'dropAfter' }],
      ...{ leg: 'loyalty', outcome: 'refunded', end: 'refunded' },
    },
  ],
  [
    'sipay may have refunded this already, and we cannot match that refund to our request',
    { faults: [{ ...onCash, kind: 'alreadyDone' }], leg: 'cash', outcome: 'retry', end: 'refunded' },
  ],
  [
    'the refund was declined',
    { faults: [{ ...onCash, kind: 'refuse' }], leg: 'cash', outcome: 'refunded', end: 'refunded' },
  ],
  [
    'our own balance at sipay is too low to refund it',
    { faults: [{ ...onCash, kind: 'refuse', code: '311' }], leg: 'cash', outcome: 'retry', end: 'refunded' },
  ],
  [
    'attempts in the last 1 second failed; we moved nothing',
    { faults: [{ ...onCash, kind: 'tooMany', times: 50 }], leg: 'cash', outcome: 'retry', end: 'refunded' },
  ],
  [
    'nobody knows whether it was reversed',
    {
      faults: [saleIsRefused, { ...onReversal, kind: 'dropAfter' }],
      ...{ leg: 'loyalty', outcome: 'reversed', end: 'compensated' },
    },
  ],
  [
    'the reversal was declined',
    {
      faults: [saleIsRefused, { ...onReversal, kind: 'refuse' }],
      ...{ leg: 'loyalty', outcome: 'waived', end: 'compensated' },
    },
  ],
];

async function parked({ faults, leg }: Kind): Promise<WorkflowHandle> {
  for (const fault of faults) saga.simulators.faults.add(fault);
  const handle = await saga.start(aRefund(saga.simulators));
  await saga.parked(handle, leg);
  saga.simulators.faults.clear();
  return handle;
}

const refundIdOf = ({ workflowId }: WorkflowHandle) => workflowId.replace(/^refund:/, '');
const screenOf = (handle: WorkflowHandle) =>
  createOperatorClient({ client: saga.client, taskQueue: saga.taskQueue }).details(refundIdOf(handle));

const isMade = (outcome: ResolutionOutcome) => outcome === 'refunded' || outcome === 'reversed';

/** The message to paste, with the blanks filled in and the outcome that was chosen among those shown. */
async function sendInTheUi(handle: WorkflowHandle, outcome: ResolutionOutcome): Promise<void> {
  const screen = await screenOf(handle);
  expect(screen).toContain(`\`${outcome}\`: `);
  const [, json = ''] = /```\n(\{[^`]*\})\n```/.exec(screen) ?? [];
  const message = { ...(JSON.parse(json) as object), outcome, by: 'ana', evidence: 'seen in the panel' };
  const reference = isMade(outcome) ? { providerReference: 'REF-1' } : {};
  await handle.executeUpdate('resolveLeg', { args: [{ ...message, ...reference }] });
}

/** The command that the screen shows, with the outcome that was chosen. */
async function sendInATerminal(handle: WorkflowHandle, outcome: ResolutionOutcome): Promise<void> {
  const [command = ''] = /refund resolve [^`]*/.exec(await screenOf(handle)) ?? [];
  const [, ...words] = command.replace(/\\\n/g, ' ').match(/"[^"]*"|\S+/g) ?? [];
  const said = words.map((word) =>
    word.replaceAll('"', '').replace('NAME', 'ana').replace('WHAT YOU SAW', 'seen in the panel'),
  );
  if (!said.includes('--outcome')) said.push('--outcome', '');
  said[said.indexOf('--outcome') + 1] = outcome;
  const reference = isMade(outcome) && !said.includes('--reference') ? ['--reference', 'REF-1'] : [];
  const environment = { REFUND_TASK_QUEUE: saga.taskQueue };
  expect(await runRefund([...said, ...reference, '--yes'], { environment })).toMatchObject({
    code: 0,
    err: '',
  });
}

describe.each([
  ['in the Temporal UI', sendInTheUi],
  ['in a terminal', sendInATerminal],
])('settled %s by what the screen shows', (_, send) => {
  test.each(KINDS)('%s', async (reason, kind) => {
    const handle = await parked(kind);
    expect(await screenOf(handle)).toContain(reason);
    await send(handle, kind.outcome);
    expect(await handle.result()).toMatchObject({ status: kind.end });
  });

  test('paywall has no API to reverse a refund', async () => {
    const handle = await parked({ ...(KINDS[2]?.[1] as Kind) });
    await send(handle, 'turnBack');
    await saga.parked(handle, 'sale');
    expect(await screenOf(handle)).toContain('paywall has no API to reverse a refund');
    await send(handle, 'reversed');
    expect(await handle.result()).toMatchObject({ status: 'compensated' });
  });
});
