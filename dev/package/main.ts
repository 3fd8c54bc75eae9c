import path from 'node:path';
import { buildPackage } from './build';

/** `npm run package`: makes the tarball that an order service installs. */
async function main(): Promise<void> {
  const root = process.cwd();
  const {
    path: tarball,
    files,
    bytes,
    unpackedBytes,
  } = await buildPackage(root, path.join(root, 'dist', 'package'));
  const kilobytes = (count: number) => `${Math.round(count / 1_000)} KB`;
  console.log(
    `${path.relative(root, tarball)}: ${files.length} files, ${kilobytes(bytes)} (${kilobytes(unpackedBytes)} unpacked).\n` +
      `An order service installs it with: npm install ${tarball}`,
  );
}

void main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
