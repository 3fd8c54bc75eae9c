import { readFile } from 'node:fs/promises';
import { encryptedBundlePath } from '../src/runtime/workers';

/** Code without its inline source map. */
async function bundledCode(bundlePath: string): Promise<string> {
  const text = await readFile(bundlePath, 'utf8');
  return text.replace(/\/\/# sourceMappingURL=.*$/m, '');
}

const PLAIN = process.env.TEST_WORKFLOW_BUNDLE ?? '';
const BUNDLES = [PLAIN, encryptedBundlePath(PLAIN)];

test.each(BUNDLES)(
  'the workflow bundle %s holds no axios, no zod, no Node module and no adapter',
  async (at) => {
    const code = await bundledCode(at);
    const modules = [...code.matchAll(/^\/\*\*\*\/ "([^"]+)"/gm)].map(([, name]) => name ?? '');
    expect(modules.length).toBeGreaterThan(20);
    const foreign = modules.filter((name) =>
      /axios|zod|lossless|currency-codes|standardwebhooks|src\/(?:providers|activities|notices|config)/.test(
        name,
      ),
    );
    expect(foreign).toEqual([]);
    expect(code).not.toMatch(/require\("(?:node:)?(?:fs|http|https|net|crypto|os|path|child_process)"\)/);
  },
);
