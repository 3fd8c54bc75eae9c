import { runTool } from '../run-tool';
import { compare } from './compare';
import { growth } from './growth';
import { hang } from './hang';
import { heap } from './heap';
import { readOptions, USAGE } from './options';
import type { BenchOptions } from './options';
import { quick } from './quick';

const MODES: Record<BenchOptions['mode'], (options: BenchOptions) => Promise<boolean>> = {
  compare: compare,
  quick,
  growth,
  heap,
  hang,
};

void runTool<BenchOptions>({
  usage: USAGE,
  readOptions,
  run: async (options) => ((await MODES[options.mode](options)) ? 0 : 1),
});
