import { readOptions } from './options';
import { exitCodeOf, showReport } from './report';
import { runChaos } from './run';

const print = (line: string) => process.stdout.write(`${line}\n`);
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());

async function main(): Promise<void> {
  const options = { ...readOptions(process.argv.slice(2), print), signal: stop.signal };
  const report = await runChaos(options);
  print(showReport(report));
  print(`\nThe report is in ${options.reportFile}`);
  process.exitCode = exitCodeOf(report);
}

main().catch((error: unknown) => {
  if (stop.signal.aborted) process.exit(130);
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
