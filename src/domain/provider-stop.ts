import { asCode, asText, codeBlock, time } from './details/markdown';
import { faultOfPerson, faultOfWords } from './persons-words';
import { PROVIDER_NAMES, providerQueue } from './plan';
import type { ProviderName } from './plan';

/** A person's word that nothing is to move at a provider until a person resumes it. */
export interface ProviderStop {
  provider: ProviderName;
  by: string;
  reason: string;
  /** ISO 8601. */
  since: string;
}

/** What the workflow that is a stop is started with; also its memo, where the server tells it without a worker. */
export type StopInput = Pick<ProviderStop, 'provider' | 'by' | 'reason'>;

/** The argument of the update that ends a stop. */
export interface ResumeMessage {
  by: string;
  note?: string;
}

/** A movement leaves within so long of its worker having asked whether the provider is stopped, or not at all. Milliseconds. */
export const SENT_WITHIN_MS = 5_000;

const LONGEST_REASON = 200;
const LONGEST_NOTE = 500;

/** The id of the workflow whose running is the stop of a provider. */
export function stopWorkflowIdOf(taskQueue: string, provider: ProviderName): string {
  return `stop:${providerQueue(taskQueue, provider)}`;
}

/** What is wrong with a stop, in words for whoever says it; undefined when nothing is. */
export function faultOfStop(input: unknown): string | undefined {
  const { provider, by, reason } = fieldsOf(input);
  if (!(PROVIDER_NAMES as readonly unknown[]).includes(provider))
    return `provider must be one of ${PROVIDER_NAMES.join(', ')}`;
  return named('by', faultOfPerson(by)) ?? named('reason', faultOfWords(reason, LONGEST_REASON));
}

/** What is wrong with a word that resumes, likewise. */
export function faultOfResume(message: unknown): string | undefined {
  const { by, note } = fieldsOf(message);
  const faultOfNote = note === undefined ? undefined : faultOfWords(note, LONGEST_NOTE);
  return named('by', faultOfPerson(by)) ?? named('note', faultOfNote);
}

/** A stop as the server keeps it. Whatever runs under its id stops the provider, whoever began it and with what. */
export function readStop(provider: ProviderName, kept: unknown, since: Date): ProviderStop {
  const { by, reason } = fieldsOf(kept);
  return {
    provider,
    by: faultOfPerson(by) === undefined ? (by as string) : 'somebody',
    reason: faultOfWords(reason, LONGEST_REASON) === undefined ? (reason as string) : 'no reason was told',
    since: since.toISOString(),
  };
}

/** The command that ends a stop, for whoever reads of it. */
export function resumeCommand(provider: ProviderName): string {
  return `refund provider resume ${provider} --by YOU`;
}

/** A stop as Markdown, for the current details in the UI. */
export function describeStop({ provider, by, reason, since }: ProviderStop): string {
  return [
    `**${provider} has been stopped since ${time(since)} by ${asText(by)}:** ${asText(reason)}`,
    `While this workflow runs, no refund and no reversal is sent to ${provider}. Look-ups go on, and what waits is sent ` +
      `by itself once it is resumed, with ${asCode('resume')} or:`,
    codeBlock(resumeCommand(provider)),
  ].join('\n\n');
}

function named(field: string, fault: string | undefined): string | undefined {
  return fault === undefined ? undefined : `${field} ${fault}`;
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
