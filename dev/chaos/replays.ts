import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import type { Ending, History } from './endings';
import type { Violation } from './violations';

/** Replays every run from its history: a run that went on in memory as its replay would not shows here. */
export async function checkReplays(
  endings: AsyncIterable<Ending> | Iterable<Ending>,
  bundlePath: string,
): Promise<Violation[]> {
  Runtime.install({ logger: new DefaultLogger('ERROR', () => undefined) });
  const violations: Violation[] = [];
  const results = Worker.runReplayHistories(
    { workflowBundle: { codePath: bundlePath } },
    historiesOf(endings),
  );
  for await (const { workflowId, error } of results) {
    if (!error) continue;
    const refundId = workflowId.replace(/^refund:/, '');
    violations.push({
      invariant: 'noHangs',
      refundId,
      what: `its history does not replay: ${error.message}`,
    });
  }
  return violations;
}

async function* historiesOf(
  endings: AsyncIterable<Ending> | Iterable<Ending>,
): AsyncIterable<{ workflowId: string; history: History }> {
  for await (const { script, history } of endings) yield { workflowId: script.workflowId, history };
}
