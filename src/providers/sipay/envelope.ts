import { z } from 'zod';
import type { HttpAnswer } from '../answers';
import type { HttpResult } from '../http-answer';
import { wireInteger } from '../json';

const SUCCESS = '100';

const envelope = z.object({
  status: wireInteger,
  code: z.unknown().optional(),
  payload: z.unknown().optional(),
});

/** What every answer of Sipay's API is wrapped in (sheet: response). */
export type Envelope = z.infer<typeof envelope>;

/** The envelope of an answer; undefined when there is none. */
export function readEnvelope({ body }: HttpAnswer): Envelope | undefined {
  return envelope.safeParse(body).data;
}

/** The payload of a healthy answer; undefined when the answer proves nothing (sheet: success test). */
export function readPayload(answer: HttpAnswer): unknown {
  const known = readEnvelope(answer);
  return isGood(answer.status) && known?.status === 0 && known.code === SUCCESS ? known.payload : undefined;
}

/** Whether a status is one of the 2xx. */
export function isGood(status: number): boolean {
  return status >= 200 && status < 300;
}

/** Whether the call was refused for its token and did nothing, so that it may go out again with another (sheet: 401). */
export function wantsAnotherToken(result: HttpResult): boolean {
  return result.kind === 'answer' && result.status === 401 && readEnvelope(result)?.status !== 0;
}

/**
 * What must be mended before Sipay listens to us; undefined when it did listen (sheet: classification).
 * @param credentials names of the settings that hold our credentials
 */
export function whatToMend(answer: HttpAnswer, credentials: string): string | undefined {
  const { status } = answer;
  if (status === 401) return `Sipay refused our token (HTTP 401): check ${credentials}.`;
  if (businessCodeOf(answer) !== undefined) return undefined;
  if (status === 403) return `Sipay forbids us this call (HTTP 403): check the rights of ${credentials}.`;
  const isRoute = status === 404 || status === 405 || status === 415;
  return isRoute ? `Sipay does not know this route (HTTP ${status}): check SIPAY_BASE_URL.` : undefined;
}

/** Sipay's own code; one that repeats the HTTP status, as its 401 does, says nothing of the business. */
function businessCodeOf(answer: HttpAnswer): string | undefined {
  const code = readEnvelope(answer)?.code;
  return typeof code === 'string' && code !== String(answer.status) ? code : undefined;
}
