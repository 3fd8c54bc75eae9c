import path from 'node:path';
import ts from 'typescript';

/** Something that may be added one day, as a change of one text of the source. */
export interface Addition {
  name: string;
  /** Where it is declared: the first of these files that exists and holds the text. */
  declared: readonly { file: string; from: RegExp; to: string }[];
}

/** What the compiler is asked about. */
export const ADDITIONS: readonly Addition[] = [
  {
    name: 'a sixth provider',
    declared: [{ file: 'src/domain/plan.ts', from: /'sipay', 'wyre'\]/, to: "'sipay', 'wyre', 'acme']" }],
  },
  {
    name: 'a new outcome of operators',
    declared: [
      {
        file: 'src/domain/resolution.ts',
        from: /\n {2}waived: \{/,
        to: "\n  deferred: null as never as { next: 'later' },\n  waived: {",
      },
      { file: 'src/domain/resolution.ts', from: /'waived',\n/, to: "'waived',\n  'deferred',\n" },
    ],
  },
  {
    name: 'a new final status',
    declared: [{ file: 'src/domain/state.ts', from: /'expired',\n/, to: "'expired',\n  'superseded',\n" }],
  },
  {
    name: 'a required field of a receipt',
    declared: [
      {
        file: 'src/domain/provider-answers.ts',
        from: /providerReference: string;/,
        to: 'providerReference: string;\n  channel: string;',
      },
      {
        file: 'src/domain/outcome.ts',
        from: /providerReference: string;/,
        to: 'providerReference: string;\n  channel: string;',
      },
    ],
  },
];

/** The files in which the compiler asks for more, once something was added. */
export function filesNamed(root: string, { name, declared }: Addition): string[] {
  const { config } = ts.readConfigFile(path.join(root, 'tsconfig.json'), (file) => ts.sys.readFile(file)) as {
    config: unknown;
  };
  const { options, fileNames } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const host = ts.createCompilerHost({ ...options, noEmit: true });
  const read = host.readFile.bind(host);
  const change = declared.find(({ file, from }) => from.test(ts.sys.readFile(path.join(root, file)) ?? ''));
  if (!change) throw new Error(`${name} no longer fits the source`);
  const changed = path.join(root, change.file);
  const getSourceFile = host.getSourceFile.bind(host);
  host.getSourceFile = (file, ...rest) =>
    path.resolve(file) === changed
      ? ts.createSourceFile(
          file,
          (read(file) ?? '').replace(change.from, change.to),
          ts.ScriptTarget.ES2022,
          true,
        )
      : getSourceFile(file, ...rest);
  const files = fileNames.filter((file) => !path.relative(root, file).startsWith('test'));
  const program = ts.createProgram(files, { ...options, noEmit: true, noUnusedLocals: false }, host);
  const named = ts
    .getPreEmitDiagnostics(program)
    .flatMap(({ file }) => (file ? [path.relative(root, file.fileName)] : []));
  return [...new Set(named)].sort();
}
