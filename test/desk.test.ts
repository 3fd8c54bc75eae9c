import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { allCases } from '../dev/walkthrough/cases';
import { commandOn, filledIn, lastOutput } from '../dev/walkthrough/screen';
import { createProgram } from '../src/cli/program';
import { REACHING } from '../src/cli/reach';

/* What npm run walkthrough leaves in docs/: it is repeated by hand, so that a case or a command may have gone since. */

const DESK = 'docs/desk';
const NAMES = allCases().map(({ name }) => name);

test.each(NAMES)('%s is on the page of cases, with its capture and its pictures', async (name) => {
  const page = await readFile(path.join(DESK, 'README.md'), 'utf8');
  const files = [`${name}.txt`, ...['timeline', 'details'].map((tab) => `../images/desk/${name}-${tab}.png`)];
  for (const file of files) {
    expect(page).toContain(`](${file})`);
    expect(existsSync(path.join(DESK, file))).toBe(true);
  }
});

/** The commands on a screen: typed, in a block of their own, or after what says that they come next. */
function commandsIn(capture: string): string[] {
  const lines = capture.replace(/ *\\\n(?:> )? */g, ' ').split('\n');
  const command = /^(?:\$ | {4}|(?: *Next|What to do|or|.*Follow it with): )(refund [a-z].*?)(?: {3}\(.*)?$/;
  return lines.flatMap((line) => command.exec(line)?.[1] ?? []);
}

/** The command line, which asks and sends nothing here. */
function aProgram() {
  const nowhere = { input: new PassThrough(), output: new PassThrough() };
  const done = () => Promise.resolve();
  const ignore = () => undefined;
  const never = () => Promise.reject(new Error('reads nothing'));
  return createProgram(
    {
      ...{ execute: done, print: done, say: ignore, note: ignore, stdin: nowhere.input },
      ...{ terminal: nowhere, screen: undefined, reach: (text) => text },
      ...{ readRun: never, replayAll: never, findReplayable: never },
    },
    { version: '', output: { writeErr: ignore, writeOut: ignore } },
  );
}

test('every command of ours is made to reach the server that was named', () => {
  const names = aProgram().commands.map((command) => command.name());
  expect([...names].sort()).toEqual([...REACHING].sort());
});

/** Whether the command line takes it. */
async function parse(command: string): Promise<void> {
  const words = (command.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replaceAll('"', ''));
  await aProgram().parseAsync(words.slice(1), { from: 'user' });
}

test.each(NAMES)('%s shows only commands that there are', async (name) => {
  const commands = commandsIn(await readFile(path.join(DESK, `${name}.txt`), 'utf8'));
  expect(commands.length).toBeGreaterThan(1);
  for (const command of commands) await parse(command);
});

test('a command that there is not is noticed', async () => {
  await expect(parse('refund settle rf-1')).rejects.toThrow('unknown command');
  await expect(parse('refund show rf-1 --now')).rejects.toThrow('unknown option');
});

test('the next command is read from the screen to the letter', () => {
  const screen = [
    'Nothing moves. Start one: REFUND_TASK_QUEUE=refunds npm start',
    'See: refund show rf-1. If it hangs again, heal it again.',
    '',
    '    refund resolve rf-1 --leg cash \\',
    '      --by NAME --evidence "WHAT YOU SAW"',
    '  Next: refund heal rf-1   (if it still hangs then)',
  ].join('\n');
  expect(commandOn(screen, 'REFUND_TASK_QUEUE=')).toBe('REFUND_TASK_QUEUE=refunds npm start');
  expect(commandOn(screen, 'refund show')).toBe('refund show rf-1');
  expect(commandOn(screen, 'refund heal')).toBe('refund heal rf-1');
  expect(commandOn(screen, 'refund cancel')).toBeUndefined();
  const resolve = commandOn(screen, 'refund resolve') ?? '';
  expect(resolve).toBe('refund resolve rf-1 --leg cash \\\n      --by NAME --evidence "WHAT YOU SAW"');
  const filled = filledIn(resolve, { by: 'ana', evidence: 'nothing' });
  expect(filled.replace(/ *\\\n */, ' ')).toBe(
    'refund resolve rf-1 --leg cash --by ana --evidence "nothing"',
  );
  expect(lastOutput(`$ refund list\nNo refund.\n$ refund stuck\n${screen}\n$`)).toBe(screen);
});
