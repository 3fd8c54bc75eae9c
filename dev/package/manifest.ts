/** What the package says of itself that it takes from the project's own package.json. */
export interface ProjectManifest {
  version: string;
  license: string;
  dependencies: Record<string, string>;
}

/** Named although only Temporal's packages import it: so two of them share one copy, which is not theirs alone. */
const SHARED = ['protobufjs'];

/** What the package was run on as an order service: more than the saga itself, which loads ES modules by `require`. */
const ENGINES = { node: '>=20.3.1' };

const COMMON_JS = './lib/client/index';

/**
 * The package.json of the client. Its dependencies are those of the project, in the versions that the project is tested with.
 * @throws Error when something is imported that the project does not depend on
 */
export function manifestOf(project: ProjectManifest, imported: ReadonlySet<string>) {
  const { version, license } = project;
  return {
    name: 'refund-client',
    version,
    description: 'Starts refunds of the refund saga, awaits them, and sends the decisions of people.',
    license,
    type: 'commonjs',
    engines: ENGINES,
    main: `${COMMON_JS}.js`,
    types: `${COMMON_JS}.d.ts`,
    exports: {
      '.': {
        import: { types: './index.d.mts', default: './index.mjs' },
        require: { types: `${COMMON_JS}.d.ts`, default: `${COMMON_JS}.js` },
      },
      './package.json': './package.json',
    },
    files: ['lib', 'index.mjs', 'index.d.mts'],
    dependencies: Object.fromEntries(
      [...imported, ...SHARED].sort().map((name) => [name, versionOf(project, name)]),
    ),
  };
}

function versionOf({ dependencies }: ProjectManifest, name: string): string {
  const version = dependencies[name];
  if (version === undefined)
    throw new Error(`The client imports ${name}, which is no dependency of the project.`);
  return version;
}

/** The entry of ES modules: it names what the CommonJS one exports, so that both give the same classes. */
export function esModule(names: readonly string[]): { code: string; types: string } {
  return {
    code: `export {\n${names.map((name) => `  ${name},\n`).join('')}} from '${COMMON_JS}.js';\n`,
    types: `export * from '${COMMON_JS}.js';\n`,
  };
}
