import { parseDuration } from './duration';

/** The environment a process was started with. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What is wrong with the configuration, all of it at once: each variable by name, never a value. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';

  constructor(readonly problems: readonly string[]) {
    super(
      `The configuration is wrong; nothing was started.\n${problems.map((problem) => `- ${problem}`).join('\n')}`,
    );
  }
}

/** Reads variables one by one and collects what is wrong with them. An empty variable counts as unset. */
export class EnvironmentReader {
  readonly problems: string[] = [];

  constructor(private readonly environment: Environment) {}

  text(name: string): string | undefined {
    const value = this.environment[name]?.trim();
    return value === '' ? undefined : value;
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
