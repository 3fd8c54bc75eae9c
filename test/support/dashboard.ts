import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/** A panel of a Grafana dashboard. */
export interface Panel {
  title: string;
  expressions: string[];
}

interface Dashboard {
  panels: { title: string; targets?: { expr: string }[] }[];
}

const FOLDER = path.resolve(__dirname, '../../monitoring/grafana/dashboards');

/** Reads every panel of every dashboard, with Grafana's own variables filled in. */
export async function readPanels(): Promise<Panel[]> {
  const files = (await readdir(FOLDER)).filter((file) => file.endsWith('.json'));
  const dashboards = await Promise.all(
    files.map(async (file) => JSON.parse(await readFile(path.join(FOLDER, file), 'utf8')) as Dashboard),
  );
  return dashboards.flatMap(({ panels }) =>
    panels.map(({ title, targets = [] }) => ({
      title,
      expressions: targets.map(({ expr }) =>
        expr.replaceAll('$__rate_interval', '5m').replaceAll('$provider', '.*'),
      ),
    })),
  );
}
