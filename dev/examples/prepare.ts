import path from 'node:path';
import type { Language } from './languages';
import { run } from './process';

/** How long a tool may take to answer, and how long each step that fetches an SDK or builds. Milliseconds. */
const TOOL_MS = 30_000;
const STEP_MS = 240_000;

/** How an example was made ready, or why it is skipped. */
export type Prepared = { skipped: string; seconds?: never } | { skipped?: never; seconds: number };

/** Looks for a language's tools, fetches its SDK and builds its example. */
export async function prepare(
  { name, tools, prepare: steps }: Pick<Language, 'name' | 'tools' | 'prepare'>,
  root: string,
): Promise<Prepared> {
  const options = { folder: path.join(root, 'examples', name), environment: process.env };
  const begin = Date.now();
  for (const tool of tools) {
    const { ok } = await run(tool, { ...options, timeoutMs: TOOL_MS });
    if (!ok) return { skipped: `${tool[0] ?? ''} is not installed, or too old.` };
  }
  for (const step of steps) {
    const { ok, output, problem } = await run(step, { ...options, timeoutMs: STEP_MS });
    if (!ok)
      return { skipped: `Its SDK could not be fetched and built: ${lastLine(`${output}\n${problem}`)}` };
  }
  return { seconds: Math.round((Date.now() - begin) / 1_000) };
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
