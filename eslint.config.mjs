import js from '@eslint/js';
import tseslint from 'typescript-eslint';

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

const NO_CLOCK = {
  selector: "NewExpression[callee.name='Date'][arguments.length=0]",
  message: 'No clock in workflow code.',
};

export default tseslint.config(
  { ignores: ['dist', 'coverage', '**/node_modules'] },
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
          '../providers/*',
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
    ['bench/bare/workflow.ts'],
    [{ group: ['../../src/*', '../../src/**'], message: 'The bare saga is bare.' }],
  ),
  wall(['src/providers/**'], [{ group: [...TEMPORAL], message: 'Adapters know no Temporal.' }]),
  ...['dsquares', 'mircate', 'paywall', 'sipay', 'wyre'].map((name, _, all) =>
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
      globals: { module: 'writable' },
    },
  },
);
