import type { Command as Program } from 'commander';
import { Option } from 'commander';
import type { RefundClient } from '../client';
import type { TextSource } from './input';
import type { Terminal } from './terminal';

/** What a command answers: for programs, for people, and whether it ends in failure. */
export interface Answer {
  json: unknown;
  /** Made only for people, because it may ask once more. */
  text: string | (() => Promise<string>);
  /** For standard error, when a person reads. */
  hint?: string;
  failed?: boolean;
}

/** A command that still needs a connection. */
export type Command = (client: RefundClient) => Promise<Answer>;

/** Runs a command that needs a connection, and prints its answer. */
export type Execute = (command: Command, options: Json) => Promise<void>;

/** What each group of commands is registered with. */
export interface CommandLine {
  /** Adds a command with what all of them have. */
  add: (usage: string, description: string) => Program;
  execute: Execute;
  stdin: TextSource;
  /** Where somebody can be asked; absent in a pipe. */
  terminal: Terminal | undefined;
  /** Tells at once what happens while a command runs. */
  say: (line: string, options: Json) => void;
}

/** The option that every command has. */
export interface Json {
  json?: boolean;
}

/** The argument of every command about one refund. */
export const REFUND_ID = ['<id>', 'refund id'] as const;

/** An option with a fixed set of values. */
export function choice(flags: string, description: string, choices: readonly string[]): Option {
  return new Option(flags, description).choices(choices);
}
