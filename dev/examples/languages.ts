import path from 'node:path';

/** How the example of one language is built and run, in its folder. */
export interface Language {
  name: 'python' | 'go' | 'java';
  /** Each must answer, or the example is skipped. */
  tools: readonly (readonly string[])[];
  /** Fetches the SDK and builds; what was fetched before is not fetched again. */
  prepare: readonly (readonly string[])[];
  command: readonly string[];
  /** How it reads and writes encrypted payloads. */
  encryption: 'keys' | 'codecServer' | 'none';
}

const VENV = path.join('.venv', process.platform === 'win32' ? 'Scripts' : 'bin', 'python');

/** The languages, in the order in which they are run. */
export const LANGUAGES: readonly Language[] = [
  {
    name: 'python',
    tools: [['python3', '-c', 'import sys, venv; sys.exit(sys.version_info < (3, 11))']],
    prepare: [
      ['python3', '-m', 'venv', '.venv'],
      [VENV, '-m', 'pip', 'install', '--quiet', '--only-binary=:all:', '-r', 'requirements.txt'],
    ],
    command: [VENV, 'order_service.py'],
    encryption: 'keys',
  },
  {
    name: 'go',
    tools: [['go', 'version']],
    prepare: [['go', 'build', '-o', path.join('build', 'order-service'), '.']],
    command: [path.join('.', 'build', 'order-service')],
    encryption: 'codecServer',
  },
  {
    name: 'java',
    tools: [
      ['java', '-version'],
      ['mvn', '--version'],
    ],
    prepare: [['mvn', '--quiet', '--batch-mode', 'compile', 'dependency:copy-dependencies']],
    command: [
      'java',
      '-cp',
      [path.join('target', 'classes'), path.join('target', 'dependency', '*')].join(path.delimiter),
      'orders.OrderService',
    ],
    encryption: 'none',
  },
];
