import path from 'node:path';
import { openEnvironment } from './environment';
import type { ExamplesEnvironment } from './environment';
import { differenceOf, expectedLines } from './expected';
import { LANGUAGES } from './languages';
import type { Language } from './languages';
import { seedOrders, wrongInBooks } from './orders';
import { prepare } from './prepare';
import { run } from './process';

const ROOT = path.resolve(__dirname, '../../..');

/** How long an example may take. Milliseconds. */
const RUN_MS = 120_000;

const NAME = `examples-${Math.floor(Date.now() / 1_000).toString(36)}`;

/**
 * Runs the order service of each language whose tool chain is installed, in clear and encrypted.
 * @returns the exit code: 1 when one did not do what it should
 */
async function main(names: readonly string[]): Promise<number> {
  const wanted = LANGUAGES.filter(({ name }) => names.length === 0 || names.includes(name));
  if (names.some((name) => !LANGUAGES.some((language) => language.name === name))) {
    process.stderr.write('Usage: npm run examples [-- python go java]\n');
    return 2;
  }
  print('Starting a Temporal server, five simulated providers and two workers …');
  const environment = await openEnvironment(NAME, print);
  try {
    const prepared = await Promise.all(wanted.map((language) => prepare(language, ROOT)));
    let failed = 0;
    for (const [index, language] of wanted.entries()) {
      const { skipped, seconds = 0 } = prepared[index] ?? {};
      print(
        skipped === undefined
          ? `\n${language.name}: ready after ${seconds} s.`
          : `\n${language.name}: skipped. ${skipped}`,
      );
      if (skipped === undefined) failed += await runBoth(language, environment);
    }
    print(failed === 0 ? '\nEvery example that ran did what it should.' : `\n${failed} failed.`);
    return failed === 0 ? 0 : 1;
  } finally {
    await environment.close();
  }
}

async function runBoth(language: Language, environment: ExamplesEnvironment): Promise<number> {
  const { encryption } = language;
  const inClear = await runOnce(language, environment, 'in clear', {});
  const encrypted =
    encryption === 'none' ||
    (await runOnce(language, environment, 'encrypted', environment.encrypted[encryption]));
  return [inClear, encrypted].filter((isRight) => !isRight).length;
}

async function runOnce(
  language: Language,
  { server, simulators, taskQueue }: ExamplesEnvironment,
  how: 'in clear' | 'encrypted',
  variables: Record<string, string>,
): Promise<boolean> {
  const { name, command } = language;
  const order = `${name}${how === 'encrypted' ? 'e' : 'c'}${NAME.replace(/^.*-/, '')}`;
  seedOrders(simulators, order);
  const { ok, output, problem } = await run(command, {
    folder: path.join(ROOT, 'examples', name),
    environment: {
      ...process.env,
      ...{ TEMPORAL_ADDRESS: server.address, TEMPORAL_NAMESPACE: server.namespace },
      ...{ REFUND_TASK_QUEUE: taskQueue, ORDER: order, PYTHONIOENCODING: 'utf-8' },
      ...variables,
    },
    timeoutMs: RUN_MS,
  });
  print(`\n${name}, ${how}:\n${indented(output)}`);
  const difference = differenceOf(output, expectedLines(ROOT, language));
  const mistakes = [
    ...(ok ? [] : [`it failed:\n${indented(problem)}`]),
    ...(difference === undefined ? [] : [difference]),
    ...wrongInBooks(simulators, order),
  ];
  for (const mistake of mistakes) print(`  FAILED: ${mistake}`);
  return mistakes.length === 0;
}

function indented(text: string): string {
  return text.trimEnd().replace(/^/gm, '  ');
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

void main(process.argv.slice(2))
  .catch((error: unknown) => {
    process.stderr.write(
      `\nThe examples failed: ${error instanceof Error ? error.message : String(error)}\n`,
    );
    return 1;
  })
  .then((code) => process.exit(code));
