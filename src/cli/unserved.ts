import type { UnservedRefunds } from '../client/operator';
import { isId, quoted } from '../client/shell';
import { showNext } from './next';
import { startOfVersion } from '../client/start-of-version';
import { startAWorker } from './stuck-advice';
import { plain } from './text';

/** Refunds that nobody serves, with what it means for the money and the commands to send next. */
export type UnservedFinding = UnservedRefunds & { kind: 'unserved'; meaning: string; next: string[] };

/** Adds to refunds that nobody serves what it means and what to do. */
export function unservedFinding(unserved: UnservedRefunds): UnservedFinding {
  return {
    kind: 'unserved',
    ...unserved,
    meaning: unserved.provider
      ? `Nothing of them is sent to ${unserved.provider}, and nothing is looked up there, until such a worker runs. A call that was begun may still move money.`
      : 'They keep their place. A call that was begun may still move money; nothing else of them moves, and no decision ' +
        'reaches them, until such a worker runs.',
    next: [...remedies(unserved), 'refund versions   (who serves which version)'],
  };
}

function remedies({ because, taskQueue, version, rampsFrom }: UnservedRefunds): string[] {
  if (version === null && because === 'ramping')
    return [
      `${startAWorker(taskQueue)}, without TEMPORAL_WORKER_BUILD_ID`,
      `temporal worker deployment set-ramping-version ${deploymentOf(rampsFrom ?? '')} --delete   (ends the ramp)`,
    ];
  if (version === null)
    return [
      startAWorker(taskQueue),
      'temporal worker deployment set-current-version --deployment-name NAME --build-id BUILD_ID   (where workers of a version run, and none is current)',
    ];
  const [name = '', buildId = ''] = version.split(/:(.*)/s);
  const deployment = deploymentOf(version);
  const start = startOfVersion(version);
  switch (because) {
    case 'pinned':
      return [
        start,
        `temporal workflow update-options --query ${quoted(onVersion(name, buildId), 'QUERY')} ` +
          '--versioning-override-behavior auto_upgrade   (moves them to the current version; replay them there first)',
      ];
    case 'current':
      return [
        start,
        `temporal worker deployment set-current-version ${deployment} --build-id BUILD_ID   (back to a version that is served)`,
      ];
    case 'ramping':
      return [
        start,
        `temporal worker deployment set-ramping-version ${deployment} --delete   (ends the ramp)`,
      ];
  }
}

function deploymentOf(version: string): string {
  return `--deployment-name ${quoted(version.replace(/:.*/s, ''), 'ITS_DEPLOYMENT')}`;
}

function onVersion(name: string, buildId: string): string {
  return `TemporalWorkerDeploymentVersion="${name}:${buildId}" AND ExecutionStatus="Running"`;
}

const WHY: Record<UnservedRefunds['because'], string> = {
  pinned: 'to which they are pinned',
  current: 'which is current there',
  ramping: 'which is ramping there',
};

/** Refunds that nobody serves, in words. */
export function showUnserved({
  taskQueue,
  version,
  because,
  total,
  refundIds,
  meaning,
  next,
}: UnservedFinding): string {
  const about = because === 'ramping' ? 'about ' : '';
  const whose =
    version !== null
      ? `of the version ${version}, ${WHY[because]},`
      : `without a version${because === 'ramping' ? ', to which a part of them ramps,' : ''}`;
  const named = refundIds.filter(isId);
  const more = total > named.length ? ', …' : '';
  return [
    plain(
      `Running refunds without a worker: ${about}${total} (${named.join(', ')}${more}). No worker ${whose} polls the task ` +
        `queue ${JSON.stringify(taskQueue)}.`,
    ),
    `  ${meaning}`,
    ...next.map(showNext),
  ].join('\n');
}
