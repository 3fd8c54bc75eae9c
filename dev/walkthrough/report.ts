import { showMovements } from '../demo/books';
import type { Walked } from './operator';
import { SHORT_WAITS } from './stage';
import type { Shown } from './tmux';
import { COLUMNS } from './tmux';

/** What the terminals of a case showed: what `refund show` tells before, and how it was settled. */
export function captureOf({ played, shown, errands }: Walked, details: Shown): string {
  const away = errands.map((told) => `Meanwhile, away from the terminal, ana ${told}.`);
  return [
    `${played.title}.`,
    heading('How it was settled'),
    [...away, ...(away.length > 0 ? [''] : []), ...shown.lines].join('\n'),
    heading('What refund show told before'),
    details.lines.join('\n'),
    '',
  ].join('\n');
}

function heading(text: string): string {
  return `\n${`== ${text} `.padEnd(COLUMNS, '=')}\n`;
}

/** The page of all cases. */
export function tableOf(walked: readonly Walked[]): string {
  const rows = walked.map((one) => [
    caseCell(one.played),
    firstSaid(one.first),
    one.typed.map((command) => `\`${command.replace(/ *\\\n */g, ' ')}\``).join('<br>'),
    one.errands.join('<br>'),
    String(one.typed.length),
    one.seconds.toFixed(1),
    one.end.status,
    showMovements(one.played.request, one.end.movements).join('<br>'),
  ]);
  const waits = Object.entries(SHORT_WAITS).map(([name, value]) => `\`${name}=${value}\``);
  return [
    '# Every waiting case, settled from the screen alone',
    '',
    'Written by `npm run walkthrough`. On a real Temporal server, with the real workers and the simulated providers, each',
    `case is brought about and then settled in a terminal of ${COLUMNS} columns (tmux) by commands of which every one after the`,
    'first stands on the screen before it, to the letter. What an operator knows or saw at the provider is filled in where',
    'the screen asks for it. Each title leads to what the terminal showed, and to how the run looks in the Temporal UI.',
    '',
    'The seconds are those of the machine, from the first command to the end of the refund: nobody reads, thinks, or walks',
    `to a panel in them. What would wait for minutes or hours was made short: ${waits.join(', ')}.`,
    '',
    table(
      [
        'Case',
        'What the screen said first',
        'Commands',
        'Meanwhile',
        'Number',
        'Seconds',
        'Ended as',
        'Books',
      ],
      rows,
    ),
    '',
  ].join('\n');
}

function caseCell({ name, title }: Walked['played']): string {
  const pictures = ['timeline', 'details'].map((tab) => `[${tab}](../images/desk/${name}-${tab}.png)`);
  return [`[${title}](${name}.txt)`, ...pictures].join('<br>');
}

/** Why it waits, in the words of the first screen. */
export function firstSaid(screen: string): string {
  const because = /^WAITS BECAUSE +(.*(?:\n +.*)*)/m.exec(screen)?.[1];
  const [paragraph = ''] = screen.split('\n\n').slice(/^Refund \S+ of order/.test(screen) ? 1 : 0);
  const [sentence = ''] = /^.*?(?:\.(?= )|$)/.exec(paragraph.replace(/\s+/g, ' ').trim()) ?? [];
  return because?.replace(/\s+/g, ' ').trim() ?? sentence;
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(titles), line(titles.map(() => '---')), ...rows.map(line)].join('\n');
}
