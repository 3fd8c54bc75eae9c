/**
 * The versions of Node.js that package.json names: each range begins with the one that is tested.
 * @throws Error where a range says anything else than "from this version on, within its major version"
 */
export function testedVersions(range: string): string[] {
  return range.split('||').map((part) => {
    const [, version] = /^\^(\d+\.\d+\.\d+)$/.exec(part.trim()) ?? [];
    if (version === undefined) throw new Error(`engines.node names no tested version: ${part.trim()}`);
    return version;
  });
}

/**
 * The package of the npm registry that holds a Node.js for this machine.
 * @param platform as Node.js names it
 */
export function nodePackage(platform: string, architecture: string): string {
  return `node-${platform === 'win32' ? 'win' : platform}-${architecture}`;
}
