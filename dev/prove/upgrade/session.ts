import { setMaxListeners } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '@temporalio/client';
import { Actions } from '../../chaos/actions';
import type { Context } from '../../chaos/context';
import { inTestbed } from '../../chaos/environment';
import type { Testbed, TestbedOptions } from '../../chaos/environment';
import type { Ending } from '../../chaos/endings';
import { letTroubleLoose } from '../../chaos/faults';
import { Operator } from '../../chaos/operator';
import { collectReportData } from '../../chaos/report-data';
import type { ReportData } from '../../chaos/report-data';
import { playAll, untilOver } from '../../chaos/session';
import { SETTLED_AFTER_MS } from '../../chaos/settings';
import type { UpgradeOptions } from './options';
import { Releases } from './releases';
import { BAD_RELEASE, settleLeft, walk } from './steps';
import type { Left, Walked } from './steps';

/** What the proof has seen. */
export interface Outcome extends Walked {
  data: ReportData;
  /** Refunds that the bad release had taken further, so that only `refund heal` let the good one go on with them. */
  healed: number;
  /** Refunds of which the bad release had begun a reversal, and which it ended once it was current again. */
  broughtBack: number;
  /** Ends of workers that nobody asked for. */
  crashes: string[];
  seconds: number;
}

/** Slow providers, and times to match: many refunds are under way at the same time without much work for the machine. */
const SLOW = {
  latencyMs: [3_000, 6_000],
  times: {
    CALL_TIMEOUT: '10s',
    SLOW_RETRY_INTERVAL: '5s',
    GIVE_UP_AFTER: '60s',
    APPROVAL_TIMEOUT: '60s',
    // Longer than a call lives, plus what a simulator is late, plus what a starved worker is late.
    ABSENCE_AFTER: '20s',
    LOOKUP_DELAYS: '5s,15s,30s,45s',
  },
} satisfies Pick<TestbedOptions, 'latencyMs' | 'times'>;

const LOOK_MS = 3_000;

/** Upgrades, meets a bad release, and takes it back, while refunds are under way in every state. */
export function proveUpgrade(options: UpgradeOptions): Promise<Outcome> {
  return inTestbed({ ...options, ...SLOW }, async (testbed) => {
    const releases = new Releases(testbed);
    try {
      return await play(options, testbed, releases);
    } finally {
      await releases.close();
    }
  });
}

async function play(options: UpgradeOptions, testbed: Testbed, releases: Releases): Promise<Outcome> {
  const { simulators, connection, server } = testbed;
  const { seed } = options;
  const bundlePath = path.join(options.dist, 'workflow-bundle.js');
  const begun = Date.now();
  const played = new AbortController();
  const over = AbortSignal.any([played.signal, AbortSignal.timeout(options.minutes * 60_000)]);
  // Everything that runs listens to it.
  setMaxListeners(0, over);
  const client = new Client({ connection, namespace: server.namespace });
  const told = { scripts: new Map(), actions: new Actions() };
  const context: Context = { seed, client, simulators, ...told, lookMs: LOOK_MS, over };
  letTroubleLoose(simulators, seed);
  const left: Left = { healed: new Set(), broughtBack: new Set() };
  let isWalked = false;
  const walking = walk(options, context, releases).finally(() => (isWalked = true));
  const [walked] = await Promise.all([
    walking,
    untilOver(new Operator(context).work()),
    walking.then(() => untilOver(settleLeft(context, releases, bundlePath, left))),
    playAll(context, {
      ...options,
      more: () => !isWalked,
      afterLast: () => simulators.faults.clear(),
      // Nobody looks over and over: at so many at once that alone would be all the work.
      change: (script) => ({ ...script, polled: false }),
    }).finally(() => played.abort()),
  ]);
  await sleep(SETTLED_AFTER_MS);
  const { crashes, ...workers } = releases.seen;
  const later = { ...context, over: new AbortController().signal };
  const data = await collectReportData(
    { context: later, workers, hangs: { violations: [] } },
    { bundlePath, isOurs: (run) => releaseOf(run) !== BAD_RELEASE },
  );
  const seconds = Math.round((Date.now() - begun) / 1_000);
  return { ...walked, data, healed: left.healed.size, broughtBack: left.broughtBack.size, crashes, seconds };
}

/** The release that completed the last task of a run. */
function releaseOf({ history }: Ending): string | undefined {
  const last = history.events?.findLast((event) => event.workflowTaskCompletedEventAttributes);
  return last?.workflowTaskCompletedEventAttributes?.deploymentVersion?.buildId ?? undefined;
}
