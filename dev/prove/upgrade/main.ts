import { readOptions } from './options';
import { judge, showReport } from './report';
import { proveUpgrade } from './session';

const print = (line: string) => process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  const outcome = await proveUpgrade(readOptions(process.argv.slice(2), print));
  print(`\n${showReport(outcome)}`);
  process.exitCode = judge(outcome).proven ? 0 : 1;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
