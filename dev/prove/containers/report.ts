import { showSteps, writeReport as write } from '../report';
import type { Proven } from '../report';

/** What the report tells. */
export interface Report {
  date: string;
  engine: string;
  /** What ran in place of each image that is not here by its digest. */
  images: readonly string[];
  steps: readonly Proven[];
}

const PLACE = { file: 'docs/deployment.md', mark: 'prove:containers' };

/** The report as Markdown. */
export function showReport({ date, engine, images, steps }: Report): string {
  return [
    `\`npm run prove:containers\` on ${date}, ${engine}.`,
    '',
    ...images.map((image) => `- ${image}`),
    '',
    ...showSteps(steps),
  ].join('\n');
}

/** Writes the report in place of the one before. */
export function writeReport(report: Report): void {
  write(showReport(report), PLACE);
}
