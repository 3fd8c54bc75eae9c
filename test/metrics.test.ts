import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { startTemporalServer } from '../dev/temporal-server';
import type { TemporalServer } from '../dev/temporal-server';
import { findFreePort } from '../dev/temporal-server/ports';
import { heal } from '../src/client/health/heal';
import { resumeProvider, stopProvider } from '../src/client/provider-stops';
import type { RefundRequest } from '../src/domain/request';
import { exposedName, METRICS } from '../src/domain/metrics';
import type { Metric } from '../src/domain/metrics';
import { firing, readAlerts, RULES_FILE } from './support/alerts';
import type { AlertRule } from './support/alerts';
import { readPanels } from './support/dashboard';
import { ANOTHER_ACTIVITY, workOtherwise } from './support/other-code';
import { evaluate, metricsIn } from './support/promql';
import type { Series } from './support/promql';
import { aMircateLeg, aRefund } from './support/requests';
import { postInNoTime } from './support/notices';
import { startReceiver, type Receiver } from './support/receiver';
import { startSaga } from './support/saga';
import { untilIt } from './support/until';
import type { Saga } from './support/saga';
import { END_AT, FAULT_AT, scrape, timeLapse, withAges } from './support/scrape';
import type { Scrape } from './support/scrape';

const TWO_DAYS = 50 * 3_600;

const accessOf = ({ client, taskQueue }: Saga) => ({ client, taskQueue, timeoutMs: 10_000 });

let server: TemporalServer;
let address: string | undefined;
let port: number;
let saga: Saga;
let receiver: Receiver;
let rules: AlertRule[];
/** What each fault looked like, for Prometheus itself. */
const lapses: { name: string; series: Series[]; at: number; alerts: string[] }[] = [];
const scraped: Scrape[] = [];

beforeAll(async () => {
  rules = await readAlerts();
  server = await startTemporalServer({ useConfigured: false, quickReports: true, timeSkipping: true });
  address = process.env.TEMPORAL_TEST_ADDRESS;
  process.env.TEMPORAL_TEST_ADDRESS = server.address;
  port = await findFreePort();
  receiver = await startReceiver();
  saga = await startSaga({
    environment: {
      ...receiver.environment,
      METRICS_ADDRESS: `127.0.0.1:${port}`,
      SURVEY_INTERVAL: '300ms',
      CALL_TIMEOUT: '8s',
      ABSENCE_AFTER: '8s',
    },
  });
});
afterAll(async () => {
  await saga.close();
  await receiver.close();
  await server.stop();
  process.env.TEMPORAL_TEST_ADDRESS = address;
});

/** Scrapes until an expression holds. */
async function until(expression: string): Promise<Scrape> {
  for (let tries = 0; ; tries += 1) {
    const now = withAges(await scrape(port));
    const series = now.map(({ labels, value }) => ({ labels, samples: [[0, value]] as const }));
    if (evaluate(expression, series, 0).length > 0) {
      scraped.push(now);
      return now;
    }
    if (tries > 300) throw new Error(`never came true: ${expression}`);
    await pause(100);
  }
}

const idle = () =>
  until(
    '1 - max(refund_runs_parked) - max(refund_runs_frozen) - max(refund_runs_cut_off) ' +
      '- max(refund_runs_awaiting_approval) - max(refund_oldest_ambiguous_leg_age_seconds) ' +
      '- max(refund_runs_paused) - max(refund_runs_not_taken) - max(refund_runs_failing) ' +
      '- max(refund_runs_unread) - max(refund_notices_overdue) - max(refund_runs_unserved) > 0.5',
  );

/** Says which alerts fire hours after a fault began, and remembers it all for Prometheus. */
function alertsOf(
  name: string,
  well: Scrape,
  fault: Scrape | undefined,
  at = END_AT,
  series = timeLapse(well, fault, at),
) {
  expect(firing(rules, series, FAULT_AT - 60)).toEqual([]);
  const alerts = firing(rules, series, at);
  lapses.push({ name, series, at, alerts: [...new Set(alerts.map(({ alert }) => alert))].sort() });
  return alerts;
}

const resolve = (request: RefundRequest, leg: string, outcome: string) =>
  saga.client.workflow.getHandle(`refund:${request.refundId}`).executeUpdate('resolveLeg', {
    args: [{ leg, outcome, by: 'ana', evidence: 'seen', providerReference: 'R-1' }],
  });

