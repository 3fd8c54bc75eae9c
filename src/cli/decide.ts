import type { Decision, RefundClient } from '../client';
import { DECISION_CONSEQUENCES } from '../domain/consequences';
import { REFUND_ID } from './command-line';
import type { Command, CommandLine, Json } from './command-line';
import { missingOptions } from './exit-codes';
import { showLegs, statusOf } from './show';
import { readSigner } from './signing';
import type { Sign } from './signing';
import { answerTo } from './status';
import { talk } from './terminal';
import type { Person, Terminal } from './terminal';
import { plain } from './text';

type Verb = Decision['decision'];

interface DecisionOptions {
  by?: string;
  note?: string;
  signal?: boolean;
  yes?: boolean;
  key?: string;
}

/** `refund approve` and `refund reject`. */
export function registerDecisions({ add, execute, terminal, say }: CommandLine): void {
  for (const verb of ['approve', 'reject'] as const) {
    add(verb, `${verb} a refund that waits for a person: ${DECISION_CONSEQUENCES[verb]}`)
      .argument(...REFUND_ID)
      .option('--by <name>', 'who decides; not whoever requested the refund')
      .option('--note <text>', 'why')
      .option('--yes', 'do not ask before it is sent')
      .option('--signal', 'send the signal, which is not answered')
      .option('--key <file>', "the approver's private key (PEM), where decisions must be signed")
      .action(async (id: string, { json = false, key, ...options }: Json & DecisionOptions) => {
        const show = (text: string) => say(text, { json });
        const sign = key === undefined ? undefined : await readSigner(key, show);
        await execute(decideCommand(id, verb, options, terminal, sign), { json });
      });
  }
}

function decideCommand(
  refundId: string,
  verb: Verb,
  { by, note, signal = false, yes = false }: DecisionOptions,
  terminal: Terminal | undefined,
  sign: Sign | undefined,
): Command {
  if (!by && !terminal) throw missingOptions(refundId, ['--by']);
  const send = async (client: RefundClient, name: string) => {
    const unsigned: Decision = { refundId, decision: verb, by: name, ...(note !== undefined && { note }) };
    const decision = sign ? await sign(client, unsigned) : unsigned;
    if (!signal) return answerTo(client, await client.decide(decision));
    await client[verb](refundId, decision);
    const text = `Sent; whether it counts is seen with: refund show ${refundId}`;
    return { json: { refundId, sent: verb }, text };
  };
  return async (client) => {
    if (!terminal || (by && yes)) return send(client, by ?? '');
    const name = await talk(terminal, async (person) => {
      await present(client, refundId, verb, person);
      const answer = by || (await person.ask('Your name: '));
      if (!yes) await person.confirm(`Send "${verb}" as ${plain(answer)}?`);
      return answer;
    });
    return send(client, name);
  };
}

/** Shows what is about to be decided, and what that does. */
async function present(client: RefundClient, refundId: string, verb: Verb, { tell }: Person): Promise<void> {
  const [state, briefing] = await Promise.all([client.state(refundId), client.briefing(refundId)]);
  tell(plain(`Refund ${refundId} of order ${state.orderId}: ${statusOf(state)}`));
  tell(plain(`Requested by ${briefing.requestedBy}: ${briefing.reason}`));
  tell(`\n${showLegs(state, briefing)}\n`);
  tell(`${verb}: ${DECISION_CONSEQUENCES[verb]}.`);
}
