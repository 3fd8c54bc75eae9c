import { readFileSync, writeFileSync } from 'node:fs';

/** How a step of a proof ended. */
export interface Proven {
  title: string;
  isProven: boolean;
  seen: string;
}

/** The steps of a proof as a Markdown table. */
export function showSteps(steps: readonly Proven[]): string[] {
  return [
    '| Step | Seen |',
    '| --- | --- |',
    ...steps.map(
      ({ title, isProven, seen }) =>
        `| ${title} | ${isProven ? '' : 'NOT SO: '}${seen.replaceAll('\n', ' ').replaceAll('|', '\\|')} |`,
    ),
  ];
}

/** Writes a report in place of the one before: between the marks that a document has for it. */
export function writeReport(report: string, { file, mark }: { file: string; mark: string }): void {
  const [begin, end] = [`<!-- ${mark} -->`, `<!-- /${mark} -->`];
  const [before = '', rest = ''] = readFileSync(file, 'utf8').split(begin);
  const [, after] = rest.split(end);
  if (after === undefined) throw new Error(`${file} has no place for the report`);
  writeFileSync(file, `${before}${begin}\n\n${report}\n\n${end}${after}`);
}
