import { workflowIdOf } from '../../src/client/operator';
import type { RefundStatus } from '../../src/client/operator';
import { movementsOf } from '../demo/books';
import type { Movements } from '../demo/books';
import { ending } from '../demo/play';
import type { Case, Command, Words } from './case';
import { commandOn, filledIn, lastOutput, questionOf } from './screen';
import type { Stage } from './stage';
import { until } from './until';
import type { Shown, TerminalWindow } from './tmux';

/** The terminals of the one who settles a case: their own, and one where workers are started. */
export interface Terminals {
  own: TerminalWindow;
  workers: TerminalWindow;
}

/** How a case went. */
export interface Walked {
  played: Case;
  /** The commands as they were typed. */
  typed: readonly string[];
  /** What was done away from the terminal. */
  errands: readonly string[];
  /** What the first command showed. */
  first: string;
  /** From the first command to the end of the refund, the machine's part alone. */
  seconds: number;
  /** All that the operator's terminal showed. */
  shown: Shown;
  end: { status: RefundStatus | 'unknown'; movements: Movements };
}

const BY = 'ana';
const LONGEST_MS = 60_000;

/** Starts the refund of a case, and waits until it needs somebody. @returns its newest run */
export async function begin(stage: Stage, { request, prepare, arrange, waits, worsen }: Case) {
  await prepare?.(stage);
  const { refundId } = request;
  await stage.refunds.start(request);
  await arrange?.(stage);
  await until(async () => waits(await stage.refunds.overview(refundId)), `${refundId} waiting`);
  await worsen?.(stage);
  return { workflowId: workflowIdOf(refundId), runId: (await stage.refunds.overview(refundId)).runId };
}

/**
 * Settles a case as somebody does who knows nothing but the screen: each command after the first stands there.
 * @throws Error when the screen does not tell what to do next, or asks what nobody could answer
 */
export async function settle(stage: Stage, terminals: Terminals, played: Case): Promise<Walked> {
  const typed: string[] = [];
  const errands: string[] = [];
  const beganAt = performance.now();
  let screen = '';
  let first: string | undefined;
  for (const step of played.steps) {
    if ('told' in step) {
      errands.push(step.told);
      await step.run(stage);
      continue;
    }
    const command = first === undefined ? step.command : next(screen, step);
    typed.push(command);
    if (step.at === 'workers') {
      await terminals.workers.type(command);
      await terminals.workers.until('Refund worker started');
    } else {
      screen = lastOutput((await send(stage, terminals.own, command, step.words ?? {})).text);
      first ??= screen;
    }
  }
  const { refundId } = played.request;
  const { status } = await ending(stage, refundId, LONGEST_MS);
  const seconds = (performance.now() - beganAt) / 1_000;
  // How it ended is looked at as well, where the screen says how; that is no part of settling it.
  const watch = commandOn(screen, 'refund watch');
  if (watch !== undefined) await send(stage, terminals.own, watch, {});
  const end = { status, movements: movementsOf(stage.simulators, played.request) };
  return { played, typed, errands, first: first ?? '', seconds, shown: await terminals.own.shown(), end };
}

function next(screen: string, { command, words = {} }: Command): string {
  const told = commandOn(screen, command);
  if (told === undefined) throw new Error(`The screen tells no "${command}":\n${screen}`);
  return filledIn(told, {
    by: BY,
    ...(words.evidence !== undefined && { evidence: words.evidence }),
  });
}

/** Types a command, and answers what it asks until the prompt is back. */
async function send(stage: Stage, window: TerminalWindow, command: string, words: Words): Promise<Shown> {
  const answers = {
    by: BY,
    outcome: words.outcome,
    evidence: words.evidence,
    reference: words.reference?.(stage),
    confirm: 'y',
  };
  await window.type(command);
  for (;;) {
    const shown = await window.settled();
    const question = questionOf(shown.text);
    if (!question) return shown;
    const answer = answers[question];
    if (answer === undefined) throw new Error(`Nobody could answer this:\n${lastOutput(shown.text)}`);
    await window.type(answer);
  }
}
