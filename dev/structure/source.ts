import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

/** A TypeScript file of a checkout: its path from the root, and what is in it. */
export interface Source {
  path: string;
  text: string;
  tree: ts.SourceFile;
}

/** Reads all TypeScript files under a folder of a checkout. */
export function readSources(root: string, folder: string): Source[] {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .sort()
    .map((name) => {
      const file = path.posix.join(folder, name.split(path.sep).join('/'));
      const text = readFileSync(path.join(root, file), 'utf8');
      return { path: file, text, tree: ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true) };
    });
}

/** Every node of a file. */
export function* nodesOf(node: ts.Node): Generator<ts.Node> {
  yield node;
  const children: ts.Node[] = [];
  node.forEachChild((child) => void children.push(child));
  for (const child of children) yield* nodesOf(child);
}

/** How many lines a text has. */
export function linesOf(text: string): number {
  return text.trimEnd().split('\n').length;
}
