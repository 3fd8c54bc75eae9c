import { ResolutionRefusedError } from '../client';
import type {
  Briefing,
  Choice,
  LegName,
  RefundClient,
  RefundState,
  ResolutionOutcome,
  ResolveLegMessage,
} from '../client';
import { LEG_NAMES } from '../domain/plan';
import { describeProblem } from '../domain/story/problem';
import { renderMarkdown } from './markdown';
import { showLegs, statusOf } from './show';
import { talk } from './terminal';
import type { Person, Terminal } from './terminal';
import { plain, plainLines } from './text';

/** All that a resolution needs, by its options. */
export type FullResolution = Omit<ResolveLegMessage, 'providerReference'> & { reference?: string };

/** What was said on the command line; the rest is asked for. */
export type ResolveOptions = Partial<FullResolution>;

/** Whether an outcome needs the reference of what was seen. */
export function needsReference(outcome: ResolutionOutcome | undefined): boolean {
  return outcome === 'refunded';
}

/**
 * Shows a parked leg with what each outcome does, and asks for what was not said on the command line.
 * @throws ResolutionRefusedError when no leg is parked
 */
export async function askForResolution(
  client: RefundClient,
  refundId: string,
  said: ResolveOptions,
  yes: boolean,
  terminal: Terminal,
): Promise<FullResolution> {
  const [state, briefing] = await Promise.all([client.state(refundId), client.briefing(refundId)]);
  const leg = said.leg ?? parkedLeg(state);
  const choices = briefing.legs[leg]?.choices ?? [];
  if (choices.length === 0) throw notParked(state, leg);
  return talk(terminal, async (person) => {
    present(state, briefing, leg, person);
    const isAccepted = choices.some(({ outcome }) => outcome === said.outcome);
    if (said.outcome && !isAccepted) person.tell(`\n"${said.outcome}" is not accepted now.`);
    const outcome = said.outcome && isAccepted ? said.outcome : await askOutcome(person, choices);
    const by = said.by || (await person.ask('Your name: '));
    const evidence = said.evidence || (await person.ask('What you saw at the provider: '));
    const reference =
      said.reference ??
      (needsReference(outcome) ? await person.ask("The provider's reference of it: ") : undefined);
    const effect = choices.find((option) => option.outcome === outcome)?.consequence;
    if (effect !== undefined) person.tell(`\n${outcome}: ${renderMarkdown(effect)}.`);
    if (!yes) await person.confirm(`Send "${outcome}" for ${leg} as ${plain(by)}?`);
    return { leg, outcome, by, evidence, ...(reference !== undefined && { reference }) };
  });
}

function present(state: RefundState, briefing: Briefing, leg: LegName, { tell }: Person): void {
  const { provider = '', problem } = state.legs[leg] ?? {};
  const { lookFor = '', amount = '' } = briefing.legs[leg] ?? {};
  tell(plain(`Refund ${state.refundId} of order ${state.orderId}: ${statusOf(state)}`));
  tell(`\n${showLegs(state, briefing)}\n`);
  if (problem) tell(plainLines(renderMarkdown(describeProblem(leg, problem))));
  tell(plain(renderMarkdown(`Look at ${provider} for ${lookFor}, ${amount}.`)));
}

async function askOutcome({ tell, ask }: Person, choices: readonly Choice[]): Promise<Choice['outcome']> {
  tell('\nThen choose:');
  choices.forEach(({ outcome, consequence }, index) =>
    tell(`  ${index + 1}  ${outcome}: ${renderMarkdown(consequence)}`),
  );
  const chosen = (answer: string) =>
    choices.find(({ outcome }, index) => answer === outcome || answer === String(index + 1))?.outcome;
  return (await ask('Number or word: ', chosen)) as Choice['outcome'];
}

function parkedLeg({ legs, ...state }: RefundState): LegName {
  const parked = LEG_NAMES.find((name) => legs[name]?.status === 'parked');
  if (!parked) throw notParked({ legs, ...state });
  return parked;
}

function notParked({ refundId, legs }: RefundState, leg?: LegName): ResolutionRefusedError {
  const which = leg ? `the ${leg} leg of refund ${refundId}` : `no leg of refund ${refundId}`;
  const is = leg ? `is not parked (${legs[leg]?.status ?? 'it has none'})` : 'is parked';
  return new ResolutionRefusedError(
    `Refused, nothing was changed: ${which} ${is}. Only a parked leg is settled; see: refund show ${refundId}`,
  );
}
