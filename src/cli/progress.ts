/** How far something is, as one line at the bottom of a terminal. */
export interface Progress {
  /** Draws it anew, below what `write` prints. */
  step: (write: () => void) => void;
  /** Takes it off the screen. */
  end: () => void;
}

const WIDTH = 40;
const ERASE = '\r\u001B[K';

/** Shows how many of so many are done; without a screen it only prints. */
export function showProgress(
  total: number,
  noun: string,
  screen: { write(text: string): unknown } | undefined,
): Progress {
  let done = 0;
  return {
    step: (write) => {
      screen?.write(ERASE);
      write();
      done += 1;
      screen?.write(`${barOf(done / total)} ${done} of ${total} ${noun}`);
    },
    end: () => void screen?.write(ERASE),
  };
}

function barOf(share: number): string {
  return `[${'#'.repeat(Math.floor(share * WIDTH)).padEnd(WIDTH, '.')}]`;
}
