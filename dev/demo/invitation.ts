import { isDeepStrictEqual } from 'node:util';
import { command, fitted } from '../../src/cli/layout';
import { movementsOf, showMovements } from './books';
import type { Context } from './context';
import { linkTo, uiOf } from './links';
import { begun, ending, untilItWaits } from './play';
import type { Played } from './play';
import { createOpenScene, referenceOf } from './scenes';
import type { Scene } from './scene';

/** How long a refund that was just settled may take to come to its end. Milliseconds. */
const LAST_WAIT_MS = 10_000;

/** Leaves a parked refund for whoever watches, tells how to settle it, and tells what came of it, whatever that is. */
export async function invite(context: Context, run: string, print: (text: string) => void): Promise<void> {
  const scene = createOpenScene(run);
  const { refundId } = scene.request;
  print(`\nOne more refund, for you: ${refundId}. It is parked in a moment …`);
  const started = await begun(context, scene);
  let told: string | undefined;
  const isSettled = () => told !== undefined;
  const settled = ending(context, refundId, Infinity).then((end) => {
    told = howItWent(scene, end, context);
    print(`\n${told}`);
  });
  context.beforeClose(async () => {
    if (isSettled()) return;
    print(`\nNobody settled ${refundId}, so the demo does it.`);
    // A server that stays must not keep a refund that no worker will ever take up.
    await scene.person?.act(context).catch(() => context.refunds.cancel(refundId).catch(() => undefined));
    const late = ending(context, refundId, LAST_WAIT_MS);
    await Promise.race([settled, late]);
    if (!isSettled()) print(howItWent(scene, await late, context));
  });
  await untilItWaits(context, scene);
  print(invitation(context, scene, started));
}

/** How a refund ended that a person settled, and whether it is as the books have it. */
function howItWent(
  { request, expected }: Scene,
  { status, problems }: Pick<Played, 'status' | 'problems'>,
  { simulators }: Context,
): string {
  const movements = movementsOf(simulators, request);
  const isRight = status === expected.status && isDeepStrictEqual(movements, expected.movements);
  const told = isRight
    ? 'That is what the customer was owed, once.'
    : 'That is not what the customer was owed: what a person says is believed.';
  return [
    status === 'unknown'
      ? fitted(`${request.refundId} did not end: ${problems.join('; ')}`)
      : `${request.refundId} ended as ${status}. ${told}`,
    "The providers' books:",
    ...showMovements(request, movements).map((line) => `  ${line}`),
  ].join('\n');
}

function invitation(
  { server, simulators }: Context,
  { request }: Scene,
  started: { workflowId: string; runId: string },
): string {
  const { refundId } = request;
  const { workflowId } = started;
  const temporal = quoted(server.executable ?? 'temporal');
  const where = `--address ${server.address}${server.namespace === 'default' ? '' : ` --namespace ${server.namespace}`}`;
  const show = (...lines: string[]) => lines.map((line) => command(line, '  ')).join('\n');
  const ui = uiOf(server);
  return [
    '',
    fitted(
      `${refundId} is parked. The answer of dsquares got lost, and nobody knows whether it refunded the points. ` +
        'Everything stays up until Ctrl-C.',
    ),
    '',
    '1. See what is known:',
    show(`npx refund show ${refundId} ${where}`),
    `  ${linkTo(server, started, 'user-metadata')}`,
    '',
    fitted(
      `2. Look at dsquares. Its books show the refund of ${request.loyalty?.points ?? 0} points, under the reference ` +
        `${referenceOf(simulators, request)}:`,
    ),
    show(`curl --silent ${simulators.url}/control/books`),
    '',
    '3. So this settles it (without the options it asks you):',
    show(
      `npx refund resolve ${refundId} ${where} --leg loyalty --outcome refunded ` +
        `--reference ${referenceOf(simulators, request)} --by reader --evidence "it is in the books" --yes`,
    ),
    '',
    'Look around:',
    ...(ui === undefined ? [] : [`  ${ui}`]),
    show(
      `npx refund attention ${where}`,
      `npx refund list ${where}`,
      `${temporal} workflow query ${where} -w ${workflowId} --name getRefund`,
    ),
  ].join('\n');
}

function quoted(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
