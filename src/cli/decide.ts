import type { Decision, OperatorClient } from '../client/operator';
import { DECISION_CONSEQUENCES } from '../domain/decision';
import { whyAsked } from '../domain/details/next-step';
import { REFUND_ID } from './command-line';
import type { Command, CommandLine, Json } from './command-line';
import { missingOptions } from './exit-codes';
import { renderMarkdown } from './markdown';
import { showLegs, statusOf } from './show';
import { fitted } from './layout';
import { inFile, saidText } from './said-text';
import { sending } from './sending';
import { readSigner } from './signing';
import type { Signer } from './signing';
import { acceptedReply } from './status';
import { talk } from './terminal';
import type { Person, Terminal } from './terminal';
import { plain, plainLines } from './text';
import { idInCommand } from '../client/shell';
import { together } from '../client/together';

type Verb = Decision['decision'];

interface DecisionOptions {
  by?: string;
  note?: string;
  signal?: boolean;
  yes?: boolean;
  key?: string;
}

type Options = Json & DecisionOptions & { noteFile?: string };

/** `refund approve` and `refund reject`. */
export function registerDecisions({ add, execute, terminal, say, stdin }: CommandLine): void {
  for (const verb of ['approve', 'reject'] as const) {
    add(verb, `${verb} a refund that waits for a person: ${DECISION_CONSEQUENCES[verb]}`)
      .argument(...REFUND_ID)
      .option('--by <id>', 'who decides; not the requester of the refund')
      .option('--note <text>', 'why')
      .option('--note-file <file>', inFile('--note'))
      .option('--yes', 'send it without asking you to confirm')
      .option('--signal', 'send a signal, which gets no reply')
      .option('--key <file>', "the approver's private key (PEM), where decisions must be signed")
      .action(async (id: string, { json = false, key, note: text, noteFile: file, ...rest }: Options) => {
        const note = await saidText('--note', { text, file }, stdin);
        const options = { ...rest, ...(note !== undefined && { note }) };
        const show = (text: string) => say(fitted(text), { json });
        const signer = key === undefined ? undefined : await readSigner(key, show);
        await execute(decideCommand(id, verb, options, terminal, signer), { json });
      });
  }
}

/** Decides on a refund; at a terminal after it was shown and confirmed. */
export function decideCommand(
  refundId: string,
  verb: Verb,
  { by, note, signal = false, yes = false }: DecisionOptions,
  terminal: Terminal | undefined,
  signer: Signer | undefined,
): Command {
  if (!by && !terminal) throw missingOptions(refundId, ['--by']);
  const send = async (client: OperatorClient, name: string) => {
    const unsigned: Decision = { refundId, decision: verb, by: name, ...(note !== undefined && { note }) };
    const decision = signer ? await signer.decision(client, unsigned) : unsigned;
    const show = `refund show ${idInCommand(refundId)}`;
    if (!signal) return acceptedReply(client, await sending(show, () => client.decide(decision)));
    await sending(show, () => client[verb](refundId, decision));
    const text = `Sent. To see whether it counts: ${show}`;
    return { json: { refundId, sent: verb }, text };
  };
  return async (client) => {
    if (!terminal || (by && yes)) return send(client, by ?? '');
    const name = await talk(terminal, async (person) => {
      await present(client, refundId, verb, person);
      const who = by || (await person.ask('Your id, such as your login: '));
      if (!yes) await person.confirm(`Send "${verb}" as ${plain(who)}?`);
      return who;
    });
    return send(client, name);
  };
}

/** Shows what is about to be decided, and what that does. */
async function present(
  client: OperatorClient,
  refundId: string,
  verb: Verb,
  { tell }: Person,
): Promise<void> {
  const [state, briefing] = await together([client.state(refundId), client.briefing(refundId)]);
  tell(plain(`Refund ${refundId} of order ${state.orderId}: ${statusOf(state)}`));
  tell(plain(`Requested by ${briefing.requestedBy}: ${briefing.reason}`));
  tell(`\n${showLegs(state, briefing)}\n`);
  const why = whyAsked(briefing);
  if (why !== '') tell(`${plainLines(renderMarkdown(why))}\n`);
  tell(`${verb}: ${DECISION_CONSEQUENCES[verb]}.`);
}
