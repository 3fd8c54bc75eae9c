import { compare } from './compare';
import { growth } from './growth';
import { hang } from './hang';
import { heap } from './heap';
import { readOptions, USAGE } from './options';
import type { BenchOptions } from './options';
import { quick } from './quick';

const MODES: Record<BenchOptions['mode'], (options: BenchOptions) => Promise<boolean>> = {
  compare: compare,
  quick,
  growth,
  heap,
  hang,
};

async function main(parameters: string[]): Promise<number> {
  const log = (line: string) => process.stdout.write(`${line}\n`);
  let options: BenchOptions | undefined;
  try {
    options = readOptions(parameters, log);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}\n`);
    return 2;
  }
  if (options === undefined) {
    log(USAGE);
    return 0;
  }
  return (await MODES[options.mode](options)) ? 0 : 1;
}

void main(process.argv.slice(2))
  .catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return 1;
  })
  // A process that failed half-way may have children that keep it alive; they end with it.
  .then((code) => process.exit(code));
