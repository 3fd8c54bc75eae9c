import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import { evaluate } from './promql';
import type { Series } from './promql';

/** One alert of the rule file. */
export interface AlertRule {
  alert: string;
  expr: string;
  for?: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

/** Where the rules are. */
export const RULES_FILE = path.resolve(__dirname, '../../monitoring/alerts.yml');

/** Reads the rule file. */
export async function readAlerts(): Promise<AlertRule[]> {
  const file = parse(await readFile(RULES_FILE, 'utf8')) as { groups: { rules: AlertRule[] }[] };
  return file.groups.flatMap(({ rules }) => rules);
}

/** An alert that fires, and for whom. */
export interface Firing {
  alert: string;
  labels: Record<string, string>;
}

/** The alerts that fire at a time: their expression has held as long as they want. */
export function firing(rules: readonly AlertRule[], series: readonly Series[], at: number): Firing[] {
  return rules.flatMap(({ alert, expr, for: wanted = '0m' }) => {
    const times = [];
    for (let time = at - minutes(wanted) * 60; time <= at; time += 60) times.push(time);
    const held = times.map((time) => evaluate(expr, series, time).map(({ labels }) => labels));
    const last = held.at(-1) ?? [];
    const always = last.filter((labels) =>
      held.every((then) => then.some((one) => JSON.stringify(one) === JSON.stringify(labels))),
    );
    return always.map((labels) => ({ alert, labels }));
  });
}

function minutes(text: string): number {
  const [, count] = /^(\d+)m$/.exec(text) ?? [];
  if (count === undefined) throw new Error(`no whole minutes: ${text}`);
  return Number(count);
}
