import { InvalidArgumentError, Option } from 'commander';
import type { ListPageOptions, RefundFilter } from '../client/operator';
import { PROVIDER_NAMES } from '../domain/plan';
import { FINAL_STATUSES } from '../domain/state';
import { choice } from './command-line';
import type { Command, CommandLine, Json } from './command-line';
import { orderIdOf } from './ids';
import { showRows } from './show';

const STATUSES = ['planning', 'awaitingApproval', 'refunding', 'compensating', ...FINAL_STATUSES, 'invalid'];

type ListOptions = Pick<RefundFilter, 'status' | 'waitingOn'> & {
  order?: string;
  attention?: boolean;
  limit: number;
  after?: string;
};

/** `refund list`. */
export function registerList({ add, execute }: CommandLine): void {
  add('list', 'list refunds, the newest first')
    .addOption(choice('--status <status>', 'only with this status', STATUSES))
    .option('--order <id>', 'only of this order', orderIdOf)
    .addOption(choice('--waiting-on <whom>', 'only waiting for', ['approval', 'operator', ...PROVIDER_NAMES]))
    .option('--attention', 'only those for which a person must act')
    .addOption(countOption('--limit <count>', 'at most this many', 50))
    .option('--after <place>', 'the next page: the place that the previous page named')
    .action(({ json, order, attention, ...filter }: Json & ListOptions) =>
      execute(
        listCommand({
          ...filter,
          ...(order !== undefined && { orderId: order }),
          ...(attention && { needsAttention: true }),
        }),
        { json },
      ),
    );
}

function listCommand(filter: ListPageOptions & { limit: number }): Command {
  return async (client) => {
    const { rows, next } = await client.listPage(filter);
    const hint = `There may be more: the same command with --after ${next ?? ''}`;
    return { json: rows, text: showRows(rows), ...(next !== null && { hint }) };
  };
}

/** An option that takes a number from 1 to 1000. */
export function countOption(flags: string, description: string, usual: number): Option {
  return new Option(flags, `${description}, 1 to 1000`).argParser(parseCount).default(usual);
}

function parseCount(text: string): number {
  const limit = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > 1_000) throw new InvalidArgumentError('It must be a whole number from 1 to 1000.');
  return limit;
}

/** Reads a number of things on a page. */
export function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1.');
  return Number(text);
}
