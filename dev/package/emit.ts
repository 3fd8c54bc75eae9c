import path from 'node:path';
import ts from 'typescript';

/** Where the package begins. What is loaded by its path and not imported is named too. */
const ENTRIES = ['client/index.ts', 'encryption/payload-converter.ts', 'encryption/failure-converter.ts'];

/** What the client and the domain consist of; anything else in the package would be a mistake. */
const ROOMS =
  /^(client\/[a-z-]+|domain\/([a-z]+\/)?[a-z-]+|encryption\/[a-z-]+|statements\/request-hash|config\/(connection|duration|keys|reader|task-queue))\.ts$/;

/**
 * Compiles the files that the package's entries import, and no others, with their types.
 * @returns the packages that they import
 * @throws Error naming what does not compile or belongs to another room
 */
export function emitClient(root: string, outDir: string): Set<string> {
  const source = path.join(root, 'src');
  const program = ts.createProgram(
    ENTRIES.map((entry) => path.join(source, entry)),
    { ...optionsOf(root), rootDir: source, outDir, sourceMap: false, noEmitOnError: true },
  );
  const files = program.getSourceFiles().filter(({ fileName }) => isInside(source, fileName));
  const strangers = files
    .map(({ fileName }) => path.relative(source, fileName))
    .filter((name) => !ROOMS.test(name));
  if (strangers.length > 0)
    throw new Error(`The client imports what is not its own: ${strangers.join(', ')}`);
  const { emitSkipped, diagnostics } = program.emit();
  if (emitSkipped) throw new Error(ts.formatDiagnostics(diagnostics, formatHost(root)));
  return new Set(files.flatMap(({ text }) => packagesIn(text)));
}

function optionsOf(root: string): ts.CompilerOptions {
  const file = path.join(root, 'tsconfig.build.json');
  const { config } = ts.readConfigFile(file, (name) => ts.sys.readFile(name)) as { config: unknown };
  return ts.parseJsonConfigFileContent(config, ts.sys, root).options;
}

function isInside(folder: string, file: string): boolean {
  return !path.relative(folder, file).startsWith('..');
}

/** `@scope/name` or `name` of each import that is neither a file nor a part of Node. */
function packagesIn(text: string): string[] {
  return ts.preProcessFile(text).importedFiles.flatMap(({ fileName }) => {
    const isForeign = !fileName.startsWith('.') && !fileName.startsWith('node:');
    return isForeign ? [fileName.split('/', fileName.startsWith('@') ? 2 : 1).join('/')] : [];
  });
}

function formatHost(root: string): ts.FormatDiagnosticsHost {
  return {
    getCurrentDirectory: () => root,
    getCanonicalFileName: (name) => name,
    getNewLine: () => '\n',
  };
}