/** Two sagas over one queue, neither of which has all providers. */
const halves: Saga[] = [];

interface Fault {
  /** Brings the trouble about. */
  begin: () => Promise<RefundRequest>;
  /** Holds once the metrics show it. */
  shows: string;
  fires: { alert: string; labels?: Record<string, string> }[];
  at?: number;
  end: (request: RefundRequest) => Promise<unknown>;
}

const runOf = ({ refundId }: RefundRequest) => ({ namespace: 'default', workflowId: `refund:${refundId}` });
/** All but `Date`. */
const REAL_CLOCKS = [
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'setInterval',
  'setTimeout',
] as const;
const result = ({ refundId }: RefundRequest) => saga.client.workflow.getHandle(`refund:${refundId}`).result();

const FAULTS: Record<string, Fault> = {
  'a leg in doubt that nobody settles': {
    begin: async () => {
      saga.simulators.faults.add({ provider: 'mircate', operation: 'refund', kind: 'dropAfter' });
      const request = aRefund(saga.simulators, { loyalty: aMircateLeg() });
      await saga.parked(await saga.start(request), 'loyalty');
      return request;
    },
    // Both: a number divided by 1/0 is none.
    shows: 'max(refund_runs_parked) / (1 / max(refund_oldest_ambiguous_leg_age_seconds)) > 0',
    fires: [{ alert: 'RefundLegAmbiguous', labels: { provider: 'mircate' } }, { alert: 'RefundParked' }],
    end: async (request) => {
      await resolve(request, 'loyalty', 'refunded');
      await result(request);
    },
  },
  'a leg that waits because our float is empty': {
    begin: async () => {
      saga.simulators.sipay.setMerchantBalance(0);
      const request = aRefund(saga.simulators);
      await saga.parked(await saga.start(request), 'cash');
      return request;
    },
    shows: 'max(refund_runs_parked) > 0',
    fires: [{ alert: 'RefundParked' }],
    end: async (request) => {
      saga.simulators.sipay.setMerchantBalance(10 ** 12);
      await resolve(request, 'cash', 'retry');
      await result(request);
    },
  },
  'a worker whose code cannot go on with a refund': {
    begin: async () => {
      const request = aRefund(saga.simulators, { loyalty: undefined, cash: undefined });
      saga.simulators.faults.add({ provider: 'paywall', operation: 'refund', kind: 'slow', delayMs: 500 });
      const handle = await saga.start(request);
      await saga.until(handle, ({ legs }) => legs.sale?.status === 'refunding');
      await workOtherwise(saga, ...ANOTHER_ACTIVITY);
      return request;
    },
    shows: 'max(refund_runs_frozen) > 0',
    fires: [{ alert: 'RefundFrozen' }, { alert: 'RefundTasksFailing' }],
    end: async (request) => {
      await saga.stopWorkers();
      await heal({ client: saga.client, taskQueue: saga.taskQueue, timeoutMs: 10_000 }, request.refundId);
      await saga.startWorkers();
      await result(request);
    },
  },
  'a run that was terminated': {
    begin: async () => {
      const request = aRefund(saga.simulators, { loyalty: undefined, cash: undefined });
      saga.simulators.faults.add({ provider: 'paywall', operation: 'refund', kind: 'slow', delayMs: 500 });
      const handle = await saga.start(request);
      await saga.until(handle, ({ legs }) => legs.sale?.status === 'refunding');
      await handle.terminate('by mistake');
      return request;
    },
    shows: 'max(refund_runs_cut_off) > 0',
    fires: [{ alert: 'RefundCutOff' }],
    end: async (request) => {
      await heal({ client: saga.client, taskQueue: saga.taskQueue, timeoutMs: 10_000 }, request.refundId);
      await result(request);
    },
  },
  'a refund that somebody paused': {
    begin: async () => {
      const request = aRefund(saga.simulators, { currency: 'EUR' });
      await saga.until(await saga.start(request), ({ status }) => status === 'awaitingApproval');
      await saga.client.workflowService.pauseWorkflowExecution({
        ...runOf(request),
        ...{ requestId: 'pause', reason: 'holiday' },
      });
      return request;
    },
    shows: 'max(refund_runs_paused) > 0',
    fires: [{ alert: 'RefundPaused' }],
    end: async (request) => {
      await saga.client.workflowService.unpauseWorkflowExecution({ ...runOf(request), requestId: 'unpause' });
      const handle = saga.client.workflow.getHandle(`refund:${request.refundId}`);
      // The server was seen to begin no task for a message that met the unpausing: it is said again.
      await untilIt(async () => {
        if ((await handle.describe()).closeTime) return true;
        await handle.signal('reject', { by: 'ana' });
        await pause(1_000);
        return false;
      });
    },
  },
  'a refund on a task queue that nobody polls': {
    begin: async () => {
      const request = aRefund(saga.simulators);
      await saga.client.workflow.start('refundOrder', {
        ...{
          taskQueue: `nobody-${saga.taskQueue}`,
          workflowId: `refund:${request.refundId}`,
          args: [request],
        },
      });
      // A minute later.
      jest.useFakeTimers({ doNotFake: [...REAL_CLOCKS], now: Date.now() + 61_000 });
      return request;
    },
    shows: 'max(refund_runs_not_taken) > 0',
    fires: [{ alert: 'RefundNotTaken' }],
    end: async (request) => {
      jest.useRealTimers();
      const { namespace, workflowId } = runOf(request);
      await saga.client.workflowService.deleteWorkflowExecution({
        ...{ namespace, workflowExecution: { workflowId } },
      });
    },
  },
  'a refund whose next task nobody would take': {
    begin: async () => {
      const request = aRefund(saga.simulators);
      const taskQueue = `nobody-${saga.taskQueue}`;
      const { workflowId } = runOf(request);
      await saga.client.workflow.start('refundOrder', { taskQueue, workflowId, args: [request] });
      return request;
    },
    shows: 'max(refund_runs_unserved) > 0',
    fires: [{ alert: 'RefundUnserved' }],
    end: async (request) => {
      const { namespace, workflowId } = runOf(request);
      await saga.client.workflowService.deleteWorkflowExecution({
        ...{ namespace, workflowExecution: { workflowId } },
      });
    },
  },
  'a provider that somebody stopped': {
    begin: async () => {
      const input = { provider: 'wyre' as const, by: 'ana', reason: 'their incident' };
      await stopProvider(accessOf(saga), input, { waitMs: 0 });
      return aRefund(saga.simulators);
    },
    shows: 'sum(refund_providers_stopped) > 0',
    fires: [{ alert: 'RefundProviderStopped', labels: { provider: 'wyre' } }],
    end: async () => {
      await resumeProvider(accessOf(saga), { provider: 'wyre', by: 'ana' });
    },
  },
  'a refund whose order does not answer': {
    begin: async () => {
      const taskQueue = `halves-${saga.taskQueue}`;
      halves.push(await startSaga({ over: saga.simulators, taskQueue, unpolled: 'orders' }));
      const request = aRefund(saga.simulators, { loyalty: undefined });
      const handle = await halves[0]?.start(request);
      for (let attempt = 0; attempt < 2;) {
        await pause(50);
        attempt = (await handle?.describe())?.raw.pendingActivities?.[0]?.attempt ?? 0;
      }
      jest.useFakeTimers({ doNotFake: [...REAL_CLOCKS], now: Date.now() + 61_000 });
      return request;
    },
    shows: 'max(refund_runs_failing) > 0',
    fires: [{ alert: 'RefundCallFailing' }],
    end: async (request) => {
      jest.useRealTimers();
      await saga.client.workflow.getHandle(`refund:${request.refundId}`).cancel();
      await result(request);
      for (const half of halves.splice(0)) await half.close();
    },
  },
  'a parked refund with a history that nobody can read': {
    begin: async () => {
      saga.simulators.faults.add({ provider: 'mircate', operation: 'refund', kind: 'dropAfter' });
      const request = aRefund(saga.simulators, { loyalty: aMircateLeg() });
      const handle = await saga.start(request);
      await saga.parked(handle, 'loyalty');
      for (let sent = 0; sent < 4; sent += 1) await handle.signal('approve', { by: 'x'.repeat(1_500_000) });
      return request;
    },
    shows: 'max(refund_runs_unread) > 0',
    fires: [{ alert: 'RefundUnread' }],
    end: async (request) => {
      await resolve(request, 'loyalty', 'refunded');
      await result(request);
    },
  },
  'a receiver that takes no notice for three days': {
    begin: async () => {
      receiver.answer({ status: 503, body: '' });
      const request = aRefund(saga.simulators);
      await postInNoTime(saga, request.refundId);
      return request;
    },
    shows: 'max(refund_notices_overdue) > 0',
    fires: [{ alert: 'RefundNoticesOverdue' }],
    end: async ({ refundId }) => {
      receiver.answer({ status: 204, body: '' });
      await saga.client.workflow.getHandle(`notice:${refundId}:ended:refunded`).result();
    },
  },
  'a refund that nobody decides': {
    begin: async () => {
      const request = aRefund(saga.simulators, { currency: 'EUR' });
      await saga.start(request);
      return request;
    },
    shows: 'max(refund_oldest_approval_age_seconds) > 0',
    fires: [{ alert: 'RefundApprovalLate' }],
    at: TWO_DAYS,
    end: async (request) => {
      const handle = saga.client.workflow.getHandle(`refund:${request.refundId}`);
      await handle.executeUpdate('decide', { args: [{ decision: 'approve', by: 'ana' }] });
      await handle.result();
    },
  },
  'a provider that turns calls away': {
    begin: async () => {
      for (let times = 0; times < 3; times += 1)
        saga.simulators.faults.add({ provider: 'paywall', operation: 'refund', kind: 'tooMany' });
      const request = aRefund(saga.simulators);
      await saga.run(request);
      return request;
    },
    shows: 'sum(refund_retries_total{provider="paywall",operation="refund"}) > 2',
    fires: [{ alert: 'RefundProviderFailing', labels: { provider: 'paywall' } }],
    end: () => Promise.resolve(),
  },
  'a provider that takes long': {
    begin: async () => {
      saga.simulators.faults.add({ provider: 'paywall', operation: 'refund', kind: 'slow', delayMs: 5_500 });
      const request = aRefund(saga.simulators, { loyalty: undefined });
      await saga.run(request);
      return request;
    },
    shows: 'sum(refund_ended_total) > 0',
    fires: [{ alert: 'RefundProviderSlow', labels: { provider: 'paywall' } }],
    end: () => Promise.resolve(),
  },
  'too few workers': {
    begin: async () => {
      await saga.stopWorkers();
      const request = aRefund(saga.simulators);
      const handle = await saga.start(request);
      await pause(5_500);
      await saga.startWorkers();
      await handle.result();
      return request;
    },
    shows: 'sum(refund_ended_total) > 0',
    fires: [{ alert: 'RefundQueueSlow' }],
    end: () => Promise.resolve(),
  },
};

