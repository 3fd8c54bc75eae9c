import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { saveHistories } from './evidence';
import type { ChaosOptions } from './options';
import { writeReport } from './report';
import type { Report } from './report';
import { playSession } from './session';
import { collectReportData } from './report-data';

/** Plays a session, checks it, and writes the report, with the history of every refund that broke a rule beside it. */
export async function runChaos(options: ChaosOptions): Promise<Report> {
  return playSession(options, async (played) => {
    const report = writeReport(options, played, await collectReportData(played, options));
    const folder = path.dirname(options.reportFile);
    await mkdir(folder, { recursive: true });
    await writeFile(options.reportFile, `${JSON.stringify(report, null, 2)}\n`);
    for (const refundId of new Set(report.violations.map((violation) => violation.refundId))) {
      const script = played.context.scripts.get(refundId ?? '');
      if (script) await saveHistories(played.context, script, folder).catch(() => undefined);
    }
    return report;
  });
}
