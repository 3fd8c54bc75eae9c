import { ExitPromptError } from '@inquirer/core';
import { RefundError } from '../../client/operator';
import type { OperatorClient, RefundState } from '../../client/operator';
import { idInCommand } from '../../client/shell';
import { isAsked } from '../../domain/details/headline';
import { parkedLegOf } from '../../domain/state';
import { orFromHistory } from '../away';
import type { ReadRun } from '../away';
import type { Command, Reply } from '../command-line';
import { decideCommand } from '../decide';
import { showCommand } from '../details';
import { resolveCommand } from '../resolve';
import { InterruptedError } from '../sending';
import type { Signer } from '../signing';
import { StoppedError } from '../terminal';
import type { Terminal } from '../terminal';
import { plain, plainLines } from '../text';
import { tellClosing } from '../waiting';
import type { Waiting } from '../waiting';
import { chooseWaiting } from './list';
import { readPage } from './page';
import type { PageAction } from './page';
import { onScreen } from './screen';
import type { Screen } from './screen';
import { createWaitingReader } from './waiting-list';

/** Who answers, what signs it, what reads a refund while no worker does, and what makes commands reach its server. */
export interface Answering {
  reach: (text: string) => string;
  by: string | undefined;
  signer: Signer | undefined;
  readRun: ReadRun;
}

/** What somebody sits at: the screen, the client, and what was answered so far. */
interface Desk extends Answering {
  screen: Screen;
  client: OperatorClient;
  answered: string[];
}

/** Lists what waits, opens what is chosen and answers it, until somebody leaves. */
export function openInbox(terminal: Terminal, answering: Answering): Command {
  return async (client) => {
    const answered: string[] = [];
    await onScreen(terminal, (screen) => browse({ ...answering, screen, client, answered })).catch(
      unlessLeft,
    );
    return { json: null, text: answered.join('\n') };
  };
}

async function browse(desk: Desk): Promise<void> {
  const { screen, client, readRun } = desk;
  const read = createWaitingReader(client, readRun);
  let chosen: Waiting | undefined;
  for (let first = 0; ;) {
    busy(desk, 'Reading what waits for a person …');
    const list = await read(chosen?.refundId);
    const { waiting } = list;
    screen.clear('hidden');
    const config = { list, first: Math.max(Math.min(first, waiting.length - 1), 0), screen };
    const choice = await chooseWaiting(config, contextOf(screen));
    if (choice.kind === 'leave') return;
    chosen = choice.kind === 'open' ? waiting[choice.index] : undefined;
    if (choice.kind === 'open') first = choice.index;
    if (chosen) await openCase(desk, chosen);
  }
}

/** Shows one refund until it is answered or put back. */
async function openCase(desk: Desk, waiting: Waiting): Promise<void> {
  const { refundId } = waiting;
  for (;;) {
    busy(desk, `Reading refund ${plain(refundId)} …`);
    const { text, actions } = await readCase(desk, refundId);
    const title = plain(tellClosing(waiting) || `${refundId}: ${waiting.reason}`);
    const key = await show(desk, { title, text, actions });
    const command = key === undefined ? undefined : commandFor(desk, refundId, key);
    if (!command || (await answer(desk, refundId, command))) return;
  }
}

async function readCase(
  { client, readRun }: Desk,
  refundId: string,
): Promise<{ text: string; actions: readonly PageAction[] }> {
  try {
    const state = await orFromHistory(client, readRun).state(refundId);
    return {
      text: await textOf(await showCommand(refundId, readRun, {})(client)),
      actions: actionsFor(state),
    };
  } catch (error) {
    if (!(error instanceof RefundError)) throw error;
    return { text: plainLines(error.message), actions: [] };
  }
}

function actionsFor(state: RefundState): readonly PageAction[] {
  if (isAsked(state)) return [DECIDE.approve, DECIDE.reject];
  return parkedLegOf(state) ? [RESOLVE] : [];
}

const DECIDE = { approve: { key: 'a', word: 'approve' }, reject: { key: 'x', word: 'reject' } } as const;
const RESOLVE = { key: 'r', word: 'resolve', isUsual: true } as const;

/** The same dialog that the command of that name has. */
function commandFor({ by, signer, screen }: Desk, refundId: string, key: string): Command {
  const { terminal } = screen;
  const said = by === undefined ? {} : { by };
  if (key === RESOLVE.key) return resolveCommand(refundId, said, { yes: false, terminal, signer });
  return decideCommand(refundId, key === DECIDE.approve.key ? 'approve' : 'reject', said, terminal, signer);
}

/** @returns whether it was answered */
async function answer(desk: Desk, refundId: string, command: Command): Promise<boolean> {
  desk.screen.clear('shown');
  try {
    const reply = await command(desk.client);
    desk.answered.push(`${refundId}: answered. Follow it with: refund watch ${idInCommand(refundId)}`);
    const text = await textOf(reply);
    await show(desk, { title: plain(`Refund ${refundId}: accepted`), text, actions: [] });
    return true;
  } catch (error) {
    if (error instanceof InterruptedError) desk.answered.push(`${plain(refundId)}: ${error.message}`);
    if (error instanceof StoppedError) return false;
    if (!(error instanceof RefundError)) throw error;
    await show(desk, { title: plain(`Refund ${refundId}`), text: plainLines(error.message), actions: [] });
    return false;
  }
}

async function show(
  { screen, reach }: Desk,
  page: { title: string; text: string; actions: readonly PageAction[] },
): Promise<string | undefined> {
  screen.clear('hidden');
  return readPage({ ...page, text: reach(page.text), screen }, contextOf(screen));
}

function contextOf({ terminal }: Screen) {
  return { ...terminal, clearPromptOnDone: true };
}

function busy({ screen }: Desk, what: string): void {
  screen.clear('hidden');
  screen.terminal.output.write(what);
}

async function textOf({ text }: Reply): Promise<string> {
  return plainLines(typeof text === 'string' ? text : await text());
}

/** Ctrl-C leaves like `q`: what was answered is told all the same. */
function unlessLeft(error: unknown): void {
  if (!LEFT.some((type) => error instanceof type)) throw error;
}

const LEFT = [ExitPromptError, StoppedError, InterruptedError] as const;
