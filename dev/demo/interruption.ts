/*
 * Imported before everything else, because loading the rest takes a moment in which Ctrl-C may come already.
 */

/** npm passes Ctrl-C on to a process that has it from the terminal already. Milliseconds. */
const ONE_PRESS_MS = 500;

const interruption = new AbortController();
let pressedAt: number | undefined;
/** Until there is anything to bring to an end, what was started simply goes with this process. */
let end: () => void = () => process.exit(0);

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, press);

/** Aborted by Ctrl-C (or SIGTERM), which from now on no longer ends the process by itself. A second press does. */
export function catchInterruption(): AbortSignal {
  end = () => interruption.abort();
  return interruption.signal;
}

/** Resolves once a signal is aborted. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function press(): void {
  if (pressedAt === undefined) {
    pressedAt = performance.now();
    end();
  } else if (performance.now() - pressedAt > ONE_PRESS_MS) {
    process.exit(130);
  }
}
