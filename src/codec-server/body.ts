import type { IncomingMessage } from 'node:http';

/** The most that one request may hold: a page of a history is far smaller. Bytes. */
export const LARGEST_BODY = 8 * 1_024 * 1_024;

/** Reads a body; undefined when it is larger than allowed, as soon as that is known. */
export async function readBody(request: IncomingMessage): Promise<string | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > LARGEST_BODY) return undefined;
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size > LARGEST_BODY) return undefined;
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}
