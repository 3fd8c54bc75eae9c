import { readFileSync, writeFileSync } from 'node:fs';

/** How a step ended. */
export interface Proven {
  title: string;
  isProven: boolean;
  seen: string;
}

/** What the report tells. */
export interface Report {
  date: string;
  /** What it was proven with. */
  versions: string;
  steps: readonly Proven[];
}

const FILE = 'docs/kubernetes.md';
const [BEGIN, END] = ['<!-- prove:kubernetes -->', '<!-- /prove:kubernetes -->'];

/** The report as Markdown. */
export function showReport({ date, versions, steps }: Report): string {
  const rows = steps.map(
    ({ title, isProven, seen }) =>
      `| ${title} | ${isProven ? '' : 'NOT SO: '}${seen.replaceAll('\n', ' ').replaceAll('|', '\\|')} |`,
  );
  return [
    `\`npm run prove:kubernetes\` on ${date}, ${versions}:`,
    '',
    '| Step | Seen |',
    '| --- | --- |',
    ...rows,
  ].join('\n');
}

/** Writes the report in place of the one before. */
export function writeReport(report: Report): void {
  const text = readFileSync(FILE, 'utf8');
  const [before = '', rest = ''] = text.split(BEGIN);
  const [, after] = rest.split(END);
  if (after === undefined) throw new Error(`${FILE} has no place for the report`);
  writeFileSync(FILE, `${before}${BEGIN}\n\n${showReport(report)}\n\n${END}${after}`);
}
