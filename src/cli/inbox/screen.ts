import type { WriteStream } from 'node:tty';
import { useEffect, useState } from '@inquirer/core';
import { fitted } from '../layout';
import { StoppedError } from '../terminal';
import type { Terminal } from '../terminal';

/** What a terminal obeys: its second screen, which leaves the first as it was, and the cursor. */
const ENTER = '\u001B[?1049h';
const LEAVE = '\u001B[?25h\u001B[?1049l';
const CLEAR = '\u001B[2J\u001B[H';
const CURSOR = { shown: '\u001B[?25h', hidden: '\u001B[?25l' } as const;

/** The whole of a terminal. */
export interface Screen {
  terminal: Terminal;
  /** So many lines fit on it, and so many columns on a line. */
  size: () => { rows: number; columns: number };
  /** Empties it for what is drawn or asked next. */
  clear: (cursor: keyof typeof CURSOR) => void;
}

/**
 * Works on the whole terminal, and gives it back as it was, whatever happens.
 * @throws StoppedError on Ctrl-C while nothing is asked
 */
export async function onScreen<Result>(
  terminal: Terminal,
  act: (screen: Screen) => Promise<Result>,
): Promise<Result> {
  const { output } = terminal;
  const measured = output as Partial<WriteStream>;
  let stop: () => void = () => undefined;
  const stopped = new Promise<never>((_, reject) => {
    // What is being sent then tells of it first.
    stop = () => void setImmediate(() => reject(new StoppedError()));
  });
  process.once('SIGINT', stop);
  output.write(ENTER);
  try {
    const clear: Screen['clear'] = (cursor) => void output.write(CLEAR + CURSOR[cursor]);
    const size = () => ({ rows: measured.rows ?? 24, columns: measured.columns ?? 80 });
    return await Promise.race([act({ terminal, size, clear }), stopped]);
  } finally {
    process.off('SIGINT', stop);
    output.write(LEAVE);
  }
}

/** Draws anew when the terminal becomes larger or smaller. */
export function useSize(screen: Screen): ReturnType<Screen['size']> {
  const [size, setSize] = useState(screen.size());
  useEffect(() => {
    const { output } = screen.terminal;
    const change = () => {
      screen.clear('hidden');
      setSize(screen.size());
    };
    output.on('resize', change);
    return () => void output.off('resize', change);
  }, []);
  return size;
}

/** Ends what is asked when nobody can answer it any more (Ctrl-D, or a terminal that went away). */
export function useEnd(end: () => void): void {
  useEffect((lines) => {
    lines.on('close', end);
    return () => lines.removeListener('close', end);
  }, []);
}

/** As much of a text as so many lines hold, broken between words. */
export function onLines(most: number, text: string, columns: number): string {
  const lines = fitted(text, columns - 1).split('\n');
  const last = cut(lines.slice(most - 1).join(' '), columns - 1);
  return [...lines.slice(0, most - 1), ...(lines.length >= most ? [last] : [])].join('\n');
}

/** As much of a line as fits. */
export function cut(line: string, columns: number): string {
  const letters = Array.from(line);
  return letters.length <= columns ? line : `${letters.slice(0, Math.max(columns - 1, 0)).join('')}…`;
}
