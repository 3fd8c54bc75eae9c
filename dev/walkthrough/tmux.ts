import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { questionOf } from './screen';
import { ROOT } from './stage';

const run = promisify(execFile);

/** The size of the screen, the smallest that an operator is expected to have. */
export const COLUMNS = 80;
const ROWS = 40;

const LOOK_AGAIN_MS = 40;
/** No command of a case is silent for longer. */
const LONGEST_MS = 60_000;

/** What a terminal holds. */
export interface Shown {
  /** As it looks, with the lines that the terminal broke. */
  lines: readonly string[];
  /** The same without those breaks. */
  text: string;
}

/** A real terminal with a shell in it. */
export interface TerminalWindow {
  /** Types, and presses Enter; line by line. */
  type(text: string): Promise<void>;
  /** Everything since it was opened. */
  shown(): Promise<Shown>;
  /** Presses Ctrl-C, and waits until the prompt is back. */
  interrupt(): Promise<void>;
  /** Waits until what was typed is answered: a shell prompt, or a question, stands at the end. @returns all that is shown then */
  settled(): Promise<Shown>;
  /** Waits until a text is shown. */
  until(text: string): Promise<Shown>;
}

/** A tmux server of our own. */
export interface Desk {
  open(name: string, environment: Record<string, string>): Promise<TerminalWindow>;
  close(): Promise<void>;
}

/** Starts tmux with `refund`, and Temporal's own CLI, on the path of its shells. */
export async function openDesk(temporal: string): Promise<Desk> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'refund-desk-'));
  const socket = path.join(folder, 'tmux');
  const refund = path.join(folder, 'refund');
  await writeFile(refund, `#!/bin/sh\nexec node '${path.join(ROOT, 'bin/refund.mjs')}' "$@"\n`);
  await chmod(refund, 0o755);
  await symlink(temporal, path.join(folder, 'temporal'));
  // The shells of a session take their path from whoever opens it.
  const env = { ...process.env, PATH: `${folder}:${process.env.PATH ?? ''}` };
  const tmux = async (...args: string[]) =>
    (await run('tmux', ['-S', socket, '-f', '/dev/null', ...args], { env })).stdout;
  let isOpen = false;
  return {
    open: async (name, environment) => {
      const own = { ...environment, PS1: '$ ', HISTFILE: '' };
      const variables = Object.entries(own).flatMap(([key, value]) => ['-e', `${key}=${value}`]);
      const size = ['-x', String(COLUMNS), '-y', String(ROWS)];
      const shell = ['-c', ROOT, 'bash', '--noprofile', '--norc'];
      await tmux('new-session', '-d', '-s', name, ...size, ...variables, ...shell);
      isOpen = true;
      await tmux('set-option', '-t', name, 'status', 'off');
      return terminalWindow(name, tmux);
    },
    close: async () => {
      if (isOpen) await tmux('kill-server');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function terminalWindow(name: string, tmux: (...args: string[]) => Promise<string>): TerminalWindow {
  const shown = async () => {
    const all = ['capture-pane', '-p', '-t', name, '-S', '-'];
    const [looks, text] = await Promise.all([tmux(...all), tmux(...all, '-J')]);
    return { lines: withoutBlanks(looks), text: withoutBlanks(text).join('\n') };
  };
  const until = async (isThere: (shown: Shown) => boolean, what: string) => {
    const giveUpAt = Date.now() + LONGEST_MS;
    let last = await shown();
    while (Date.now() < giveUpAt) {
      await pause(LOOK_AGAIN_MS);
      const now = await shown();
      if (now.text === last.text && isThere(now)) return now;
      last = now;
    }
    throw new Error(`The terminal never showed ${what}:\n${last.text}`);
  };
  let before = '';
  return {
    type: async (text) => {
      before = (await shown()).text;
      for (const line of text.split('\n')) {
        await tmux('send-keys', '-t', name, '-l', line);
        await tmux('send-keys', '-t', name, 'Enter');
      }
    },
    shown,
    interrupt: async () => {
      await tmux('send-keys', '-t', name, 'C-c');
      await until(({ text }) => lastLine(text) === '$', 'a prompt');
    },
    settled: () =>
      until(
        ({ text }) => text !== before && (lastLine(text) === '$' || questionOf(text) !== undefined),
        'a prompt',
      ),
    until: (text) => until((now) => now.text.includes(text), `"${text}"`),
  };
}

function lastLine(text: string): string {
  return text.split('\n').at(-1) ?? '';
}

function withoutBlanks(captured: string): string[] {
  return captured
    .trimEnd()
    .split('\n')
    .map((line) => line.trimEnd());
}
