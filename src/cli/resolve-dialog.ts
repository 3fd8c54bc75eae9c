import { ResolutionRefusedError } from '../client/operator';
import type {
  Briefing,
  Choice,
  LegName,
  OperatorClient,
  RefundState,
  ResolveLegMessage,
} from '../client/operator';
import { LOOK_AGAIN } from '../domain/examples';
import { needsReference } from '../domain/resolution';
import { seenOf } from '../domain/seen';
import { whyLookAgain } from '../domain/stale-words';
import { parkedLegOf } from '../domain/state';
import { actFor } from '../domain/details/act-for';
import { findBy } from '../domain/details/find-by';
import { cancelNote, earlierRunsNote } from '../domain/details/notes';
import { lastLookUp, tellParked } from '../domain/details/problem';
import { renderMarkdown } from './markdown';
import { showLegs, statusOf } from './show';
import type { Seen } from './signing';
import { talk } from './terminal';
import type { Person, Terminal } from './terminal';
import { plain, plainLines } from './text';
import { idInCommand } from '../client/shell';
import { together } from '../client/together';

/** All that a resolution needs, by its options. */
export type FullResolution = Omit<ResolveLegMessage, 'providerReference'> & { reference?: string };

/** A resolution, and the state that its person had before them, of which run. */
export interface AskedResolution {
  full: FullResolution;
  seen: Seen;
}

/** What was said on the command line; the rest is asked for. */
export type ResolveOptions = Partial<FullResolution>;

/**
 * Shows a parked leg with what each outcome does, and asks for what was not said on the command line.
 * @throws ResolutionRefusedError when no leg is parked
 */
export async function askForResolution(
  client: OperatorClient,
  refundId: string,
  said: ResolveOptions,
  { yes, terminal, isSigned }: { yes: boolean; terminal: Terminal; isSigned: boolean },
): Promise<AskedResolution> {
  // Before the state is read: a signature for the run before a reset is refused.
  const runId = isSigned ? (await client.overview(refundId)).runId : undefined;
  const { state, briefing, leg, choices, seen } = await readParked(client, refundId, said.leg);
  if (said.seen !== undefined && said.seen !== seen) throw lookAgain(state, leg, said.seen);
  return talk(terminal, async (person) => {
    present(state, briefing, leg, person);
    const isAccepted = choices.some(({ outcome }) => outcome === said.outcome);
    if (said.outcome && !isAccepted) person.tell(`\n"${said.outcome}" is not accepted now.`);
    const outcome = said.outcome && isAccepted ? said.outcome : await askOutcome(person, choices);
    const by = said.by || (await person.ask('Your id, such as your login: '));
    const evidence = said.evidence || (await person.ask('What you saw at the provider: '));
    const reference =
      said.reference ??
      (needsReference(outcome) ? await person.ask("The provider's reference of it: ") : undefined);
    remind(state, leg, person);
    const effect = choices.find((option) => option.outcome === outcome)?.consequence;
    if (effect !== undefined) person.tell(`\n${outcome}: ${renderMarkdown(effect)}.`);
    if (!yes) await person.confirm(`Send "${outcome}" for ${leg} as ${plain(by)}?`);
    const { despiteProvider } = said;
    const full = {
      ...{ leg, outcome, by, evidence },
      ...(reference !== undefined && { reference }),
      ...(seen !== undefined && { seen }),
      ...(despiteProvider !== undefined && { despiteProvider }),
    };
    return { full, seen: { runId, state } };
  });
}

/** A parked leg with what it shows and accepts, both as of one moment. */
async function readParked(client: OperatorClient, refundId: string, saidLeg: LegName | undefined) {
  for (let tries = 1; ; tries += 1) {
    const [state, briefing] = await together([client.state(refundId), client.briefing(refundId)]);
    const leg = saidLeg ?? parkedLeg(state);
    const { choices = [], seen: listed } = briefing.legs[leg] ?? {};
    if (choices.length === 0) throw notParked(state, leg);
    const seen = seenOf(state, leg);
    if (listed === undefined || listed === seen) return { state, briefing, leg, choices, seen };
    // Something came between the two questions; a worker of another version may also make something else of it each time.
    if (tries === MOST_TRIES) throw contradicts(refundId, leg);
  }
}

const MOST_TRIES = 5;

function contradicts(refundId: string, leg: LegName): ResolutionRefusedError {
  return new ResolutionRefusedError(
    `Refused, nothing was changed: what the ${leg} leg of refund ${refundId} shows changes each time it is read, or its ` +
      `worker is of another version than this command. Look again, with: refund show ${idInCommand(refundId)}`,
  );
}

function present(state: RefundState, briefing: Briefing, leg: LegName, { tell }: Person): void {
  const { provider = '' } = state.legs[leg] ?? {};
  tell(plain(`Refund ${state.refundId} of order ${state.orderId}: ${statusOf(state)}`));
  tell(`\n${showLegs(state, briefing)}\n`);
  tell(plainLines(renderMarkdown(tellParked(leg, state, briefing))));
  tell(`\n${plain(renderMarkdown(`What to do: ${actFor(leg, state, briefing)}`))}`);
  if (state.status !== 'planning')
    tell(`\nTo find it at ${provider}:\n${plainLines(renderMarkdown(findBy(leg, briefing)))}`);
  for (const note of [cancelNote(state, briefing), earlierRunsNote(state, briefing)])
    if (note !== '') tell(`\n${plain(renderMarkdown(note))}`);
}

/** The questions may have moved the evidence off the screen. */
function remind({ legs }: RefundState, leg: LegName, { tell }: Person): void {
  const { problem } = legs[leg] ?? {};
  const evidence = problem ? lastLookUp(problem) : '';
  if (evidence !== '') tell(`\n${plainLines(renderMarkdown(evidence))}`);
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

function parkedLeg(state: RefundState): LegName {
  const parked = parkedLegOf(state);
  if (!parked) throw notParked(state);
  return parked;
}

function lookAgain(state: RefundState, leg: LegName, seen: string): ResolutionRefusedError {
  const why = whyLookAgain(state, { leg, seen });
  return new ResolutionRefusedError(
    `Refused, nothing was changed: ${why}. ${LOOK_AGAIN}${idInCommand(state.refundId)}`,
  );
}

function notParked({ refundId, legs }: RefundState, leg?: LegName): ResolutionRefusedError {
  const which = leg ? `the ${leg} leg of refund ${refundId}` : `no leg of refund ${refundId}`;
  const is = leg ? `is not parked (${legs[leg]?.status ?? 'the refund has no such leg'})` : 'is parked';
  return new ResolutionRefusedError(
    `Refused, nothing was changed: ${which} ${is}. Only a parked leg can be resolved; see: refund show ${idInCommand(refundId)}`,
  );
}
