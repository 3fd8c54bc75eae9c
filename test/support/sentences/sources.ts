import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

const ROOT = path.resolve(__dirname, '../../..');

/** Every text of several words in the code of a folder, by file; `…` stands where something is filled in. */
export function textsIn(folder: string): [file: string, texts: string[]][] {
  return readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .sort()
    .map((file): [string, string[]] => [`${folder}/${file}`, textsOf(path.join(ROOT, folder, file))])
    .filter(([, texts]) => texts.length > 0);
}

function textsOf(file: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const text = textOf(node);
    if (text !== undefined && isProse(text)) found.push(text);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return [...new Set(found)];
}

function textOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return undefined;
  return [node.head.text, ...node.templateSpans.map(({ literal }) => `…${literal.text}`)].join('');
}

/** Three words at least, of which one is a word of a sentence, and nothing of a machine's language. */
function isProse(text: string): boolean {
  const words = text.split(/\s+/).filter((word) => /^[("“'`]*[A-Za-z][a-z']+[)"”'`,.:;?!]*$/.test(word));
  return words.length >= 3;
}