describe('each fault fires its alerts, and none fires before', () => {
  beforeAll(async () => {
    await saga.run(aRefund(saga.simulators));
  });

  test.each(Object.entries(FAULTS))('%s', async (name, { begin, shows, fires, at, end }) => {
    const well = await idle();
    const request = await begin();
    const fault = await until(shows);
    const alerts = alertsOf(name, well, fault, at);
    await end(request);
    expect(alerts).toEqual(
      expect.arrayContaining(fires.map(({ alert, labels = {} }) => ({ alert, labels }))),
    );
    await idle();
  });

  test('a Temporal server that is away', async () => {
    const well = await idle();
    const told = (now: Scrape) =>
      now.find(({ labels }) => labels.__name__ === exposedName(METRICS.surveyed))?.value ?? NaN;
    await server.killHard();
    await pause(1_000);
    const first = await scrape(port);
    await pause(1_500);
    const later = await scrape(port);
    expect(told(later)).toBe(told(first));
    const series = timeLapse(well, withAges(later)).map((one) =>
      one.labels.__name__ === exposedName(METRICS.surveyed)
        ? { ...one, samples: one.samples.map(([at, value]) => [at, Math.min(value, FAULT_AT)] as const) }
        : one,
    );
    expect(alertsOf('the server is away', well, later, END_AT, series)).toEqual([
      { alert: 'RefundSurveyStale', labels: {} },
    ]);
    await server.restart();
  });

  test('workers that are gone', () => {
    const [well] = scraped.slice(-1);
    expect(alertsOf('no worker', well ?? [], undefined)).toEqual([
      { alert: 'RefundWorkersAbsent', labels: {} },
    ]);
  });

  test('and no alert is without such a test', () => {
    const fired = new Set(lapses.flatMap(({ alerts }) => alerts));
    expect(rules.map(({ alert }) => alert).filter((alert) => !fired.has(alert))).toEqual([]);
  });
});

