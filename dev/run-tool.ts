/** A tool of the command line. */
export interface Tool<Options> {
  usage: string;
  /** Reads the command line; undefined: only help is asked for. Throws an error that names the option that is wrong. */
  readOptions: (parameters: string[], log: (line: string) => void) => Options | undefined;
  /** Does it; gives the exit code. */
  run: (options: Options, log: (line: string) => void) => Promise<number>;
}

/** Runs a tool with the command line of this process, and ends the process with its exit code; 2 for a wrong option. */
export async function runTool<Options>(tool: Tool<Options>): Promise<void> {
  const code = await exitCodeOf(tool).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return 1;
  });
  // One that failed half-way may have left children that keep this process alive; they end with it.
  process.exit(code);
}

async function exitCodeOf<Options>({ usage, readOptions, run }: Tool<Options>): Promise<number> {
  const log = (line: string) => process.stdout.write(`${line}\n`);
  let options: Options | undefined;
  try {
    options = readOptions(process.argv.slice(2), log);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}\n`);
    return 2;
  }
  if (options !== undefined) return run(options, log);
  log(usage);
  return 0;
}
