import { InvalidArgumentError } from 'commander';
import type { RefundRow } from '../client/operator';
import { isId } from '../client/shell';
import { PROVIDER_NAMES } from '../domain/plan';
import { PROBLEM_CODES } from '../domain/provider-answers';

/** Which refunds are meant by one cause of theirs. */
export interface Where {
  /** As `RefundReason` has it: `<provider>:<code>`. */
  reason: string;
  orderId?: string;
}

const SHOULD_BE =
  'It must be reason=<provider>:<code> as "refund list --attention --json" names it, such as reason=wyre:merchantBalance; ' +
  ',order=<id> after it leaves out other orders.';

const CONDITIONS: Readonly<Record<string, (value: string) => Partial<Where> | undefined>> = {
  reason: (reason) => (isReason(reason) ? { reason } : undefined),
  order: (orderId) => (isId(orderId) ? { orderId } : undefined),
};

/**
 * Reads conditions such as `reason=wyre:merchantBalance,order=order-77`, each at most once.
 * @throws InvalidArgumentError for every other text: a condition that is misread could settle what was not meant
 */
export function parseWhere(text: string): Where {
  const where: Partial<Where> = {};
  for (const part of text.split(',')) {
    const [, name = '', value = ''] = /^ *([a-z]+)=(\S+) *$/.exec(part) ?? [];
    const condition = Object.hasOwn(CONDITIONS, name) ? CONDITIONS[name]?.(value) : undefined;
    if (!condition || Object.keys(condition).some((key) => key in where))
      throw new InvalidArgumentError(SHOULD_BE);
    Object.assign(where, condition);
  }
  const { reason, ...rest } = where;
  if (reason === undefined) throw new InvalidArgumentError(SHOULD_BE);
  return { reason, ...rest };
}

/** Whether the server lists a refund as one of those. */
export function isMeant(row: Pick<RefundRow, 'reason' | 'orderId'>, { reason, orderId }: Where): boolean {
  return row.reason === reason && (orderId === undefined || row.orderId === orderId);
}

function isReason(text: string): boolean {
  return PROVIDER_NAMES.some((name) => PROBLEM_CODES.some((code) => text === `${name}:${code}`));
}
