import { InvalidRefundRequestError } from '../client/operator';
import type { RefundRequest } from '../client/operator';
import { checkRequests } from '../client/start-all';
import { UsageError } from './exit-codes';
import { parseRequest, readInput } from './input';
import type { TextSource } from './input';
import { counted } from './sums';

/** A request and the number of its line. */
export interface RequestLine {
  line: number;
  request: RefundRequest;
}

/** Lines that are no requests, or that have a refund id in common. */
export class InvalidLinesError extends Error {
  override readonly name = 'InvalidLinesError';

  constructor(problems: readonly string[]) {
    super(
      `The file holds ${counted(problems.length, 'mistake')}; nothing was started. Correct it and start it again.\n` +
        problems.join('\n'),
    );
  }
}

/**
 * Reads a file with a request on each line, and checks all of them. Empty lines are left out, and counted.
 * @throws InvalidLinesError naming every mistake by line and path, UsageError; neither repeats what was read
 */
export async function readLines(file: string, stdin: TextSource): Promise<RequestLine[]> {
  const lines = (await readInput(file, stdin))
    .split('\n')
    .map((text, index) => ({ text, line: index + 1 }))
    .filter(({ text }) => text.trim() !== '');
  if (lines.length === 0) throw new UsageError('There is no request in the file; nothing was started.');
  try {
    const requests = checkRequests(
      lines.map(({ text, line }) => ({ name: `line ${line}`, read: () => parseRequest(text) })),
    );
    return requests.map((request, index) => ({ line: lines[index]?.line ?? 0, request }));
  } catch (error) {
    throw error instanceof InvalidRefundRequestError ? new InvalidLinesError(error.problems) : error;
  }
}
