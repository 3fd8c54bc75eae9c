import { originalOf } from '../../../simulators/originals';
import { own } from '../../../simulators';
import type { RefundRequest } from '../../../src/client';
import type { RefundRow } from '../../../src/client/overview';
import { LEG_NAMES } from '../../../src/domain/plan';
import type { Stack } from './stack';

/**
 * Does what a person does about a parked leg: looks into the books of its provider, as into its panel, and says what they
 * show. Whatever is refused is shown by the refund's end.
 */
export async function resolveParked(
  stack: Stack,
  request: RefundRequest,
  { reason }: RefundRow,
): Promise<void> {
  const provider = reason?.split(':')[0];
  const leg = LEG_NAMES.find((name) => request[name]?.provider === provider);
  const asked = leg && request[leg];
  if (!asked) throw new Error(`${request.refundId} waits for a person because of ${reason}`);
  const { output: shown } = await stack.tryInWorker(['refund', 'show', request.refundId]);
  const [, seen] = /--seen (\S+)/.exec(shown) ?? [];
  if (seen === undefined) return;
  const [found] = own((await stack.books()).of(asked.provider, originalOf(asked)));
  const outcome = found
    ? ['--outcome', 'refunded', '--reference', found.providerReference]
    : ['--outcome', 'resend'];
  await stack.tryInWorker([
    ...['refund', 'resolve', request.refundId, '--leg', leg, ...outcome],
    ...['--by', 'ana', '--evidence', 'seen in its books', '--seen', seen, '--yes'],
  ]);
}
