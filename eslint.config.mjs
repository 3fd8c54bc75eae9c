import { readdirSync } from 'node:fs';
import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Each provider has a folder of its own. */
const PROVIDERS = readdirSync(new URL('src/providers', import.meta.url), { withFileTypes: true }).flatMap(
  (entry) => (entry.isDirectory() ? [entry.name] : []),
);
const TEMPORAL = ['@temporalio/*'];
const NODE = [
  'node:*',
  'fs',
  'path',
  'crypto',
  'http',
  'https',
  'os',
  'net',
  'child_process',
  'stream',
  'url',
  'util',
];

/** One wall: what the files of a folder never import. */
function wall(files, patterns, extra = {}) {
  return {
    files,
    rules: {
      '@typescript-eslint/no-restricted-imports': ['error', { patterns }],
      ...extra,
    },
  };
}

const CLOCK_AND_CHANCE = [
  'error',
  { object: 'Date', property: 'now', message: 'Workflow code never asks the clock: see docs/adr.' },
  { object: 'Math', property: 'random', message: 'No chance in pure or workflow code.' },
];

/**
 * What an engine answers from its own tables of characters and languages: those differ from one Node to the next, and
 * what a worker decided by them breaks the replay of another. Constants and counts in numbers do not.
 */
const ENGINE_TABLES = [
  {
    selector: 'Literal[regex.flags=/[iuv]/]',
    message: 'Flags i, u and v read the tables of the engine: write the characters out.',
  },
  {
    selector: 'Literal[regex.pattern=/\\\\[sS]/]',
    message: '\\s reads the tables of the engine: write the blanks out.',
  },
  {
    selector: "NewExpression[callee.name='RegExp'], CallExpression[callee.name='RegExp']",
    message: 'A regular expression is written out, so that it can be judged.',
  },
  {
    selector:
      'MemberExpression[property.name=/^(normalize|toLowerCase|toUpperCase|toLocale.*|localeCompare|trim|trimStart|trimEnd)$/]',
    message: 'It reads the tables of the engine: compare ids by isSamePerson, texts by faultOfText.',
  },
  { selector: "Identifier[name='Intl']", message: 'Intl reads the tables of the engine.' },
];

const NO_CLOCK = {
  selector: "NewExpression[callee.name='Date'][arguments.length=0]",
  message: 'No clock in workflow code.',
};

export default tseslint.config(
  { ignores: ['dist', 'coverage', '**/node_modules', 'examples'] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    },
  },
  wall(
    ['src/domain/**'],
    [
      { group: [...TEMPORAL, ...NODE, 'axios', '../*'], message: 'The domain is pure.' },
      { group: ['zod'], message: 'zod belongs in request.ts.' },
    ],
    { 'no-restricted-properties': CLOCK_AND_CHANCE },
  ),
  wall(
    ['src/domain/*/**'],
    [{ group: [...TEMPORAL, ...NODE, 'axios', 'zod', '../../*'], message: 'The domain is pure.' }],
    { 'no-restricted-properties': CLOCK_AND_CHANCE },
  ),
  wall(
    ['src/domain/request.ts'],
    [{ group: [...TEMPORAL, ...NODE, 'axios', '../*'], message: 'The domain is pure.' }],
  ),
  wall(
    ['src/workflows/**'],
    [
      {
        group: [
          ...NODE,
          'axios',
          'zod',
          'lossless-json',
          'currency-codes',
          'standardwebhooks',
          '../providers/*',
          '../notices/*',
          '../config*',
          '@temporalio/activity',
          '@temporalio/client',
          '@temporalio/worker',
        ],
        message: 'Workflow code runs in the isolate.',
      },
      {
        group: ['../activities*', '../activities/*', '../domain/request', '../domain/currency'],
        allowTypeImports: true,
        message: 'Only types of these reach the isolate.',
      },
      {
        group: ['@temporalio/workflow'],
        importNames: ['uuid4', 'workflowRandom'],
        message: 'Tracing draws from these, too: take a stream of your own (getRandomStream).',
      },
    ],
    { 'no-restricted-properties': CLOCK_AND_CHANCE },
  ),
  wall(
    ['src/activities/**'],
    [{ group: ['axios', '../workflows*', '../workflows/*'], message: 'Activities are the bridge, no more.' }],
  ),
  {
    // All runs share the modules of the isolate (docs/adr/014): none of them may keep a state.
    files: ['src/domain/**', 'src/workflows/**'],
    ignores: ['src/domain/request.ts', 'src/domain/currency.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        NO_CLOCK,
        ...ENGINE_TABLES,
        {
          selector: "Program VariableDeclaration[kind='let']:not(:function *)",
          message: 'A module keeps no state.',
        },
        {
          selector: 'NewExpression[callee.name=/^(Map|Set|WeakMap|WeakSet)$/]:not(:function *)',
          message: 'A module keeps no state.',
        },
      ],
    },
  },
  wall(
    ['src/client/**'],
    [
      {
        group: ['@temporalio/worker', '@temporalio/workflow', '**/reading/*', '**/runtime/*', '**/cli/*'],
        message: 'Order services need no worker and nothing native.',
      },
    ],
  ),
  wall(
    ['dev/bench/bare/workflow.ts'],
    [{ group: ['../../../src/*', '../../../src/**'], message: 'The bare saga is bare.' }],
  ),
  wall(
    ['src/notices/**'],
    [
      {
        group: [...TEMPORAL, 'axios', 'zod', '../*', '../*/**'],
        message: 'What posts notices knows where they go, and nothing of refunds.',
      },
    ],
  ),
  wall(['src/providers/**'], [{ group: [...TEMPORAL], message: 'Adapters know no Temporal.' }]),
  ...PROVIDERS.map((name, _, all) =>
    wall(
      [`src/providers/${name}/**`],
      [
        { group: [...TEMPORAL, 'axios'], message: 'Adapters know no Temporal and call through http.ts.' },
        {
          group: all.filter((other) => other !== name).map((other) => `../${other}/*`),
          message: 'One provider, one folder.',
        },
      ],
    ),
  ),
  {
    files: ['**/*.{js,cjs,mjs}'],
    ...tseslint.configs.disableTypeChecked,
    languageOptions: {
      ...tseslint.configs.disableTypeChecked.languageOptions,
      globals: { module: 'writable', URL: 'readonly' },
    },
  },
);
