import type { OperatorClient, Resolution } from '../client/operator';
import { idInCommand } from '../client/shell';
import { LEG_NAMES } from '../domain/plan';
import { needsReference, OUTCOME_NAMES } from '../domain/resolution';
import { seenOf } from '../domain/seen';
import { retryClaimsNothing } from '../domain/state';
import { sayUnseen } from './blind-words';
import { choice } from './command-line';
import type { Command, CommandLine, Json } from './command-line';
import { missingOptions, UsageError } from './exit-codes';
import { refundIdOf } from './ids';
import { askForResolution } from './resolve-dialog';
import type { FullResolution, ResolveOptions } from './resolve-dialog';
import { fitted } from './layout';
import { resolveWhereCommand } from './resolve-where';
import { inFile, saidText } from './said-text';
import { sending } from './sending';
import { readSigner } from './signing';
import type { Seen, Signer } from './signing';
import { acceptedReply } from './status';
import type { Terminal } from './terminal';
import { parseWhere } from './where';
import type { Where } from './where';

/** `refund resolve`. */
export function registerResolve({ add, execute, ...tools }: CommandLine): void {
  add('resolve', 'resolve a parked leg, after looking at its provider')
    .argument(
      '[id]',
      'refund id, or as the Temporal UI shows it: refund:ID; left out with --where',
      refundIdOf,
    )
    .option(
      '--where <conditions>',
      'all that wait for one cause, such as reason=wyre:merchantBalance',
      parseWhere,
    )
    .addOption(choice('--leg <leg>', 'the parked leg', LEG_NAMES))
    .addOption(
      choice(
        '--outcome <outcome>',
        'what you found or decided; "refund show" says what each outcome does',
        OUTCOME_NAMES,
      ),
    )
    .option('--by <id>', 'who resolves it; not the requester of the refund')
    .option('--evidence <text>', 'what you saw at the provider')
    .option('--evidence-file <file>', inFile('--evidence'))
    .option('--reference <reference>', "the provider's reference; needed for refunded and reversed")
    .option('--despite-provider', 'it counts although the provider, asked about it, shows something else')
    .option('--seen <text>', 'what you had before you, as "refund show" names it; not said if it has changed')
    .option('--key <file>', 'your private key (PEM), where words must be signed; retry needs none')
    .option('--yes', 'send it without asking you to confirm')
    .action(
      async (id: string | undefined, { where, evidence: text, evidenceFile: file, ...rest }: Options) => {
        if ((id === undefined) === (where === undefined)) throw new UsageError(ONE_OF);
        const evidence = await saidText('--evidence', { text, file }, tools.stdin);
        const options = { ...rest, ...(evidence !== undefined && { evidence }) };
        if (where) return execute(resolveWhereCommand(where, options, tools), {});
        const { json = false, yes = false, key, ...said } = options;
        const show = (text: string) => tools.say(fitted(text), { json });
        const signer = key === undefined ? undefined : await readSigner(key, show);
        return execute(resolveCommand(id ?? '', said, { yes, terminal: tools.terminal, signer }), { json });
      },
    );
}

type Options = Json & ResolveOptions & { yes?: boolean; key?: string; where?: Where; evidenceFile?: string };

const ONE_OF = 'Give either a refund id, or --where for all that wait for one cause; nothing was sent.';

/** Resolves a parked leg; at a terminal after it was shown, and asked for what was not said. */
export function resolveCommand(
  refundId: string,
  said: ResolveOptions,
  { yes, terminal, signer }: { yes: boolean; terminal: Terminal | undefined; signer: Signer | undefined },
): Command {
  const missing = missingFrom(said);
  if (missing.length > 0 && !terminal) throw missingOptions(refundId, missing);
  return async (client) => {
    const asks = terminal && (missing.length > 0 || !yes);
    const asked = asks
      ? await askForResolution(client, refundId, said, { yes, terminal, isSigned: signer !== undefined })
      : undefined;
    return send(client, refundId, asked?.full ?? (said as FullResolution), signer, asked?.seen);
  };
}

async function send(
  client: OperatorClient,
  refundId: string,
  { reference, ...said }: FullResolution,
  signer: Signer | undefined,
  shown: Seen | undefined,
) {
  const seen = said.seen ?? (shown ? undefined : await readJustNow(client, refundId, said));
  const unsigned: Resolution = {
    refundId,
    ...said,
    ...(reference !== undefined && reference !== '' && { providerReference: reference }),
    ...(seen !== undefined && { seen }),
  };
  const resolution = signer ? await signer.resolution(client, unsigned, shown) : unsigned;
  const show = `refund show ${idInCommand(refundId)}`;
  const say = () => sending(show, () => client.resolve(resolution));
  return acceptedReply(client, await (seen === undefined ? sayUnseen(client, resolution, say) : say()));
}

/**
 * What stands there now; nobody was shown it, so that it is said of no word by which money moves without a look-up that
 * decides.
 */
async function readJustNow(
  client: OperatorClient,
  refundId: string,
  { leg, outcome }: Omit<FullResolution, 'reference'>,
): Promise<string | undefined> {
  if (outcome === 'resend') return undefined;
  const state = await client.state(refundId);
  const { problem } = state.legs[leg] ?? {};
  return outcome === 'retry' && problem && !retryClaimsNothing(problem) ? undefined : seenOf(state, leg);
}

function missingFrom(said: ResolveOptions): string[] {
  const needed: [string, string | undefined][] = [
    ['--leg', said.leg],
    ['--outcome', said.outcome],
    ['--by', said.by],
    ['--evidence', said.evidence],
    ...(needsReference(said.outcome ?? '')
      ? [['--reference', said.reference] as [string, string | undefined]]
      : []),
  ];
  return needed.filter(([, value]) => !value).map(([name]) => name);
}
