import { startServerChild, type ServerChild } from './child';
import { localConnection, waitUntilAnswers } from './connection';
import { findFreePort, isPortFree } from './ports';

const START_ATTEMPTS = 5;

/** How a server of our own is run. */
export interface LaunchOptions {
  ui?: boolean;
  uiPort?: number;
  port?: number;
  dbFilename?: string;
  timeSkipping?: boolean;
  quickReports?: boolean;
  quickDrainage?: boolean;
  log?: (line: string) => void;
  logLevel?: 'debug' | 'info' | 'warn' | 'error' | 'never';
}

/** A server that answers, and where. */
export interface LaunchedServer {
  child: ServerChild;
  port: number;
  uiPort?: number;
}

/**
 * Starts the server and waits until it answers. Ports that were not asked for are looked for again when another
 * process was faster.
 */
export async function launchServer(executable: string, options: LaunchOptions): Promise<LaunchedServer> {
  for (const port of [options.port, options.uiPort]) {
    if (port !== undefined && !(await isPortFree(port))) {
      throw new Error(`No Temporal server was started: port ${port} of 127.0.0.1 is taken.`);
    }
  }
  for (let attempt = 1; ; attempt += 1) {
    const port = options.port ?? (await findFreePort());
    const wantsUi = options.ui === true || options.uiPort !== undefined;
    const uiPort = wantsUi ? (options.uiPort ?? (await findFreePort())) : undefined;

    const child = await startServerChild(executable, serverParameters(port, uiPort, options), options.log);
    const problem = await waitUntilAnswers(localConnection(`127.0.0.1:${port}`), child.isRunning);
    if (problem === undefined) return { child, port, uiPort };

    await child.killHard();
    const lostPort = /address already in use/i.test(child.errorTail());
    if (!lostPort || attempt === START_ATTEMPTS) {
      throw new Error(
        `The Temporal server (${executable}) did not start: ${problem}.\n${child.errorTail()}`.trim(),
      );
    }
  }
}

function serverParameters(port: number, uiPort: number | undefined, options: LaunchOptions): string[] {
  const settings = [
    // With its single history shard, a local server reads new tasks only 20 times a second unless told otherwise.
    'history.transferProcessorMaxPollRPS=2000',
    'history.timerProcessorMaxPollRPS=2000',
    'history.visibilityProcessorMaxPollRPS=2000',
    // What a worker is killed in the middle of waits this long for it, instead of 10 s (docs/deployment.md).
    'history.defaultWorkflowTaskTimeout="5s"',
    // People pause runs where the server lets them: what is told of these is tried too.
    'frontend.WorkflowPauseEnabled=true',
    ...(options.timeSkipping === true
      ? ['frontend.WorkflowTimeSkippingEnabled=true', 'history.timerProcessorMaxTimeShift="20ms"']
      : []),
    ...(options.quickReports === true
      ? ['system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute=1']
      : []),
    ...(options.quickDrainage === true
      ? [
          'matching.wv.VersionDrainageStatusVisibilityGracePeriod="2s"',
          'matching.wv.VersionDrainageStatusRefreshInterval="2s"',
        ]
      : []),
  ];
  return [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port)],
    ...(uiPort === undefined ? ['--headless'] : ['--ui-port', String(uiPort)]),
    ...['--log-level', options.logLevel ?? 'error'],
    ...settings.flatMap((setting) => ['--dynamic-config-value', setting]),
    ...(options.dbFilename === undefined ? [] : ['--db-filename', options.dbFilename]),
    ...(options.dbFilename === undefined ? [] : ['--sqlite-pragma', 'journal_mode=wal']),
    ...(options.dbFilename === undefined ? [] : ['--sqlite-pragma', 'synchronous=full']),
  ];
}
