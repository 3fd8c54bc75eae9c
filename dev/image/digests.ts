import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { run } from '../examples/process';
import { FILES, projectImages } from './references';
import type { ImageReference } from './references';

/** One question to a registry. */
const ASK_MS = 60_000;

/**
 * `npm run digests`: asks the registry what each tag names today. `--write` writes the answers into the files.
 * @returns the exit code: 1 where one differs and is not written, or is not to be known
 */
async function main(isWritten: boolean): Promise<number> {
  let wrong = 0;
  for (const image of projectImages()) {
    const answer = await askRegistry(image);
    if ('problem' in answer) {
      process.stdout.write(`${image.tagged}: not known, ${answer.problem}\n`);
      wrong += 1;
    } else if (answer.digest === image.digest) {
      process.stdout.write(`${image.tagged}: as named\n`);
    } else {
      process.stdout.write(`${image.tagged}: is ${answer.digest}, named ${image.digest}\n`);
      if (isWritten) replace(image.digest, answer.digest);
      else wrong += 1;
    }
  }
  return wrong === 0 ? 0 : 1;
}

async function askRegistry({ tagged }: ImageReference): Promise<{ digest: string } | { problem: string }> {
  const command = ['docker', 'buildx', 'imagetools', 'inspect', '--format', '{{.Manifest.Digest}}', tagged];
  const { ok, output, problem } = await run(command, {
    ...{ folder: process.cwd(), environment: process.env, timeoutMs: ASK_MS },
  });
  const digest = output.trim();
  if (ok && /^sha256:[0-9a-f]{64}$/.test(digest)) return { digest };
  return { problem: problem.trim().split('\n')[0] || 'no answer' };
}

function replace(before: string, after: string): void {
  for (const file of FILES) writeFileSync(file, readFileSync(file, 'utf8').replaceAll(before, after));
}

void main(process.argv.includes('--write')).then((code) => {
  process.exitCode = code;
});
