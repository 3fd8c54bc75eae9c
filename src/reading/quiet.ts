import { DefaultLogger, Runtime } from '@temporalio/worker';

/** Whoever asks reads the reply, and no log of the SDK. A process that has a runtime already keeps its own. */
export function beQuiet(): void {
  try {
    Runtime.install({
      logger: new DefaultLogger('ERROR', () => undefined),
      telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' }, forward: {} } },
      shutdownSignals: [],
    });
  } catch {
    // There is one already.
  }
}
