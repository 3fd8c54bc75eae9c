import { catchInterruption, untilAborted } from './interruption';
import { fitted, hanging } from '../../src/cli/layout';
import { invite } from './invitation';
import { uiOf } from './links';
import { play } from './play';
import type { Played } from './play';
import { findMistakes, showTable } from './report';
import { createOpenScene, createScenes } from './scenes';
import { openContext } from './context';
import type { Context } from './context';

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
  const context = await openContext(RUN, print);
  const interrupted = catchInterruption();
  interrupted.addEventListener('abort', () => print('\nStopping.'));
  const stays = !parameters.includes('--exit');
  const played: Played[] = [];
  let isAsItShould: boolean;
  try {
    try {
      await Promise.race([playAll(context, played, { stays, interrupted }), cutShort(context)]);
    } finally {
      isAsItShould = tellAll(context, played);
    }
    if (stays && isAsItShould && !interrupted.aborted) {
      const open = invite(context, RUN, print).then(() => untilAborted(interrupted));
      await Promise.race([open, untilAborted(interrupted), cutShort(context)]);
    }
  } finally {
    await context.close();
  }
  return isAsItShould ? 0 : 1;
}

async function playAll(
  context: Context,
  played: Played[],
  { stays, interrupted }: { stays: boolean; interrupted: AbortSignal },
): Promise<void> {
  const ui = uiOf(context.server);
  print(`Temporal is at ${context.server.address}${ui === undefined ? '' : `, its UI at ${ui}`}.`);
  print('Refunds of up to 500.00 TRY and 1000 points need no person.\n');
  const scenes = [...createScenes(RUN), ...(stays ? [] : [createOpenScene(RUN)])];
  for (const [index, scene] of scenes.entries()) {
    // A refund that was begun is brought to its end: nobody else would do it on a server that stays.
    if (interrupted.aborted) return;
    print(`${index + 1}. ${scene.title}`);
    played.push(await play(context, scene, (line) => print(hanging('   ', line))));
  }
}

/** Tells how it went, however it went. @returns whether all went as it should */
function tellAll({ simulators }: Context, played: readonly Played[]): boolean {
  if (played.length > 0) print(`\n${showTable(played)}\n`);
  const mistakes = findMistakes(played, simulators);
  if (mistakes.length === 0) {
    print('Every refund ended as it should, and the books of the providers agree.');
    return true;
  }
  process.stderr.write(
    `${fitted(`The demo failed:\n${mistakes.map((mistake) => `- ${mistake}`).join('\n')}`)}\n`,
  );
  return false;
}

async function cutShort({ running }: Context): Promise<number> {
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
