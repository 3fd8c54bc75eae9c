import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createProviders } from '../../simulators';
import { legAt, lookUpKindOf } from '../../simulators/originals';
import { readConfiguration } from '../../src/config';
import { PROVIDER_NAMES } from '../../src/domain/plan';
import { createProviders as createAdapters } from '../../src/providers';
import { fixtureEntries } from '../support/adapter-cases';

/** What the compiler cannot name of a provider; docs/adding-a-provider.md says what belongs into each. */
const ROOT = join(__dirname, '../..');
const textOf = (...file: string[]) => readFileSync(join(ROOT, ...file), 'utf8');
const docs = readdirSync(join(ROOT, 'docs')).filter((file) => file.endsWith('.md'));
const manual = [textOf('README.md'), ...docs.map((file) => textOf('docs', file))].join('\n');

const environment = createProviders().environment('http://127.0.0.1:1');

/** Every adapter of a worker that was told the variables of the simulators. */
function configured() {
  const { providers } = readConfiguration({ ...environment, APPROVAL_REQUIRED: 'false' });
  return createAdapters(providers);
}

test('each folder of an adapter is of a provider', () => {
  const folders = readdirSync(join(ROOT, 'src/providers'), { withFileTypes: true });
  expect(folders.flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))).toEqual([...PROVIDER_NAMES]);
});

describe.each(PROVIDER_NAMES)('%s', (name) => {
  test.each([
    ...['client', 'wire', 'refund', 'look-up', 'check', 'refusals'].map(
      (file) => `src/providers/${name}/${file}.ts`,
    ),
    ...['api', 'books'].map((file) => `simulators/${name}/${file}.ts`),
    `test/providers/${name}.test.ts`,
    `test/simulators/${name}.test.ts`,
    `docs/providers/${name}.md`,
  ])('has %s', (file) => {
    expect(existsSync(join(ROOT, file))).toBe(true);
  });

  test('has the bodies of its documents as fixtures', () => {
    expect(fixtureEntries(name).length).toBeGreaterThan(0);
  });

  test('is enabled by the variables that its simulator tells, and looks up as the simulators take it for', () => {
    const adapter = configured().get(name);
    adapter?.close();
    expect(adapter).toMatchObject({ name, lookUpKind: lookUpKindOf(name) });
  });

  test('has its variables in the manual and in docker-compose.yml', () => {
    const variables = Object.keys(environment).filter((variable) => variable.startsWith(name.toUpperCase()));
    expect(variables).toContain(`${name.toUpperCase()}_BASE_URL`);
    expect(variables.filter((variable) => !manual.includes(`\`${variable}\``))).toEqual([]);
    expect(textOf('docker-compose.yml')).toContain(`${name.toUpperCase()}_BASE_URL:`);
  });

  test('has its rows in the tables of what a lost answer leads to and of what an operator looks for', () => {
    const sheets = textOf('docs/providers/README.md');
    expect(sheets).toMatch(new RegExp(`^\\|.*\\b${legAt(name)}\\b.*\\b${name}\\b`, 'm'));
    expect(sheets).toMatch(new RegExp(`^\\|  .*\\| ${name} +\\|`, 'im'));
    expect(textOf('docs/operators.md')).toContain(`(providers/${name}.md)`);
  });

  test('has the type of its leg in the client', () => {
    expect(textOf('src/client/index.ts')).toMatch(new RegExp(`\\b${name}Leg\\b`, 'i'));
  });
});

test('no adapter may import from the folder of another', () => {
  const script = `import { ESLint } from 'eslint';
    const lint = new ESLint();
    for (const name of ${JSON.stringify(PROVIDER_NAMES)}) {
      const { rules } = await lint.calculateConfigForFile('src/providers/' + name + '/client.ts');
      console.log(JSON.stringify(rules['@typescript-eslint/no-restricted-imports'][1].patterns.flatMap(({ group }) => group)));
    }`;
  const printed = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  const refused = printed
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as string[]);
  const others = PROVIDER_NAMES.map((name) => PROVIDER_NAMES.filter((other) => other !== name));
  expect(refused.map((patterns) => patterns.filter((pattern) => pattern.startsWith('../')))).toEqual(
    others.map((names) => names.map((other) => `../${other}/*`)),
  );
});
