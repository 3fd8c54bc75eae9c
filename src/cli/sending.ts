/** Somebody pressed Ctrl-C while something was being sent, of which no reply tells any more. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
}

/**
 * Sends something; Ctrl-C meanwhile ends the wait for the reply, and says what that leaves open.
 * @param look the command that shows what became of it
 * @throws InterruptedError
 */
export async function sending<Reply>(look: string, send: () => Promise<Reply>): Promise<Reply> {
  let interrupt: () => void = () => undefined;
  const interrupted = new Promise<never>((_, reject) => {
    interrupt = () =>
      reject(
        new InterruptedError(
          `Interrupted: it was sent, and may or may not have counted. Before you send it again, look with: ${look}`,
        ),
      );
  });
  process.once('SIGINT', interrupt);
  try {
    return await Promise.race([send(), interrupted]);
  } finally {
    process.off('SIGINT', interrupt);
  }
}
