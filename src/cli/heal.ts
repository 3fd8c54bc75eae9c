import { CUT_OFF_BY } from '../client/health/heal';
import type { HealedRefund } from '../client/health/heal';
import { REFUND_ID } from './command-line';
import type { Command, CommandLine, Json } from './command-line';
import { idInCommand } from '../client/shell';
import { sending } from './sending';

/** `refund heal`. */
export function registerHeal({ add, execute }: CommandLine): void {
  add(
    'heal',
    'reset a refund whose run hangs, or was cut off (terminated, timed out), to its last completed workflow task',
  )
    .argument(...REFUND_ID)
    .action((id: string, options: Json) => execute(healCommand(id), options));
}

function healCommand(refundId: string): Command {
  return async (client) => {
    const healed = await sending(`refund show ${idInCommand(refundId)}`, () => client.heal(refundId));
    return { json: healed, text: showHealed(healed) };
  };
}

/** How a run was cut off; any other hung. */
const HOW: Partial<Record<string, string>> = { terminated: 'was terminated', 'timed out': 'timed out' };

function showHealed({ refundId, hungRunId, runId, resetTo, problem, cancelSentAgain }: HealedRefund): string {
  return [
    `Refund ${refundId} ${HOW[problem] ?? `hung (${problem})`}. It was reset to its last completed workflow task (event ${resetTo}).`,
    `Run ${hungRunId} is over; run ${runId} continues. Messages that came later are delivered again` +
      (cancelSentAgain ? ', and so is the cancel.' : '.'),
    'Before it sends anything, it looks up each leg whose outcome is not known: what an earlier run sent is found, not ' +
      'sent again; where a look-up cannot decide, the leg waits for a person.',
    ...(problem === CUT_OFF_BY.TIMED_OUT
      ? ['It keeps the timeout it was started with, and may time out again: then heal it again.']
      : []),
    `See: refund show ${idInCommand(refundId)}. If it hangs again, and the workers run the right code, heal it again: ` +
      'that goes back one task further.',
  ].join('\n');
}
