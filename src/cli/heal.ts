import { CUT_OFF_BY } from '../client/health/heal';
import type { FindReplayable, HealedRefund } from '../client/health/heal';
import { REFUND_ID } from './command-line';
import type { Command, CommandLine, Json } from './command-line';
import { idInCommand } from '../client/shell';
import { sending } from './sending';

/** `refund heal`. */
export function registerHeal({ add, execute, findReplayable }: CommandLine): void {
  add(
    'heal',
    'reset a refund whose run hangs, or was cut off (terminated, timed out), to its last good workflow task',
  )
    .argument(...REFUND_ID)
    .action((id: string, options: Json) => execute(healCommand(id, findReplayable), options));
}

function healCommand(refundId: string, findReplayable: FindReplayable): Command {
  return async (client) => {
    const healed = await sending(`refund show ${idInCommand(refundId)}`, () =>
      client.heal(refundId, { findReplayable }),
    );
    return { json: healed, text: showHealed(healed) };
  };
}

/** How a run was cut off; any other hung. */
const HOW: Partial<Record<string, string>> = { terminated: 'was terminated', 'timed out': 'timed out' };

function showHealed(healed: HealedRefund): string {
  const { refundId, hungRunId, runId, resetTo, tasksAnew, problem, cancelSentAgain } = healed;
  const point =
    tasksAnew === 1
      ? `its last completed workflow task (event ${resetTo})`
      : `event ${resetTo}, because the code of this installation does not replay what came after: ${tasksAnew} workflow tasks are made anew`;
  return [
    `Refund ${refundId} ${HOW[problem] ?? `hung (${problem})`}. It was reset to ${point}.`,
    `Run ${hungRunId} is over; run ${runId} continues. Messages that came later are delivered again` +
      (cancelSentAgain ? ', and so is the cancel.' : '.'),
    'Before it sends anything, it looks up each leg whose outcome is not known: what an earlier run sent is found, not ' +
      'sent again; where a look-up cannot decide, the leg waits for a person.',
    ...(problem === CUT_OFF_BY.TIMED_OUT
      ? ['It keeps the timeout it was started with, and may time out again: then heal it again.']
      : []),
    `See: refund show ${idInCommand(refundId)}. If it hangs again, and the workers run the right code, heal it again: ` +
      'that goes back at least one task further.',
  ].join('\n');
}
