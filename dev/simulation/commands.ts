import type { Command, Job } from './isolate';

/** What one workflow task asks of the server, once what it took back again is left out. */
export class TaskCommands {
  readonly sent: Command[] = [];

  /**
   * Takes in the commands of one activation.
   * @param over timers that fired and activities that ended within this task: cancelling them means nothing
   * @returns activities that were taken back before they were sent
   */
  add(commands: Command[], over: ReadonlySet<string>): { seq: number; type: string }[] {
    const takenBack: { seq: number; type: string }[] = [];
    for (const command of commands) {
      const { cancelTimer, requestCancelActivity } = command;
      if (cancelTimer) {
        const { seq } = cancelTimer;
        if (!this.#remove(({ startTimer }) => startTimer?.seq === seq) && !over.has(`timer ${seq ?? 0}`)) {
          this.sent.push(command);
        }
      } else if (requestCancelActivity) {
        const { seq } = requestCancelActivity;
        const scheduled = this.#remove(({ scheduleActivity }) => scheduleActivity?.seq === seq);
        if (scheduled)
          takenBack.push({ seq: seq ?? 0, type: scheduled.scheduleActivity?.activityType ?? '' });
        else if (!over.has(`activity ${seq ?? 0}`)) this.sent.push(command);
      } else {
        this.sent.push(command);
      }
    }
    return takenBack;
  }

  /** Updates that their validator refused, which leaves no trace; what a handler refuses was accepted before. */
  get rejected(): Set<string> {
    const answers = this.sent.flatMap(({ updateResponse }) => updateResponse ?? []);
    const ids = (kind: 'accepted' | 'rejected') =>
      answers.flatMap((answer) => (answer[kind] ? (answer.protocolInstanceId ?? []) : []));
    const accepted = new Set(ids('accepted'));
    return new Set(ids('rejected').filter((id) => !accepted.has(id)));
  }

  /**
   * What a replay must ask for again, in this order. Core looks up the marker of a local activity by its number, so that
   * only their order among themselves counts.
   */
  get signature(): string[] {
    const rejected = this.rejected;
    const lines = this.sent
      .filter(({ updateResponse }) => !rejected.has(updateResponse?.protocolInstanceId ?? ''))
      .flatMap((command) => describe(command) ?? []);
    const isLocal = (line: string) => line.startsWith(LOCAL);
    return [...lines.filter((line) => !isLocal(line)), ...lines.filter(isLocal)];
  }

  #remove(matches: (command: Command) => boolean): Command | undefined {
    const index = this.sent.findIndex(matches);
    return index < 0 ? undefined : this.sent.splice(index, 1)[0];
  }
}

const PATCH = 'patch ';
const LOCAL = 'local ';

/** What a replay is told first of a task with this signature: the patches that it met. */
export function patchesOf(signature: readonly string[]): Job[] {
  const patches = signature.filter((line) => line.startsWith(PATCH));
  return patches.map((line) => ({ notifyHasPatch: { patchId: line.slice(PATCH.length) } }));
}

function describe(command: Command): string | undefined {
  const { startTimer, cancelTimer, scheduleActivity, scheduleLocalActivity, requestCancelActivity } = command;
  const { accepted, completed, rejected, protocolInstanceId: update } = command.updateResponse ?? {};
  if (startTimer) return `timer ${startTimer.seq ?? 0}`;
  if (cancelTimer) return `cancel timer ${cancelTimer.seq ?? 0}`;
  if (scheduleActivity) return `${scheduleActivity.activityType ?? ''} ${scheduleActivity.seq ?? 0}`;
  if (scheduleLocalActivity) return `${LOCAL}${scheduleLocalActivity.seq ?? 0}`;
  if (requestCancelActivity) return `cancel activity ${requestCancelActivity.seq ?? 0}`;
  if (command.setPatchMarker) return `${PATCH}${command.setPatchMarker.patchId ?? ''}`;
  if (command.upsertWorkflowSearchAttributes) return 'upsert';
  if (command.completeWorkflowExecution) return 'complete';
  if (command.continueAsNewWorkflowExecution) return 'continue as new';
  if (command.failWorkflowExecution) return 'fail';
  if (accepted) return `accepted ${update ?? ''}`;
  if (completed ?? rejected) return `answered ${update ?? ''}`;
  return undefined;
}
