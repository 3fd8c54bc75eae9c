import { readFile } from 'node:fs/promises';
import { InvalidRefundRequestError } from '../client';
import { UsageError } from './exit-codes';

/** Text that comes in pieces, such as standard input. */
export type TextSource = AsyncIterable<Buffer | string>;

/**
 * Reads a request: JSON from a file, or from standard input for `-`.
 * @throws UsageError, InvalidRefundRequestError; neither repeats what was read
 */
export async function readRequest(file: string, stdin: TextSource): Promise<unknown> {
  const text = file === '-' ? await readAll(stdin) : await readText(file);
  try {
    return JSON.parse(text.replace(/^\uFEFF/, '')) as unknown;
  } catch {
    throw new InvalidRefundRequestError(['(request): is not JSON']);
  }
}

/**
 * Reads a text file.
 * @throws UsageError
 */
export async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new UsageError(`${file} cannot be read (${why}); nothing was started.`);
  }
}

async function readAll(source: TextSource): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of source) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces).toString('utf8');
}
