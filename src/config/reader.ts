import { readFileSync } from 'node:fs';
import { parseDuration } from './duration';

/** The environment a process was started with. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What is wrong with the configuration, all of it at once: each variable by name, never a value. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  /** As the errors of the client have one. */
  readonly code = 'configuration';

  constructor(readonly problems: readonly string[]) {
    super(
      `The configuration is wrong; nothing was started.\n${problems.map((problem) => `- ${problem}`).join('\n')}`,
    );
  }
}

/** Variables that hold a secret, and can be given as the path of a file instead: `<NAME>_FILE`. */
export const SECRETS = [
  'APPROVER_KEYS',
  'CODEC_SERVER_TOKEN',
  'DSQUARES_CLIENT_ID',
  'MIRCATE_API_KEY',
  'NOTIFY_SECRETS',
  'PAYLOAD_KEYS',
  'PAYWALL_API_CLIENT',
  'PAYWALL_API_KEY',
  'SIPAY_CLIENT_ID',
  'SIPAY_CLIENT_SECRET',
  'SIPAY_TOKEN',
  'TEMPORAL_API_KEY',
  'WYRE_API_KEY',
] as const;

/** Reads variables one by one and collects what is wrong with them. An empty variable counts as unset. */
export class EnvironmentReader {
  readonly problems: string[] = [];
  /** Of files that were read: each once, so that a value does not change while it is checked. */
  readonly #contents = new Map<string, string | undefined>();

  constructor(private readonly environment: Environment) {}

  text(name: string): string | undefined {
    const value = this.#variable(name);
    const path = this.fileOf(name);
    if (path === undefined) return value;
    if (value === undefined) return this.#content(`${name}_FILE`, path);
    this.problems.push(`${name} and ${name}_FILE are both set: set one of them`);
    return value;
  }

  /** The path of the file that holds a secret; undefined where none is named. */
  fileOf(name: string): string | undefined {
    return (SECRETS as readonly string[]).includes(name) ? this.#variable(`${name}_FILE`) : undefined;
  }

  /** Whether a variable, or the file that holds it, is named; nothing of it is read. */
  isSet(name: string): boolean {
    return this.#variable(name) !== undefined || this.fileOf(name) !== undefined;
  }

  #variable(name: string): string | undefined {
    const value = this.environment[name]?.trim();
    return value === '' ? undefined : value;
  }

  #content(name: string, path: string): string | undefined {
    if (!this.#contents.has(path)) this.#contents.set(path, readSecret(path));
    const content = this.#contents.get(path);
    if (content === undefined) this.problems.push(`${name} must be the path of a file that holds the secret`);
    return content;
  }

  /** A variable read by `parse`, which answers undefined for what it does not accept. */
  read<Value>(name: string, parse: (text: string) => Value | undefined, shouldBe: string): Value | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = parse(text);
    if (value === undefined) this.problems.push(`${name} must be ${shouldBe}`);
    return value;
  }

  /** Milliseconds. */
  duration(name: string, fallback: string): number {
    const read = this.read(name, parseDuration, 'a duration above zero: a whole number and ms, s, m, h or d');
    return read ?? parseDuration(fallback) ?? 0;
  }

  integer(name: string, lowest: number, highest: number): number | undefined {
    const parse = (text: string) => {
      const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
      return value >= lowest && value <= highest ? value : undefined;
    };
    return this.read(name, parse, `a whole number from ${lowest} to ${highest}`);
  }

  flag(name: string): boolean {
    const parse = (text: string) => ({ true: true, false: false })[text];
    return this.read(name, parse, 'true or false') ?? false;
  }

  /** @throws ConfigurationError when anything was wrong */
  finish(): void {
    if (this.problems.length > 0) throw new ConfigurationError([...new Set(this.problems)]);
  }
}

/** What a file holds, without white space around it; undefined when it cannot be read, or holds nothing. */
export function readSecret(path: string): string | undefined {
  try {
    const content = readFileSync(path, 'utf8').trim();
    return content === '' ? undefined : content;
  } catch {
    return undefined;
  }
}
