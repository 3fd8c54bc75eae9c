import { setTimeout as pause } from 'node:timers/promises';
import { movementsOf, showMovements } from './books';
import { linkTo, uiOf } from './links';
import { startSeeded } from './play';
import { createOpenRefund } from './scenes';
import type { Stage } from './stage';

/** How long a refund that was just decided may take to come to its end. Milliseconds. */
const LAST_WAIT_MS = 5_000;

/** Leaves one refund for whoever watches, tells how to decide on it, and tells what came of it. */
export async function invite(stage: Stage, run: string, print: (text: string) => void): Promise<void> {
  const request = createOpenRefund(run);
  const { refundId } = request;
  const started = await startSeeded(stage, request);
  let closing = false;
  const ended = stage.refunds.result(refundId).then(
    ({ status }) => {
      if (closing) return;
      const books = showMovements(request, movementsOf(stage.simulators, request));
      print(
        `\n${refundId} ended as ${status}. The providers' books:\n${books.map((line) => `  ${line}`).join('\n')}`,
      );
    },
    () => undefined,
  );
  stage.beforeClose(async () => {
    closing = true;
    // A server that stays must not keep a refund that no worker will ever take up.
    await stage.refunds.decide({ refundId, decision: 'reject', by: 'demo' }).catch(() => undefined);
    await Promise.race([ended, pause(LAST_WAIT_MS, undefined, { ref: false })]);
  });
  print(invitation(stage, started));
}

function invitation(
  { server, simulators }: Stage,
  started: { refundId: string; workflowId: string; runId: string },
): string {
  const { refundId, workflowId } = started;
  const temporal = quoted(server.executable ?? 'temporal');
  const where = `--address ${server.address}${server.namespace === 'default' ? '' : ` --namespace ${server.namespace}`}`;
  const ours = `TEMPORAL_ADDRESS=${server.address} npm run --silent refund --`;
  const approve = '{"decision":"approve","by":"YOUR NAME","note":"WHY"}';
  const ui = uiOf(server);
  return [
    '',
    `One more refund waits for you: ${refundId}. Everything stays up until Ctrl-C.`,
    `  ${linkTo(server, started, 'user-metadata')}`,
    '',
    'Look around:',
    ...(ui === undefined ? [] : [`  ${ui}`]),
    `  ${temporal} workflow list ${where} --query "RefundNeedsAttention=true"`,
    `  ${temporal} workflow metadata ${where} -w ${workflowId}`,
    `  ${temporal} workflow query ${where} -w ${workflowId} --name getRefund`,
    `  ${ours} list`,
    `  ${ours} attention`,
    `  ${ours} show ${refundId}`,
    `  curl ${simulators.url}/control/books`,
    '',
    'Decide, by Temporal or by this project (or "reject"):',
    `  ${temporal} workflow update execute ${where} -w ${workflowId} --name decide --input '${approve}'`,
    `  ${ours} approve ${refundId} --by "YOUR NAME" --note "WHY"`,
  ].join('\n');
}

function quoted(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
