import { InvalidArgumentError, Option } from 'commander';
import type { RefundFilter } from '../client';
import { PROVIDER_NAMES } from '../domain/plan';
import { FINAL_STATUSES } from '../domain/state';
import { choice } from './command-line';
import type { Command, CommandLine, Json } from './command-line';
import { showRows } from './show';

const STATUSES = ['planning', 'awaitingApproval', 'refunding', 'compensating', ...FINAL_STATUSES, 'invalid'];

type ListOptions = Pick<RefundFilter, 'status' | 'waitingOn'> & {
  order?: string;
  attention?: boolean;
  limit: number;
};

/** `refund list`. */
export function registerList({ add, execute }: CommandLine): void {
  add('list', 'list refunds, the newest first')
    .addOption(choice('--status <status>', 'only with this status', STATUSES))
    .option('--order <id>', 'only of this order')
    .addOption(choice('--waiting-on <whom>', 'only waiting for', ['approval', 'operator', ...PROVIDER_NAMES]))
    .option('--attention', 'only those for which a person must act')
    .addOption(limitOption(50))
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

function listCommand(filter: RefundFilter & { limit: number }): Command {
  return async (client) => {
    const rows = await client.list(filter);
    const hint = `Only the newest ${filter.limit} are shown; there may be more (--limit).`;
    return { json: rows, text: showRows(rows), ...(rows.length === filter.limit && { hint }) };
  };
}

/** How many refunds are shown at most. */
export function limitOption(most: number): Option {
  return new Option('--limit <count>', 'at most so many, 1 to 1000').argParser(parseLimit).default(most);
}

function parseLimit(text: string): number {
  const limit = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > 1_000) throw new InvalidArgumentError('It must be a whole number from 1 to 1000.');
  return limit;
}
