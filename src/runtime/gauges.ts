import { Client } from '@temporalio/client';
import { Runtime } from '@temporalio/worker';
import type { MetricMeter } from '@temporalio/common';
import type { Logger, NativeConnection } from '@temporalio/worker';
import type { StuckRefund } from '../client/health/stuck';
import { createSurveyor } from '../client/health/survey';
import type { Survey, Surveyor } from '../client/health/survey';
import type { Configuration } from '../config';
import { METRICS } from '../domain/metrics';
import type { Metric } from '../domain/metrics';
import { PROVIDER_NAMES } from '../domain/plan';
import { dataConverterFor } from '../encryption/codec';
import { createReminders } from './reminders';

/** How long one call to the server may take. Milliseconds. */
const TIMEOUT_MS = 10_000;
/** How many runs one survey looks into; the next looks into others first, so that none is left out for long. */
const MOST_READ = 200;

/** What a worker needs to show what only a look at all refunds can tell. */
export interface SurveyMetricsOptions {
  survey: Surveyor;
  meter: MetricMeter;
  logger: Logger;
  intervalMs: number;
  /** Reminds people, after each survey; absent where nobody is told of anything. */
  remind?: () => Promise<void>;
}

/** Shows surveys of all refunds among the metrics of this process, over a worker's connection. */
export function startSurveys(worker: {
  connection: NativeConnection;
  namespace: string;
  configuration: Configuration;
}): () => void {
  const { connection, namespace, configuration } = worker;
  const { taskQueue, payloadKeys, surveyIntervalMs: intervalMs, remindAfter } = configuration;
  const dataConverter = dataConverterFor(payloadKeys);
  const client = new Client({ connection, namespace, dataConverter });
  const { metricMeter: meter, logger } = Runtime.instance();
  const access = { client, taskQueue, timeoutMs: TIMEOUT_MS };
  const survey = createSurveyor(access, MOST_READ);
  const remind = remindAfter && createReminders({ ...access, remindAfter, logger });
  return showSurveys({ survey, meter, logger, intervalMs, ...(remind && { remind }) });
}

/**
 * Surveys all refunds again and again and shows the result as gauges. Every worker that is asked for metrics does so,
 * and all of them show the same: take their maximum, not their sum.
 * @returns ends it
 */
export function showSurveys({ survey, meter, logger, intervalMs, remind }: SurveyMetricsOptions): () => void {
  let timer: NodeJS.Timeout | undefined;
  let ended = false;
  const look = async () => {
    try {
      show(meter, await survey());
    } catch (error) {
      // The gauges keep their values; how old these are is a metric too.
      logger.warn('The refunds could not be surveyed: their gauges are out of date', { error });
    }
    await remind?.().catch((error: unknown) => {
      logger.warn('Nobody could be reminded of what waits: it is tried after the next survey', { error });
    });
    if (ended) return;
    timer = setTimeout(() => void look(), intervalMs);
    timer.unref();
  };
  void look();
  return () => {
    ended = true;
    clearTimeout(timer);
  };
}

function show(meter: MetricMeter, survey: Survey): void {
  const { parked, awaitingApproval, oldestApproval, stuck, unread, overdueNotices, unserved, stopped } =
    survey;
  const now = Date.now();
  const set = ({ name, help }: Metric, value: number, labels: Record<string, string> = {}) =>
    meter.createGauge(name, 'float', undefined, help).set(value, labels);
  const ageOf = (since: string | undefined) =>
    since === undefined ? 0 : Math.max(0, now - Date.parse(since)) / 1_000;
  const isKind = (wanted: StuckRefund['kind']) => stuck.filter(({ kind }) => kind === wanted);
  const doubts = stuck.filter(({ kind }) => kind !== 'cutOff').flatMap((refund) => refund.doubts);
  for (const provider of PROVIDER_NAMES) {
    const since = doubts.filter((doubt) => doubt.provider === provider).map((doubt) => doubt.since);
    set(METRICS.oldestAmbiguous, ageOf(since.toSorted()[0]), { provider });
  }
  set(METRICS.oldestApproval, ageOf(oldestApproval));
  set(METRICS.runsParked, parked);
  set(METRICS.runsAwaitingApproval, awaitingApproval);
  set(METRICS.runsFrozen, isKind('frozen').length);
  set(METRICS.runsCutOff, isKind('cutOff').length);
  set(METRICS.runsPaused, isKind('paused').length);
  set(METRICS.runsNotTaken, isKind('notTaken').length);
  set(METRICS.runsUnserved, sumOf(unserved));
  for (const provider of PROVIDER_NAMES) {
    set(METRICS.providersStopped, stopped.some((stop) => stop.provider === provider) ? 1 : 0, { provider });
  }
  set(METRICS.runsFailing, isKind('failing').length);
  set(METRICS.runsUnread, unread);
  set(METRICS.noticesOverdue, overdueNotices.total);
  set(METRICS.surveyed, now / 1_000);
}

function sumOf(unserved: Survey['unserved']): number {
  return unserved.reduce((sum, { total }) => sum + total, 0);
}
