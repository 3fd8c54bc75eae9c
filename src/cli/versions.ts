import type { FleetVersion, VersionStatus } from '../client/operator';
import type { Command, CommandLine, Json } from './command-line';
import { timeWithAge } from './ages';
import { table } from './layout';

/** `refund versions`: which releases of the workers there are, and what still depends on each. */
export function registerVersions({ add, execute }: CommandLine): void {
  add('versions', 'list the versions of the workers and the running refunds of each; needs no worker').action(
    (options: Json) => execute(versionsCommand, options),
  );
}

const versionsCommand: Command = async (client) => {
  const versions = await client.versions();
  // What goes over from a version that is left has nowhere to go, and it may be made current again.
  const isServed = versions.every((one) => !TAKES_NEW.includes(one.status) || one.workers > 0);
  const hints = versions.flatMap((one) => hintsOf(one, isServed));
  return {
    json: versions,
    text: table(TITLES, versions.map(showVersion)),
    ...(hints.length > 0 && { hint: hints.join('\n') }),
  };
};

const TITLES = ['VERSION', 'STATUS', 'SINCE', 'RUNNING', 'PINNED', 'WORKERS'];

function showVersion({ version, status, percentage, since, refunds, workers }: FleetVersion): string[] {
  return [
    version ?? 'without a version',
    percentage === undefined ? status : `${status} ${percentage} %`,
    since === undefined ? '' : timeWithAge(since),
    ...[refunds.running, refunds.pinned, workers].map(String),
  ];
}

/** To these the server sends what is new, and what is not pinned elsewhere. */
const TAKES_NEW: readonly VersionStatus[] = ['current', 'ramping'];

function hintsOf({ version, status, refunds, workers, unpolled }: FleetVersion, isServed: boolean): string[] {
  const name = version ?? 'Workers without a version';
  const isNeeded = TAKES_NEW.includes(status) || refunds.pinned > 0;
  if (isNeeded && workers === 0)
    return [`${name}: no worker serves it, and refunds need it. Which: refund stuck`];
  if (isNeeded && unpolled.length > 0)
    return [`${name}: none of its workers polls ${unpolled.join(', ')} any more.`];
  if (status === 'overtaken')
    return [`${name}: takes nothing new of this task queue, which goes to another deployment's version.`];
  if (status === 'drained' && workers > 0 && isServed) return [`${name}: its workers can be stopped.`];
  return [];
}
