import { setTimeout as sleep } from 'node:timers/promises';
import { HANGING } from '../../src/client/hanging';
import { REPORTED_PROBLEMS } from '../../src/client/visibility';
import { heal } from '../../src/client/health/heal';
import { lastReplayable } from '../../src/reading/last-replayable';
import { TASK_QUEUE } from './settings';
import { persist } from './context';
import type { Context } from './context';
import type { Violation } from './violations';

const LOOK_MS = 2_000;
const HEAL_MS = 10_000;

/** Finds runs whose workflow tasks fail over and over, as an operator would, and heals them by a reset. */
export class HangWatch {
  /** Runs that hung because their worker lost their tasks; they go on by themselves. */
  lost = 0;
  readonly violations: Violation[] = [];
  readonly #seen = new Set<string>();

  constructor(
    private readonly context: Context,
    private readonly bundlePath: string,
    private readonly onHang: (refundId: string) => Promise<void>,
  ) {}

  /** Watches until the session is over. */
  async watch(): Promise<void> {
    const { client, over } = this.context;
    while (!over.aborted) {
      const found = await persist(this.context, async () => {
        const runs = [];
        for await (const run of client.workflow.list({ query: HANGING })) runs.push(run);
        return runs;
      });
      for (const { workflowId, runId, typedSearchAttributes } of found) {
        const what = (typedSearchAttributes.get(REPORTED_PROBLEMS) ?? []).join(', ');
        await this.#meet(workflowId.replace(/^refund:/, ''), runId, what);
      }
      await sleep(LOOK_MS, undefined, { signal: over });
    }
  }

  async #meet(refundId: string, runId: string, what: string): Promise<void> {
    const isNew = !this.#seen.has(runId);
    this.#seen.add(runId);
    if (!what.includes('WorkflowTaskFailed')) {
      if (isNew) this.lost += 1;
      return;
    }
    if (isNew) {
      this.violations.push({ invariant: 'noHangs', refundId, what: `the run hung: ${what}` });
      await this.onHang(refundId);
    }
    const { client, actions } = this.context;
    // Refused, or unanswered: it is met again as long as it hangs.
    const healed = await heal({ client, taskQueue: TASK_QUEUE, timeoutMs: HEAL_MS }, refundId, {
      findReplayable: (kept) => lastReplayable(kept, this.bundlePath),
    }).catch(() => undefined);
    if (healed) actions.reset(refundId, healed.hungRunId);
  }
}
