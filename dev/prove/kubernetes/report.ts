import { showSteps, writeReport as write } from '../report';
import type { Proven } from '../report';

/** What the report tells. */
export interface Report {
  date: string;
  /** What it was proven with. */
  versions: string;
  steps: readonly Proven[];
}

const PLACE = { file: 'docs/kubernetes.md', mark: 'prove:kubernetes' };

/** The report as Markdown. */
export function showReport({ date, versions, steps }: Report): string {
  return [`\`npm run prove:kubernetes\` on ${date}, ${versions}:`, '', ...showSteps(steps)].join('\n');
}

/** Writes the report in place of the one before. */
export function writeReport(report: Report): void {
  write(showReport(report), PLACE);
}
