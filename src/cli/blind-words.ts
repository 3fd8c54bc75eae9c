import { ResolutionRefusedError } from '../client/operator';
import type { OperatorClient, Resolution } from '../client/operator';
import { idInCommand, isId } from '../client/shell';
import { lastLookUp } from '../domain/details/problem';
import { LOOK_AGAIN } from '../domain/examples';
import { seenOf } from '../domain/seen';
import { renderMarkdown } from './markdown';
import { plainLines } from './text';

/**
 * Says a word of which nobody was shown anything. Where it is refused because there was a word about the leg before, what
 * the leg shows now is printed, with the command that says it of that.
 * @throws ResolutionRefusedError
 */
export async function sayUnseen<Reply>(
  client: OperatorClient,
  resolution: Resolution,
  say: () => Promise<Reply>,
): Promise<Reply> {
  try {
    return await say();
  } catch (error) {
    if (!(error instanceof ResolutionRefusedError) || !error.message.includes(LOOK_AGAIN)) throw error;
    const shown = await showNow(client, resolution).catch(() => '');
    throw shown === '' ? error : new ResolutionRefusedError(`${error.message}\n\n${shown}`, { cause: error });
  }
}

async function showNow(client: OperatorClient, { refundId, leg, outcome, by }: Resolution): Promise<string> {
  const state = await client.state(refundId);
  const { provider = 'the provider', problem } = state.legs[leg] ?? {};
  const seen = seenOf(state, leg);
  if (!problem || seen === undefined) return '';
  return [
    plainLines(renderMarkdown(lastLookUp(problem))) || `No look-up has shown anything of it since.`,
    `If ${provider} shows you now that it was not made, say what you saw:`,
    `  refund resolve ${idInCommand(refundId)} --leg ${leg} --outcome ${outcome} \\\n` +
      `  --by ${isId(by) ? by : 'NAME'} --evidence "WHAT YOU SAW" --seen ${seen}`,
  ].join('\n');
}
