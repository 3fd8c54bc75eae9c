import type { RefundClient, Resolution } from '../client';
import { LEG_NAMES } from '../domain/plan';
import { OUTCOMES } from '../domain/resolution';
import { choice, REFUND_ID } from './command-line';
import type { Command, CommandLine, Json } from './command-line';
import { missingOptions } from './exit-codes';
import { askForResolution, needsReference } from './resolve-dialog';
import type { FullResolution, ResolveOptions } from './resolve-dialog';
import { answerTo } from './status';
import type { Terminal } from './terminal';

/** `refund resolve`. */
export function registerResolve({ add, execute, terminal }: CommandLine): void {
  add('resolve', 'settle a parked leg, after you looked at its provider')
    .argument(...REFUND_ID)
    .addOption(choice('--leg <leg>', 'the parked leg', LEG_NAMES))
    .addOption(choice('--outcome <outcome>', 'what became of it; "refund show" says what it does', OUTCOMES))
    .option('--by <name>', 'who settles it; not whoever requested the refund')
    .option('--evidence <text>', 'what you saw at the provider')
    .option('--reference <reference>', "the provider's reference; needed for refunded")
    .option('--yes', 'do not ask before it is sent')
    .action((id: string, { json, yes = false, ...said }: Json & ResolveOptions & { yes?: boolean }) =>
      execute(resolveCommand(id, said, yes, terminal), { json }),
    );
}

function resolveCommand(
  refundId: string,
  said: ResolveOptions,
  yes: boolean,
  terminal: Terminal | undefined,
): Command {
  const missing = missingFrom(said);
  if (missing.length > 0 && !terminal) throw missingOptions(refundId, missing);
  return async (client) => {
    const asks = terminal && (missing.length > 0 || !yes);
    const full = asks
      ? await askForResolution(client, refundId, said, yes, terminal)
      : (said as FullResolution);
    return send(client, refundId, full);
  };
}

async function send(client: RefundClient, refundId: string, { reference, ...said }: FullResolution) {
  const resolution: Resolution = {
    refundId,
    ...said,
    ...(reference !== undefined && reference !== '' && { providerReference: reference }),
  };
  return answerTo(client, await client.resolve(resolution));
}

function missingFrom(said: ResolveOptions): string[] {
  const needed: [string, string | undefined][] = [
    ['--leg', said.leg],
    ['--outcome', said.outcome],
    ['--by', said.by],
    ['--evidence', said.evidence],
    ...(needsReference(said.outcome)
      ? [['--reference', said.reference] as [string, string | undefined]]
      : []),
  ];
  return needed.filter(([, value]) => !value).map(([name]) => name);
}
