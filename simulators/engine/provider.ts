import type { Books } from './books';
import type { Operation } from '../options';

/** What every provider stands on: the common books and clock. */
export interface World {
  books: Books;
  now(): number;
}

/** A request as a provider's rules see it. */
export interface SimulatedRequest {
  /** Decoded values of the `:name` parts of the route's path. */
  params: Record<string, string>;
  query: URLSearchParams;
  header(name: string): string | undefined;
  /** The fields of a JSON object, numbers as `LosslessNumber`; empty when the body is none. */
  fields: Record<string, unknown>;
  form: URLSearchParams;
  /** Look-ups show nothing younger than this. */
  asOf: number;
  /** Set when the movement shall stay unfinished for so many look-ups. */
  pendingReads?: number;
  /** Set when the cashback of a sale shall not go the way the request asks. */
  cashback?: 'unasked' | 'kept';
}

/** What a provider answers; no body at all where it is left out. */
export interface Answer {
  status: number;
  body?: unknown;
}

/** One call of a provider's API. */
export interface Route {
  operation: Operation;
  method: 'GET' | 'POST';
  /** Segments that begin with a colon are parameters. */
  path: string;
  /** The movement a request is about. */
  subject(request: SimulatedRequest): string | undefined;
  handle(request: SimulatedRequest): Answer;
  /** Answered without credentials. */
  open?: true;
}

/** How a provider words the answers that faults make it give. */
export interface Wording {
  unauthorized: Answer;
  tooMany: Answer;
  serverError: Answer;
  transient: Answer;
  alreadyDone: Answer;
  refused(operation: Operation, code?: string): Answer;
  /** A "no" in the provider's own envelope that no document lists. */
  unlisted(operation: Operation, code?: string): Answer;
  /** To an address that the provider does not know; without it such an answer has no body. */
  unknownRoute?(status: 404 | 405): Answer;
  /** Fields that make a success say failure too. */
  contradiction: Record<string, unknown>;
  amountFields: readonly string[];
  referenceFields: readonly string[];
}

/** One provider: its API and how it words trouble. */
export interface ProviderSimulator {
  readonly routes: readonly Route[];
  readonly wording: Wording;
  /** How long a movement stays out of the look-ups, in milliseconds. */
  readonly lookUpDelayMs: number;
  /** @returns the refusal, or undefined when the credentials are right */
  authorize(request: SimulatedRequest): Answer | undefined;
  /** Refunds by hand what a request is about, if the provider lets it. */
  refundInPanel(request: SimulatedRequest): void;
}
