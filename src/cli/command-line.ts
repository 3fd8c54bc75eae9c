import type { Command as Program } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import { parseDuration } from '../config/duration';
import type { FindReplayable, OperatorClient } from '../client/operator';
import type { ReadRun } from './away';
import type { ReplayAll } from './replay';
import { orderIdOf, refundIdOf } from './ids';
import type { TextSource } from './input';
import type { Terminal } from './terminal';

/** What a command replies: for programs, for people, and whether it ends in failure. */
export interface Reply {
  json: unknown;
  /** Made only for people, because it may ask once more; empty where all was told already. */
  text: string | (() => Promise<string>);
  /** For standard error, when a person reads. */
  hint?: string;
  failed?: boolean;
}

/** A command that still needs a connection. */
export type Command = (client: OperatorClient) => Promise<Reply>;

/** Runs a command that needs a connection, and prints its reply. */
export type Execute = (command: Command, options: Json) => Promise<void>;

/** What each group of commands is registered with. */
export interface CommandLine {
  /** Adds a command with what all of them have. */
  add: (usage: string, description: string) => Program;
  execute: Execute;
  /** Prints a reply that needed no connection. */
  print: (reply: Reply, options: Json) => Promise<void>;
  stdin: TextSource;
  /** Where somebody can be asked; absent in a pipe. */
  terminal: Terminal | undefined;
  /** Where progress is drawn; absent where standard error is no terminal. */
  screen: { write(text: string): unknown } | undefined;
  /** Tells at once what happens while a command runs. */
  say: (line: string, options: Json) => void;
  /** Tells at once what is not the reply: on standard error. */
  note: Note;
  /** Makes the commands in a text reach the server that was named on this command line; what is printed is so already. */
  reach: (text: string) => string;
  /** Reads a refund from its history, where no worker answers. */
  readRun: ReadRun;
  /** Replays many histories on the workflow code of this installation. */
  replayAll: ReplayAll;
  /** Finds the last task from which the workers of this installation could go on with a run. */
  findReplayable: FindReplayable;
}

/** Tells a person something beside the reply, at once. */
export type Note = (text: string) => void;

/** The option that every command has. */
export interface Json {
  json?: boolean;
}

/** The argument of every command about one refund. */
export const REFUND_ID = [
  '<id>',
  'refund id, or as the Temporal UI shows it: refund:ID',
  refundIdOf,
] as const;

/** The argument of every command about one order. */
export const ORDER_ID = ['<order>', 'order id, or as the Temporal UI shows it: order:ID', orderIdOf] as const;

/** Reads the duration of an option, in milliseconds; `example` is one that would do. */
export function durationOf(example: string): (text: string) => number {
  return (text) => {
    const milliseconds = parseDuration(text);
    if (milliseconds !== undefined) return milliseconds;
    throw new InvalidArgumentError(
      `It must be a duration: a whole number and ms, s, m, h or d, such as ${example}.`,
    );
  };
}

/** An option with a fixed set of values. */
export function choice(flags: string, description: string, choices: readonly string[]): Option {
  return new Option(flags, description).choices(choices);
}
