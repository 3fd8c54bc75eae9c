import { loadClientConnectConfig } from '@temporalio/envconfig';
import { waitUntilAnswers } from './connection';
import { findTemporalExecutable } from './executable';
import { launchServer } from './launch';

/** What kind of server to start. */
export interface TemporalServerOptions {
  /** Serve the Temporal UI too; a given `uiPort` says so as well. */
  ui?: boolean;
  /** Default: a free port. */
  uiPort?: number;
  /** Port of the gRPC service. Default: a free port. */
  port?: number;
  /** Keep everything in this file, so that it survives a crash of the server. Default: in memory. */
  dbFilename?: string;
  /** Let tests move the clock of a workflow with `advance`. */
  timeSkipping?: boolean;
  /** Report a run that hangs as soon as a workflow task fails, not after five of them, which take a minute. */
  quickReports?: boolean;
  /** Look after 2 s, and not after minutes, whether a version that is no longer current still has runs. */
  quickDrainage?: boolean;
  /** Told what the server writes to its error output, and when the CLI has to be downloaded first. */
  log?: (text: string) => void;
  /** How much the server writes. Default: `error`. */
  logLevel?: 'debug' | 'info' | 'warn' | 'error' | 'never';
  /** False: start a server of our own even when `TEMPORAL_ADDRESS` names one. */
  useConfigured?: boolean;
  /** Read instead of this process's environment. */
  environment?: NodeJS.ProcessEnv;
}

/** A Temporal server to work with. */
export interface TemporalServer {
  readonly address: string;
  readonly namespace: string;
  readonly uiUrl?: string;
  /** The CLI that runs it; absent, like the process id, for a server that was running already. */
  readonly executable?: string;
  readonly pid?: number;
  /** Stops it and waits for its end. A server that was running already is left alone. */
  stop(): Promise<void>;
  /** Kills it without warning, as a crash would. Only for a server started here. */
  killHard(): Promise<void>;
  /** Starts it again on the same ports and the same file. Only for a server started here. */
  restart(): Promise<void>;
}

/**
 * Starts a Temporal server on this machine and waits until it answers; it ends with this process at the latest.
 * When `TEMPORAL_ADDRESS` is set, that server is used instead, with the other `TEMPORAL_*` settings.
 */
export async function startTemporalServer(options: TemporalServerOptions = {}): Promise<TemporalServer> {
  const environment = options.environment ?? process.env;
  if (environment.TEMPORAL_ADDRESS && options.useConfigured !== false) return configuredServer(environment);

  const executable = await findTemporalExecutable(options);
  const { port, uiPort, ...launched } = await launchServer(executable, options);
  let { child } = launched;
  return {
    address: `127.0.0.1:${port}`,
    namespace: 'default',
    uiUrl: uiPort === undefined ? undefined : `http://127.0.0.1:${uiPort}`,
    executable,
    get pid() {
      return child.processId;
    },
    stop: () => child.stop(),
    killHard: () => child.killHard(),
    restart: async () => {
      await child.stop();
      ({ child } = await launchServer(executable, { ...options, port, uiPort }));
    },
  };
}

async function configuredServer(environment: NodeJS.ProcessEnv): Promise<TemporalServer> {
  const address = environment.TEMPORAL_ADDRESS ?? '';
  const set = Object.entries(environment).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  const { connectionOptions, namespace } = loadClientConnectConfig({
    overrideEnvVars: Object.fromEntries(set),
  });
  const problem = await waitUntilAnswers(connectionOptions);
  if (problem !== undefined) throw new Error(`TEMPORAL_ADDRESS is ${address}, but there is ${problem}.`);
  const refuse = () =>
    Promise.reject(new Error(`The server at ${address} was not started here: it is left alone.`));
  return {
    address,
    namespace: namespace ?? 'default',
    stop: () => Promise.resolve(),
    killHard: refuse,
    restart: refuse,
  };
}
