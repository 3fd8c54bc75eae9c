import { serve } from './engine/serve';

serve(process.env, (line) => process.stdout.write(`${line}\n`))
  .then((simulators) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void simulators.close());
  })
  .catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
