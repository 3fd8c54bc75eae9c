import { PROVIDER_NAMES } from '../domain/plan';
import { PROBLEM_CODES } from '../domain/provider-answers';
import { REMIND_AFTER } from '../domain/reminder';
import type { RemindAfter } from '../domain/reminder';
import type { NoticeSettings } from '../notices/post';
import { parseDuration } from './duration';
import { LOOPBACK } from './providers';
import type { EnvironmentReader } from './reader';
import type { Roles } from './roles';

/** What the Standard Webhooks scheme asks of a secret. Bytes. */
const SECRET_BYTES = { least: 24, most: 64 };

/** What a worker is told of notices: each absent where nobody is told, or where its roles do not need it. */
export interface Notices {
  /** Where they go, and what signs them. */
  notices?: NoticeSettings;
  /** When people are told anew of what still waits for them. */
  remindAfter?: RemindAfter;
}

/**
 * Reads where notices go and what signs them, which only workers need that run refunds; and when people are reminded, which
 * those need that survey. One without the other is a problem.
 */
export function readNotices(reader: EnvironmentReader, { refunds, survey }: Roles): Notices {
  const url = reader.read('NOTIFY_URL', parseUrl, URL_SHOULD_BE);
  const named = reader.read('REMIND_AFTER', parseRemindAfter, REMIND_AFTER_SHOULD_BE);
  const hasUrl = reader.text('NOTIFY_URL') !== undefined;
  if (reader.text('REMIND_AFTER') !== undefined && !hasUrl)
    reader.problems.push('REMIND_AFTER is set, but NOTIFY_URL is not: reminders are notices');
  const secrets = refunds ? readSecrets(reader, hasUrl) : undefined;
  return {
    ...(url !== undefined && secrets && { notices: { url, secrets } }),
    ...(url !== undefined && survey && { remindAfter: { ...REMIND_AFTER, ...named } }),
  };
}

function readSecrets(reader: EnvironmentReader, hasUrl: boolean): string[] | undefined {
  const secrets = reader.read('NOTIFY_SECRETS', parseSecrets, SECRETS_SHOULD_BE);
  const hasSecrets = reader.text('NOTIFY_SECRETS') !== undefined;
  if (hasUrl && !hasSecrets)
    reader.problems.push('NOTIFY_SECRETS must be set, because NOTIFY_URL is: notices are always signed');
  if (hasSecrets && !hasUrl) reader.problems.push('NOTIFY_SECRETS is set, but NOTIFY_URL is not');
  return secrets;
}

const URL_SHOULD_BE = 'an https URL without credentials or fragment (http only to loopback)';
const SECRETS_SHOULD_BE =
  'one secret, or two different ones separated by a comma while one is exchanged: ' +
  'each whsec_ and the base64 of 24 to 64 random bytes';

const REMIND_AFTER_SHOULD_BE =
  'durations above zero, or off, by what is waited for, each once: approval, parked (any leg), a problem (such as ' +
  'ambiguous), or a problem at a provider (such as wyre:merchantBalance): approval=4h,ambiguous=1h,parked=off';

const REMINDED_OF: readonly string[] = [
  ...['approval', 'parked'],
  ...PROBLEM_CODES,
  ...PROVIDER_NAMES.flatMap((provider) => PROBLEM_CODES.map((code) => `${provider}:${code}`)),
];

function parseRemindAfter(text: string): RemindAfter | undefined {
  const named = new Map<string, number | null>();
  for (const part of text.split(',')) {
    const [, name = '', after = ''] = /^([A-Za-z:]+)=(\w+)$/.exec(part.trim()) ?? [];
    const milliseconds = after === 'off' ? null : parseDuration(after);
    if (milliseconds === undefined || named.has(name) || !REMINDED_OF.includes(name)) return undefined;
    named.set(name, milliseconds);
  }
  return Object.fromEntries(named);
}

function parseUrl(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, hostname, username, password, hash } = new URL(text);
  if (username || password || hash) return undefined;
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.test(hostname)) ? text : undefined;
}

function parseSecrets(text: string): string[] | undefined {
  const secrets = text.split(',').map((part) => part.trim());
  if (secrets.length > 2 || new Set(secrets).size < secrets.length) return undefined;
  return secrets.every(isSecret) ? secrets : undefined;
}

function isSecret(text: string): boolean {
  const [, encoded = ''] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text) ?? [];
  const bytes = Buffer.from(encoded, 'base64');
  const isWhole = bytes.toString('base64') === encoded;
  return isWhole && bytes.length >= SECRET_BYTES.least && bytes.length <= SECRET_BYTES.most;
}
