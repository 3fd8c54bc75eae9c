import type { OperatorClient, RefundRow } from '../client/operator';
import { casesOf, sharesOf } from './cases';
import type { Case, ReadyCase } from './cases';
import type { Command, CommandLine, Json, Reply } from './command-line';
import { UsageError } from './exit-codes';
import { renderMarkdown } from './markdown';
import type { ResolveOptions } from './resolve-dialog';
import { settleCases } from './settle-cases';
import type { Word } from './settle-cases';
import { counted, showSums } from './sums';
import { talk } from './terminal';
import { fitted, table } from './layout';
import { plain } from './text';
import { isMeant } from './where';
import type { Where } from './where';

type Tools = Pick<CommandLine, 'terminal' | 'screen' | 'say'>;
type Options = Json & ResolveOptions & { yes?: boolean };

/**
 * `refund resolve --where`: tries again all refunds that wait for one cause, after they were shown.
 * @throws UsageError where something is said that can only be seen of one refund at a time
 */
export function resolveWhereCommand(
  where: Where,
  { yes = false, json = false, ...said }: Options,
  tools: Tools,
): Command {
  const isOfOne = [said.leg, said.reference, said.despiteProvider, said.seen].some(
    (option) => option !== undefined,
  );
  if (said.outcome !== 'retry' || isOfOne) throw new UsageError(ONLY_RETRY);
  const missing = tools.terminal ? [] : missingFrom(said, yes);
  if (missing.length > 0)
    throw new UsageError(
      `Missing: ${missing.join(', ')}; nothing was sent. In a terminal you would be asked.`,
    );
  return async (client) => {
    const { rows } = await client.attention();
    const cases = await casesOf(
      client,
      rows.filter((row) => isMeant(row, where)),
      where,
    );
    if (cases.length === 0) return nothingMeant(rows, where, { json });
    const preview = await showPreview(client, cases);
    const word = await wordFor(cases, { said, yes, preview }, tools);
    return settleCases(client, { where, cases, word, json }, tools);
  };
}

const ONLY_RETRY =
  '--where goes with --outcome retry, which claims nothing, and with nothing that is said of one refund ' +
  '(an id, --leg, --reference, --despite-provider, --seen); nothing was sent. What you saw of one refund at its provider is said of that refund: refund resolve REFUND_ID';

function missingFrom({ by, evidence }: ResolveOptions, yes: boolean): string[] {
  const needed = { '--by': by, '--evidence': evidence, '--yes': yes };
  return Object.entries(needed).flatMap(([name, value]) => (value ? [] : [name]));
}

function nothingMeant(rows: readonly RefundRow[], { reason }: Where, { json }: { json: boolean }): Reply {
  const counts = new Map<string, number>();
  for (const row of rows) counts.set(row.reason ?? '?', (counts.get(row.reason ?? '?') ?? 0) + 1);
  const others = [...counts].toSorted(([, one], [, other]) => other - one);
  const told = others.slice(0, MOST_SHOWN).map(([name, count]) => `${name} (${count})`);
  const text = plain(`No refund of those waits for ${reason}.`);
  const hint = told.length === 0 ? {} : { hint: `What refunds wait for now: ${told.join(', ')}` };
  return { json: [], text: json ? '' : text, ...hint };
}

/** A terminal shows so many by name. */
const MOST_SHOWN = 20;

async function showPreview(client: OperatorClient, cases: readonly Case[]): Promise<string> {
  const ready = cases.filter((one) => one.kind === 'ready');
  const left = cases.flatMap((one) =>
    one.kind === 'ready' ? [] : [plain(`  ${one.row.refundId}: ${one.why}`)],
  );
  const byEffect = new Map<string, ReadyCase[]>();
  for (const one of ready) byEffect.set(one.consequence, [...(byEffect.get(one.consequence) ?? []), one]);
  const parts = [
    ready.length === 0 ? 'None of them can be tried again.' : showSums(await sharesOf(client, ready)),
    ...[...byEffect].map(([effect, some]) => showEffect(effect, some)),
    left.length === 0
      ? ''
      : [
          `${counted(left.length, 'refund')} left alone:`,
          ...left.slice(0, MOST_SHOWN),
          ...andMore(left.length),
        ].join('\n'),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function showEffect(effect: string, cases: readonly ReadyCase[]): string {
  const rows = cases.slice(0, MOST_SHOWN);
  const cells = rows.map(({ row, leg, amount }) => [row.refundId, row.orderId ?? '', leg, amount]);
  return [
    `retry: ${renderMarkdown(effect)}. For ${counted(cases.length, 'refund')}:`,
    table(['REFUND', 'ORDER', 'LEG', 'AMOUNT'], cells),
    ...andMore(cases.length),
  ].join('\n');
}

function andMore(count: number): string[] {
  return count > MOST_SHOWN ? [`  and ${count - MOST_SHOWN} more`] : [];
}

/** Shows what is about to be sent, and asks for what was not said. */
async function wordFor(
  cases: readonly Case[],
  { said: { by = '', evidence = '' }, yes, preview }: { said: ResolveOptions; yes: boolean; preview: string },
  { terminal, say }: Tools,
): Promise<Word> {
  const count = cases.filter(({ kind }) => kind === 'ready').length;
  if (!terminal || count === 0 || (yes && by && evidence)) {
    say(fitted(preview), { json: true });
    return { by, evidence };
  }
  return talk(terminal, async ({ tell, ask, confirm }) => {
    tell(preview);
    const who = by || (await ask('Your id, such as your login: '));
    const seen = evidence || (await ask('What you saw or mended, said of each: '));
    if (!yes) await confirm(`Send "retry" for ${counted(count, 'refund')} as ${plain(who)}?`);
    return { by: who, evidence: seen };
  });
}
