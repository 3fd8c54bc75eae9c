import { spawn } from 'node:child_process';

const GUARD = `
  process.stdin.on('end', () => {
    try { process.kill(Number(process.argv[1]), 'SIGKILL'); } catch {}
    process.exit();
  }).resume();
`;

/**
 * Kills a process when this one ends, however it ends: a small process beside it waits for the end of a pipe
 * that only this process holds.
 * @returns a function that lets the guarded process go
 */
export function guardAgainstOrphan(processId: number): () => void {
  const guard = spawn(process.execPath, ['-e', GUARD, String(processId)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    env: {},
    // A group of its own: Ctrl-C is meant for this process, and the guard must outlive it.
    detached: true,
    windowsHide: true,
  });
  guard.on('error', () => undefined);
  guard.stdin.on('error', () => undefined);
  for (const handle of [guard, guard.stdin]) (handle as { unref?(): void }).unref?.();
  return () => guard.kill('SIGKILL');
}
