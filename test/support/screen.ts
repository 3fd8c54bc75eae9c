import { PassThrough, Writable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { Terminal as Emulator } from '@xterm/headless';
import type { Terminal } from '../../src/cli/terminal';

/** The keys of a keyboard, as a terminal sends them. */
export const KEYS = {
  up: '\u001B[A',
  down: '\u001B[B',
  pageDown: '\u001B[6~',
  enter: '\r',
  escape: '\u001B',
  ctrlC: '\u0003',
  ctrlD: '\u0004',
} as const;

/** A terminal that draws what it is sent, as those do that people sit at. */
export interface Screen {
  terminal: Terminal;
  /** So many it opened with. */
  columns: number;
  /** Presses keys. */
  press: (keys: string) => void;
  /** What is to be seen now, line by line. */
  lines: () => string[];
  /** Waits until something is to be seen; the whole screen. */
  until: (seen: string | RegExp) => Promise<string>;
  resize: (columns: number, rows: number) => void;
  /** Waits until the program has given back the whole screen. */
  untilGivenBack: () => Promise<void>;
}

/** Opens a terminal of this size. */
export function openScreen(columns = 80, rows = 24): Screen {
  const emulator = new Emulator({ cols: columns, rows, allowProposedApi: true, convertEol: true });
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => undefined });
  const draw = new Writable({ write: (chunk: Buffer, _, done) => emulator.write(chunk, done) });
  // What Node marks its standard streams with: nobody ends them.
  const output = Object.assign(draw, { isTTY: true, _isStdio: true, columns, rows });
  const lines = () => {
    const { active } = emulator.buffer;
    return Array.from({ length: emulator.rows }, (_, row) =>
      (active.getLine(active.baseY + row)?.translateToString(true) ?? '').trimEnd(),
    );
  };
  return {
    terminal: { input, output },
    columns,
    press: (keys) => void input.write(keys),
    lines,
    until: async (seen) => {
      const shows = (text: string) => (typeof seen === 'string' ? text.includes(seen) : seen.test(text));
      for (let tries = 0; !shows(lines().join('\n')); tries += 1) {
        if (tries > 500) throw new Error(`never seen: ${String(seen)}\n${lines().join('\n')}`);
        await pause(50);
      }
      return lines().join('\n');
    },
    resize: (newColumns, newRows) => {
      emulator.resize(newColumns, newRows);
      Object.assign(output, { columns: newColumns, rows: newRows });
      output.emit('resize');
    },
    untilGivenBack: async () => {
      while (emulator.buffer.active.type !== 'normal') await pause(20);
    },
  };
}
