import { loadIsolate, activate, initialJob, toPayload } from '../dev/simulation/isolate';
import type { Job, RunIdentity } from '../dev/simulation/isolate';
import type { RefundPlan } from '../src/domain/plan';

const AT = Date.parse('2026-11-28T12:00:00Z');
const PLAN: RefundPlan = {
  legs: [{ leg: 'cash', lookUp: 'ownReference', timeoutMs: 12_000 }],
  exponent: 2,
  approval: { timeoutMs: 60_000 },
  policy: {
    ...{ fastRetries: 1, slowRetryMs: 1_000, giveUpAfterMs: 60_000 },
    ...{ lookUpDelaysMs: [1_000], absenceAfterMs: 1_000 },
  },
};
const identity: RunIdentity = {
  ...{ workflowId: 'refund:rf-1', runId: 'run-1', firstRunId: 'run-1', startedAt: AT },
  workflowType: 'refundOrder',
  argument: {
    ...{ refundId: 'rf-1', orderId: 'o-1', currency: 'TRY', requestedBy: 'shop', reason: 'returned' },
    cash: { provider: 'sipay', transactionId: '7', amountMinor: 100 },
  },
};

/** A run in the SDK's isolate that was planned in a task of this length and asks a person. */
async function askedAt(length: number) {
  const isolate = await loadIsolate(process.env.TEST_WORKFLOW_BUNDLE ?? '', ['planRefund', 'identifyRun']);
  const workflow = await isolate.create(identity);
  const tell = (historyLength: number, job: Job) =>
    activate(workflow, identity.runId, [job], { at: AT, isReplaying: false, historyLength });
  const begun = await tell(3, initialJob(identity));
  const seq = begun.find((command) => command.scheduleLocalActivity)?.scheduleLocalActivity?.seq ?? 0;
  const result = toPayload({ kind: 'planned', plan: PLAN, requestHash: 'x' });
  const commands = await tell(length, {
    resolveActivity: { seq, result: { completed: { result } }, isLocal: true },
  });
  expect(commands.some((command) => command.startTimer)).toBe(true);
  let sent = 0;
  const decide = async (historyLength: number) => {
    const id = `update-${(sent += 1)}`;
    const input = [toPayload({ decision: 'reject', by: 'ana' })];
    const meta = { updateId: id };
    const answers = await tell(historyLength, {
      doUpdate: { id, protocolInstanceId: id, name: 'decide', input, runValidator: true, meta },
    });
    return answers.flatMap(({ updateResponse }) => updateResponse ?? [])[0];
  };
  const signal = (historyLength: number, signalName = 'approve') =>
    tell(historyLength, { signalWorkflow: { signalName, input: [], identity: 'x' } });
  return { decide, signal, dispose: () => workflow.dispose() };
}

describe('an update is not accepted in the task that asked for it', () => {
  // A query took in the plan at 20, ahead of its task: that is scheduled and started, so that it comes with 22.
  test.each([20, 21, 22])('when the history has %i events', async (length) => {
    const run = await askedAt(20);
    const answer = await run.decide(length);
    expect(answer?.accepted).toBeFalsy();
    expect(answer?.rejected).toMatchObject({
      message: 'Refused, nothing was changed: the question was just asked, send it again.',
      applicationFailureInfo: { type: 'DecisionRefused', details: { payloads: [toPayload('sendAgain')] } },
    });
    await run.dispose();
  });

  test('nor when signals came in between, which lengthen the history too', async () => {
    const run = await askedAt(20);
    await run.signal(24);
    await run.signal(24, '__temporal_unknown');
    expect((await run.decide(24))?.rejected).toBeTruthy();
    expect((await run.decide(25))?.accepted).toBeTruthy();
    await run.dispose();
  });

  test.each([23, 24, 26])('but in the next one, with %i events', async (length) => {
    const run = await askedAt(20);
    expect((await run.decide(length))?.accepted).toBeTruthy();
    await run.dispose();
  });
});
