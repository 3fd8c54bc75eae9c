import { catchInterruption, untilAborted } from './interruption';
import { invite } from './invitation';
import { uiOf } from './links';
import { play } from './play';
import type { Played } from './play';
import { findMistakes, showTable } from './report';
import { createScenes } from './scenes';
import { openStage } from './stage';
import type { Stage } from './stage';

/** Unique to a run of the demo, so that it can be repeated against the same server. */
const RUN = `demo-${Math.floor(Date.now() / 1_000).toString(36)}`;

/**
 * Runs the demo.
 * @returns the exit code: 1 when a refund did not end as it should
 */
async function main(parameters: readonly string[]): Promise<number> {
  if (parameters.some((parameter) => parameter !== '--exit')) {
    process.stderr.write('Usage: npm run demo [-- --exit]\n');
    return 2;
  }
  const server = process.env.TEMPORAL_ADDRESS
    ? 'Using the server of TEMPORAL_ADDRESS'
    : 'Starting a Temporal server';
  print(`${server}, five simulated providers and a worker …`);
  const stage = await openStage(RUN, print);
  const interrupted = catchInterruption();
  interrupted.addEventListener('abort', () => print('\nStopping.'));
  try {
    const stays = !parameters.includes('--exit');
    return await Promise.race([show(stage, stays, interrupted), cutShort(stage)]);
  } finally {
    await stage.close();
  }
}

async function show(stage: Stage, stays: boolean, interrupted: AbortSignal): Promise<number> {
  const ui = uiOf(stage.server);
  print(`Temporal is at ${stage.server.address}${ui === undefined ? '' : `, its UI at ${ui}`}.`);
  print('Refunds of up to 500.00 TRY and 1000 points need no person.\n');
  const played: Played[] = [];
  for (const [index, scene] of createScenes(RUN).entries()) {
    // A refund that was begun is brought to its end: nobody else would do it on a server that stays.
    if (interrupted.aborted) return 0;
    print(`${index + 1}. ${scene.title}`);
    played.push(await play(stage, scene, (line) => print(`   ${line}`)));
  }
  print(`\n${showTable(played)}`);
  const mistakes = findMistakes(played, stage.simulators);
  if (mistakes.length > 0) {
    process.stderr.write(`\nThe demo failed:\n${mistakes.map((mistake) => `- ${mistake}`).join('\n')}\n`);
    return 1;
  }
  print('Every refund ended as it should, and the books of the providers agree.');
  if (stays) {
    await invite(stage, RUN, print);
    await untilAborted(interrupted);
  }
  return 0;
}

async function cutShort({ running }: Stage): Promise<number> {
  await running;
  throw new Error('The worker ended, which nobody asked for.');
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

void main(process.argv.slice(2))
  .catch((error: unknown) => {
    process.stderr.write(`\nThe demo failed: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  })
  // Questions that were interrupted may still wait for their answers.
  .then((code) => process.exit(code));
