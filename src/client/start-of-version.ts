import { quoted } from './shell';

/** How workers of a certain release are started. */
export function startOfVersion(version: string): string {
  const [name = '', buildId = ''] = version.split(/:(.*)/s);
  const variables = [
    `TEMPORAL_DEPLOYMENT_NAME=${quoted(name, 'ITS_DEPLOYMENT')}`,
    `TEMPORAL_WORKER_BUILD_ID=${quoted(buildId, 'ITS_BUILD_ID')}`,
  ];
  return `start workers of that release with ${variables.join(' and ')}`;
}
