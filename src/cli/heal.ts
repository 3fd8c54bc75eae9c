import { TERMINATED } from '../client/heal';
import type { HealedRefund } from '../client/heal';
import { REFUND_ID } from './command-line';
import type { Command, CommandLine, Json } from './command-line';

/** `refund heal`. */
export function registerHeal({ add, execute }: CommandLine): void {
  add('heal', 'reset a refund whose run hangs, or was terminated, to its last completed workflow task')
    .argument(...REFUND_ID)
    .action((id: string, options: Json) => execute(healCommand(id), options));
}

function healCommand(refundId: string): Command {
  return async (client) => {
    const healed = await client.heal(refundId);
    return { json: healed, text: showHealed(healed) };
  };
}

function showHealed({ refundId, hungRunId, runId, resetTo, problem, cancelSentAgain }: HealedRefund): string {
  return [
    `Refund ${refundId} ${problem === TERMINATED ? 'was terminated' : `hung (${problem})`}. It was reset to its last completed workflow task (event ${resetTo}).`,
    `Run ${hungRunId} is over; run ${runId} goes on. Messages that came later are delivered again` +
      (cancelSentAgain ? ', and so is the cancel.' : '.'),
    'Before it sends anything it looks up each leg that is not settled: what an earlier run sent is found, not sent ' +
      'again; what no look-up can settle waits for a person.',
    `See: refund show ${refundId}. If it hangs again, and the workers run the right code, heal it again: ` +
      'that goes back one task further.',
  ].join('\n');
}
