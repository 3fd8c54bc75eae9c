import { readFile } from 'node:fs/promises';

/** Code without its inline source map. */
async function bundledCode(): Promise<string> {
  const text = await readFile(process.env.TEST_WORKFLOW_BUNDLE ?? '', 'utf8');
  return text.replace(/\/\/# sourceMappingURL=.*$/m, '');
}

test('the workflow bundle holds no axios, no zod, no Node module and no adapter', async () => {
  const code = await bundledCode();
  const modules = [...code.matchAll(/^\/\*\*\*\/ "([^"]+)"/gm)].map(([, name]) => name ?? '');
  expect(modules.length).toBeGreaterThan(20);
  const foreign = modules.filter((name) =>
    /axios|zod|lossless|currency-codes|src\/(?:providers|activities|config)/.test(name),
  );
  expect(foreign).toEqual([]);
  expect(code).not.toMatch(/require\("(?:node:)?(?:fs|http|https|net|crypto|os|path|child_process)"\)/);
});
