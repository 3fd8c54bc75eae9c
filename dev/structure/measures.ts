import path from 'node:path';
import ts from 'typescript';
import { linesOf, nodesOf } from './source';
import type { Source } from './source';

/** Places that assign a field of the refund's state, or the state itself. */
export function writersOfState(sources: readonly Source[]): string[] {
  return sources
    .filter(({ path: file }) => file.startsWith('src/workflows/'))
    .flatMap(({ path: file, tree }) =>
      [...nodesOf(tree)].filter(isWriteOfState).map((node) => `${file}:${lineOf(tree, node)}`),
    );
}

const STATE =
  /(?:\bstate\b|\bleg(?:State\(.*\))?|\bfound)(?:\)?\.(?:state|status|waitingOn|legs|receipt|reversal|problem|approval|requestHash)\b|$)/;

function isWriteOfState(node: ts.Node): boolean {
  if (ts.isDeleteExpression(node)) return STATE.test(node.expression.getText());
  if (ts.isCallExpression(node) && node.expression.getText() === 'Object.assign')
    return STATE.test(node.arguments[0]?.getText() ?? '');
  if (!ts.isBinaryExpression(node) || !ts.isPropertyAccessExpression(node.left)) return false;
  const { kind } = node.operatorToken;
  const isAssignment = kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
  return isAssignment && (STATE.test(node.left.getText()) || node.left.name.text === 'state');
}

/** The modules that a walk from one file meets, in the order of their imports, and how often it comes back to one. */
export function walkFrom(start: string, sources: readonly Source[]): { stops: string[]; returns: number } {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const stops: string[] = [];
  let returns = 0;
  const visit = (file: string) => {
    stops.push(file);
    for (const next of importsOf(file, byPath)) {
      if (stops.includes(next)) returns += 1;
      else visit(next);
    }
  };
  visit(start);
  return { stops, returns };
}

function importsOf(file: string, byPath: ReadonlyMap<string, Source>): string[] {
  const statements = byPath.get(file)?.tree.statements ?? [];
  return statements.flatMap((statement) => {
    if (
      !ts.isImportDeclaration(statement) ||
      statement.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword
    )
      return [];
    const from = (statement.moduleSpecifier as ts.StringLiteral).text;
    const target = path.posix.join(path.posix.dirname(file), from);
    return [`${target}.ts`, `${target}/index.ts`].filter((candidate) => byPath.has(candidate));
  });
}

/** The longest function: where, and of how many lines. */
export function longestFunction(sources: readonly Source[]): { where: string; lines: number } {
  let longest = { where: '', lines: 0 };
  for (const { path: file, tree } of sources) {
    for (const node of nodesOf(tree)) {
      if (!ts.isFunctionLike(node) || !('body' in node) || !node.body) continue;
      const lines = linesOf(node.getText());
      if (lines > longest.lines) longest = { where: `${file}:${lineOf(tree, node)}`, lines };
    }
  }
  return longest;
}

/** The longest file: which, and of how many lines. */
export function longestFile(sources: readonly Source[]): { where: string; lines: number } {
  const lengths = sources.map(({ path: file, text }) => ({ where: file, lines: linesOf(text) }));
  return lengths.reduce((one, other) => (other.lines > one.lines ? other : one), { where: '', lines: 0 });
}

/** Parameters that are a bare boolean, whose callers write `true` or `false` and no name. */
export function positionalBooleans(sources: readonly Source[]): string[] {
  return sources.flatMap(({ path: file, tree }) =>
    [...nodesOf(tree)]
      .filter(
        (node) =>
          ts.isParameter(node) &&
          node.type?.kind === ts.SyntaxKind.BooleanKeyword &&
          !ts.isObjectBindingPattern(node.name),
      )
      .map((node) => `${file}:${lineOf(tree, node)}`),
  );
}

/** House words where the field has terms; tracing itself and what lies in histories are not meant. */
const HOUSE_WORDS =
  /\b(?:settle[sd]?|settledBy|traced?|walk(?:s|ed)?|hearing|heard|unheard|patience|story|verdict|deeds|judgement|actors|whatToMend|(?:give|take)s? back|(?:given|taken|turned) back)\b/gi;

/** Where house words stand. */
export function houseWords(sources: readonly Source[]): string[] {
  return sources
    .filter(({ path: file }) => !/tracing|src\/runtime\/|failure-converter/.test(file))
    .flatMap(({ path: file, text }) => [...text.matchAll(HOUSE_WORDS)].map(([word]) => `${file}: ${word}`));
}

/** How many files each folder of src holds. */
export function filesByFolder(sources: readonly Source[]): [folder: string, files: number][] {
  const folders = new Map<string, number>();
  for (const { path: file } of sources) {
    const folder = path.posix.dirname(file);
    folders.set(folder, (folders.get(folder) ?? 0) + 1);
  }
  return [...folders].sort();
}

function lineOf(tree: ts.SourceFile, node: ts.Node): number {
  return tree.getLineAndCharacterOfPosition(node.getStart()).line + 1;
}
