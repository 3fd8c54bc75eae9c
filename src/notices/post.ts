import http from 'node:http';
import https from 'node:https';
import { signedHeaders } from './sign';

/** Where notices go, and what they are signed with. */
export interface NoticeSettings {
  url: string;
  /** One, or two while one is exchanged for the other. */
  secrets: readonly string[];
}

/** What a receiver made of one attempt; `refused` with its status, `unanswered` with why, in words that hold no address. */
export type PostResult =
  { kind: 'taken' } | { kind: 'refused'; status: number } | { kind: 'unanswered'; why: string };

/** Posts a notice once. */
export type PostNotice = (id: string, body: string) => Promise<PostResult>;

/** How long a receiver may take until it begins to answer. Milliseconds. */
const ANSWER_MS = 15_000;

/** The most of an answer's body that is read, only so that its sender can end it in peace. Bytes. */
const MOST_READ = 65_536;

/** Makes a function that posts to this receiver and to nobody else: no redirect is followed, no proxy is used. */
export function createPost({ url, secrets }: NoticeSettings, answerMs = ANSWER_MS): PostNotice {
  const target = new URL(url);
  return (id, body) =>
    new Promise((resolve) => {
      const headers = {
        'content-type': 'application/json',
        'content-length': String(Buffer.byteLength(body)),
        'user-agent': 'refund-saga',
        ...signedHeaders(id, body, secrets, new Date()),
      };
      const request = send(target, headers, answerMs, (status) =>
        resolve(status >= 200 && status < 300 ? { kind: 'taken' } : { kind: 'refused', status }),
      );
      request.on('error', (error) => resolve({ kind: 'unanswered', why: whyOf(error, answerMs) }));
      request.end(body);
    });
}

/** The answer is its status: whatever stands in its body, and however long that is, changes nothing. */
function send(
  target: URL,
  headers: http.OutgoingHttpHeaders,
  answerMs: number,
  onStatus: (status: number) => void,
): http.ClientRequest {
  const transport = target.protocol === 'https:' ? https : http;
  const options = { ...OWN_OPTIONS, method: 'POST', headers, signal: AbortSignal.timeout(answerMs) };
  return transport.request(target, options, (response) => {
    onStatus(response.statusCode ?? 0);
    let read = 0;
    response.on('data', (chunk: Buffer) => {
      read += chunk.length;
      if (read > MOST_READ) response.destroy();
    });
    response.on('error', () => undefined);
  });
}

/** A connection for each attempt: there are few, and none of them meets the end of an old one. */
const OWN_OPTIONS = { agent: false, maxHeaderSize: 16_384, insecureHTTPParser: false } as const;

function whyOf(error: Error, answerMs: number): string {
  if (error.name === 'AbortError') return `it did not answer within ${answerMs / 1_000} s`;
  const code = 'code' in error ? String(error.code) : '';
  return /^[A-Z][A-Z0-9_]{1,60}$/.test(code) ? code : 'it could not be reached';
}
