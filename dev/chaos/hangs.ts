import { setTimeout as sleep } from 'node:timers/promises';
import { defineSearchAttributeKey } from '@temporalio/common';
import { heal } from './resets';
import { persist } from './stage';
import type { Stage } from './stage';
import type { Violation } from './violations';

const LOOK_MS = 2_000;
const PROBLEMS = defineSearchAttributeKey('TemporalReportedProblems', 'KEYWORD_LIST');
const HANGING = 'TemporalReportedProblems IS NOT NULL AND ExecutionStatus = "Running"';

/** Finds runs whose workflow tasks fail over and over, as an operator would, and heals them by a reset. */
export class HangWatch {
  /** Runs that hung because their worker lost their tasks; they go on by themselves. */
  lost = 0;
  readonly violations: Violation[] = [];
  readonly #seen = new Set<string>();

  constructor(
    private readonly stage: Stage,
    private readonly onHang: (refundId: string) => Promise<void>,
  ) {}

  /** Watches until the session is over. */
  async watch(): Promise<void> {
    const { client, over } = this.stage;
    while (!over.aborted) {
      const found = await persist(this.stage, async () => {
        const runs = [];
        for await (const run of client.workflow.list({ query: HANGING })) runs.push(run);
        return runs;
      });
      for (const { workflowId, runId, typedSearchAttributes } of found) {
        if (this.#seen.has(runId)) continue;
        this.#seen.add(runId);
        await this.#meet(workflowId.replace(/^refund:/, ''), typedSearchAttributes.get(PROBLEMS) ?? []);
      }
      await sleep(LOOK_MS, undefined, { signal: over });
    }
  }

  async #meet(refundId: string, problems: readonly unknown[]): Promise<void> {
    const what = problems.join(', ');
    if (!what.includes('WorkflowTaskFailed')) {
      this.lost += 1;
      return;
    }
    this.violations.push({ invariant: 'noHangs', refundId, what: `the run hung: ${what}` });
    await this.onHang(refundId);
    const script = this.stage.scripts.get(refundId);
    if (script) await heal(this.stage, script);
  }
}
