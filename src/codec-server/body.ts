import type { IncomingMessage } from 'node:http';

/** The most that one request may hold: a page of a history is far smaller. Bytes. */
export const LARGEST_BODY = 8 * 1_024 * 1_024;

/** The most that a log-in may hold: it is read before anybody has shown a token. Bytes. */
export const LARGEST_LOGIN = 4 * 1_024;

/** Why a body was not read. */
export type BodyRefusal = 'tooLarge' | 'tooMany';

/** Reads the bodies of one kind of request, of which only so many may be held at once. */
export type BodyReader = <Result>(
  request: IncomingMessage,
  use: (body: string) => Result,
) => Promise<Result | BodyRefusal>;

/** Makes a reader that never holds more than `largest` bytes for each of at most `atOnce` requests. */
export function createBodyReader(largest: number, atOnce: number): BodyReader {
  let reading = 0;
  return async (request, use) => {
    // Before a byte is read: a request that announces more than this, or comes when all places are taken, is refused unread.
    if (Number(request.headers['content-length'] ?? 0) > largest) return 'tooLarge';
    if (reading >= atOnce) return 'tooMany';
    reading += 1;
    try {
      const body = await readBody(request, largest);
      return body === undefined ? 'tooLarge' : use(body);
    } finally {
      reading -= 1;
    }
  };
}

async function readBody(request: IncomingMessage, largest: number): Promise<string | undefined> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size > largest) return undefined;
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}
