import { readFile } from 'node:fs/promises';
import { InvalidRefundRequestError } from '../client/operator';
import { duplicateKeys } from './duplicate-keys';
import { UsageError } from './exit-codes';

/** Text that comes in pieces, such as standard input. */
export type TextSource = AsyncIterable<Buffer | string>;

/**
 * Reads a request: JSON from a file, or from standard input for `-`.
 * @throws UsageError, InvalidRefundRequestError; neither repeats what was read
 */
export async function readRequest(file: string, stdin: TextSource): Promise<unknown> {
  return parseRequest(await readInput(file, stdin));
}

/**
 * Reads the text of a file, or of standard input for `-`.
 * @throws UsageError
 */
export async function readInput(file: string, stdin: TextSource): Promise<string> {
  return (file === '-' ? await readAll(stdin) : await readText(file)).replace(/^\uFEFF/, '');
}

/**
 * Parses the text of one request.
 * @throws InvalidRefundRequestError, which does not repeat the text
 */
export function parseRequest(text: string): unknown {
  const request = parse(text);
  const twice = duplicateKeys(text);
  if (twice.length > 0)
    throw new InvalidRefundRequestError(twice.map((path) => `${path}: appears more than once`));
  return request;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new InvalidRefundRequestError(['(request): is not JSON']);
  }
}

/**
 * Reads a text file.
 * @throws UsageError
 */
export async function readText(file: string): Promise<string> {
  if (file === '') throw new UsageError('The path of a file is empty; nothing was started or sent.');
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new UsageError(`${file} cannot be read (${why}); nothing was started or sent.`);
  }
}

async function readAll(source: TextSource): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of source) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces).toString('utf8');
}
