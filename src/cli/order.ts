import type { OrderState, UntoldEnd } from '../client/operator';
import { idInCommand } from '../client/shell';
import { holding, paymentRows, releaseCommand, shareRows } from '../domain/order/view';
import { together } from '../client/together';
import { ORDER_ID } from './command-line';
import type { CommandLine, Json } from './command-line';
import { orderFinding, showOrderFinding } from './cut-off-orders';
import { UsageError } from './exit-codes';
import { inFile, saidText } from './said-text';
import { sending } from './sending';
import { talk } from './terminal';
import { timeWithAge } from './ages';
import { refundIdOf } from './ids';
import { command, table } from './layout';
import { plain } from './text';

interface ReleaseOptions extends Json {
  refund: string;
  by: string;
  evidence?: string;
  evidenceFile?: string;
  yes?: boolean;
}

/** `refund order` and `refund order release`. */
export function registerOrder({ add, execute, terminal, stdin }: CommandLine): void {
  const order = add('order', 'what the refunds of an order hold and have refunded, and what is left')
    .argument(...ORDER_ID)
    .action((id: string, options: Json) =>
      execute(async (client) => {
        const state = await client.order(id);
        const [untold, cutOff] = await together([client.untoldEnds(state), client.cutOffOrder(id)]);
        const found = cutOff && orderFinding(cutOff);
        return {
          json: { ...state, untold, ...(found && { cutOff: found }) },
          text: [...(found ? [showOrderFinding(found)] : []), showOrder(state, untold)].join('\n\n'),
        };
      }, options),
    );
  order
    .command('release')
    .description('release what a refund holds that was terminated, or that a person declined without proof')
    .argument(...ORDER_ID)
    .requiredOption('--refund <id>', 'the refund that holds it', refundIdOf)
    .requiredOption('--by <id>', 'who says so')
    .option('--evidence <text>', 'what you saw at the provider')
    .option('--evidence-file <file>', inFile('--evidence'))
    .option('--yes', 'release it without asking you to confirm')
    .action(
      async (id: string, { refund, by, evidence: text, evidenceFile: file, yes = false }: ReleaseOptions) => {
        const evidence = await saidText('--evidence', { text, file }, stdin);
        if (!evidence) throw new UsageError('Missing: --evidence, or --evidence-file; nothing was released.');
        await execute(async (client) => {
          if (!yes) await confirm(terminal, refund);
          const release = { orderId: id, refundId: refund, by, evidence };
          const state = await sending(`refund order ${idInCommand(id)}`, () => client.releaseHold(release));
          return { json: state, text: `Released.\n\n${showOrder(state, [])}` };
        }, order.opts<Json>());
      },
    );
}

async function confirm(terminal: CommandLine['terminal'], refundId: string): Promise<void> {
  if (!terminal) throw new UsageError('Nothing was released: where nobody can be asked, add --yes.');
  await talk(terminal, (person) =>
    person.confirm(
      `Release only if you saw at the provider that nothing of refund ${refundId} was refunded, and that nothing of it ` +
        'is under way: other refunds of the order may then refund that money. Release it?',
    ),
  );
}

function showOrder(order: OrderState, untold: readonly UntoldEnd[]): string {
  const { orderId, refunds } = order;
  return [
    plain(`Order ${orderId}: ${refunds.length} refund${refunds.length === 1 ? '' : 's'}`),
    table(
      ['REFUND', 'LEG', 'AMOUNT', 'STATE', 'SINCE'],
      shareRows(order).map(({ refundId, leg, amount, state, since }) => [
        refundId,
        leg,
        amount,
        state === 'held' ? heldAs(untold.find((end) => end.refundId === refundId)) : state,
        timeWithAge(since),
      ]),
    ),
    table(
      ['PAYMENT', 'PAID', 'HELD', 'REFUNDED', 'LEFT'],
      paymentRows(order).map(({ name, paid, held, refunded, left }) => [
        ...[name, paid ?? 'not told', held, refunded, left ?? 'not known'],
      ]),
    ),
    ...untold.map((end) => howToGoOn(orderId, end)),
    ...holding(order, 'ended').map(({ refundId }) =>
      [
        plain(
          `Refund ${refundId} has ended and still holds a share: only a person, and not its provider, said that it is ` +
            'not refunded. If you see at the provider that it is not:',
        ),
        command(releaseCommand(orderId, refundId)),
      ].join('\n'),
    ),
  ].join('\n\n');
}

function heldAs(untold: UntoldEnd | undefined): string {
  if (!untold) return 'held';
  return untold.end === 'cutOff' ? 'held, cut off' : 'held, ended';
}

function howToGoOn(orderId: string, { refundId, end }: UntoldEnd): string {
  const release = command(releaseCommand(orderId, refundId));
  return end === 'cutOff'
    ? [
        plain(`Refund ${refundId} was cut off and still holds a share. Let it find out what it sent:`),
        `refund heal ${idInCommand(refundId)}`,
        'Only where it cannot be healed, and you see at the provider that nothing was refunded:',
        release,
      ].join('\n')
    : [
        plain(
          `Refund ${refundId} has ended, and its order was not told. Release it: what it ended with as refunded counts ` +
            'as refunded then, and the rest is free again.',
        ),
        release,
      ].join('\n');
}
