import { readFileSync, writeFileSync } from 'node:fs';
import { writeReport } from '../prove/report';
import { latencyChart, pointsOf, resourcesChart } from './curves';
import { billedRuns } from './histories';
import type { Measured } from './measured';
import {
  actionsTable,
  bytesTable,
  idleTable,
  measuredOn,
  needsTable,
  rateTable,
  simulatedTable,
  usedTable,
  workTable,
} from './tables';

/** The document that shows all this. */
export const DOCUMENT = 'docs/scaling.md';

/** What stands between the marks of the document, and its charts by their files. */
export interface Shown {
  parts: Record<string, string>;
  charts: Record<string, string>;
}

/** Works out what the document shows. */
export function shownOf(measured: Measured): Shown {
  const points = pointsOf(measured);
  return {
    parts: {
      'sizing:measured': measuredOn(measured),
      'sizing:work': workTable(measured),
      'sizing:rate': rateTable(measured),
      'sizing:bytes': bytesTable(measured),
      'sizing:idle': idleTable(measured),
      'sizing:needs': needsTable(measured),
      'sizing:used': usedTable(measured),
      'sizing:simulated': simulatedTable(points),
      'sizing:actions': actionsTable(billedRuns()),
    },
    charts: {
      'docs/images/scaling-latency.svg': latencyChart(points),
      'docs/images/scaling-resources.svg': resourcesChart(measured),
    },
  };
}

/** What a document has between the marks of a part; undefined where it has none. */
export function partOf(document: string, mark: string): string | undefined {
  const [, rest] = document.split(`<!-- ${mark} -->`);
  return rest?.split(`<!-- /${mark} -->`)[0]?.trim();
}

/** Reads the document. */
export function readDocument(): string {
  return readFileSync(DOCUMENT, 'utf8');
}

/** Rewrites the document between its marks, and the charts. */
export function writeDocument({ parts, charts }: Shown): void {
  for (const [mark, text] of Object.entries(parts)) writeReport(text, { file: DOCUMENT, mark });
  for (const [file, chart] of Object.entries(charts)) writeFileSync(file, chart);
}