describe('the metrics', () => {
  const shown = () => scraped.flat().map(({ labels }) => labels);
  const named = (name: string) => shown().filter(({ __name__ }) => __name__ === name);
  const OF_THE_SDK = [
    '__name__',
    'le',
    'namespace',
    'taskQueue',
    'workflowType',
    'activityType',
    'service_name',
  ];

  test.each(Object.values<Metric>(METRICS))('$name is exposed with its labels and no others', (metric) => {
    const series = named(`${exposedName(metric)}${metric.kind === 'histogram' ? '_bucket' : ''}`);
    expect(series.length).toBeGreaterThan(0);
    for (const labels of series) {
      const own = Object.keys(labels).filter((label) => !OF_THE_SDK.includes(label));
      expect(own.sort()).toEqual([...metric.labels].sort());
    }
  });

  test('hold no id of a refund, an order or a run', () => {
    const values = new Set(shown().flatMap((labels) => Object.values(labels)));
    expect([...values].filter((value) => /rf-|order-|[0-9a-f]{8}-[0-9a-f]{4}/.test(value))).toEqual([]);
    expect(values.size).toBeLessThan(220);
  });

  test('that alerts and dashboards name are all exposed', async () => {
    const exposed = new Set(shown().map(({ __name__ }) => __name__));
    const panels = await readPanels();
    const expressions = [...rules.map(({ expr }) => expr), ...panels.flatMap((panel) => panel.expressions)];
    expect(expressions.length).toBeGreaterThan(20);
    const unknown = expressions.flatMap(metricsIn).filter((name) => !exposed.has(name));
    expect([...new Set(unknown)]).toEqual([]);
  });

  test('are all in the table of the documentation, with their labels', async () => {
    const text = await readFile(path.join(__dirname, '../docs/deployment.md'), 'utf8');
    for (const metric of Object.values<Metric>(METRICS)) {
      const labels = metric.labels.map((label) => `\`${label}\``).join(', ');
      const row = text.split('\n').find((line) => line.includes(`| \`${exposedName(metric)}\``));
      expect(row?.split('|').map((cell) => cell.trim())).toEqual(
        expect.arrayContaining([metric.kind, labels === '' ? '–' : labels]),
      );
    }
  });
});

describe('Prometheus itself', () => {
  const promtool = process.env.PROMTOOL_PATH ?? 'promtool';
  const run = promisify(execFile);
  // Where it is not installed this shows as skipped: our own evaluator alone has judged the rules then.
  const testWithPromtool = spawnSync(promtool, ['--version']).status === 0 ? test : test.skip;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'refund-rules-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  testWithPromtool('accepts the rules and says the same of every fault (promtool)', async () => {
    const file = path.join(folder, 'alerts.test.yml');
    const tests = lapses.map(({ series, at, alerts }) => ({
      interval: '1m',
      input_series: series.map(({ labels, samples }) => ({
        series: `${labels.__name__ ?? ''}{${Object.entries(labels)
          .filter(([label]) => label !== '__name__')
          .map(([label, value]) => `${label}=${JSON.stringify(value)}`)
          .join(',')}}`,
        values: valuesOf(samples, at),
      })),
      promql_expr_test: [
        {
          expr: 'count by (alertname) (ALERTS{alertstate="firing"}) > bool 0',
          eval_time: `${at / 60}m`,
          exp_samples: alerts.map((alert) => ({ labels: `{alertname="${alert}"}`, value: 1 })),
        },
      ],
    }));
    await writeFile(file, JSON.stringify({ rule_files: [RULES_FILE], evaluation_interval: '1m', tests }));
    await run(promtool, ['check', 'rules', RULES_FILE]);
    await run(promtool, ['check', 'config', path.join(path.dirname(RULES_FILE), 'prometheus.yml')]);
    await run(promtool, ['test', 'rules', file]);
  });

  function valuesOf(samples: Series['samples'], end: number): string {
    const at = new Map(samples);
    return Array.from({ length: end / 60 + 1 }, (_, minute) => at.get(minute * 60) ?? '_').join(' ');
  }
});
