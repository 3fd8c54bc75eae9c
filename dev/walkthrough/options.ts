import { parseArgs } from 'node:util';

/** What is walked through, and what is kept of it. */
export interface Options {
  /** Names of cases; all of them if there are none. */
  only: readonly string[];
  /** The folder of the captures. */
  captures: string;
  /** The folder of the pictures; undefined: none are taken. */
  pictures: string | undefined;
  /** The browser. */
  chromium: string;
}

const USAGE = 'Usage: npm run walkthrough -- [--only CASE,CASE] [--pictures] [--to FOLDER] [--chromium FILE]';

/** @throws Error that says how it is used */
export function readOptions(parameters: readonly string[]): Options {
  try {
    const { values } = parseArgs({
      args: [...parameters],
      options: {
        only: { type: 'string', default: '' },
        pictures: { type: 'boolean', default: false },
        to: { type: 'string', default: 'docs' },
        chromium: { type: 'string', default: '/usr/bin/chromium' },
      },
    });
    return {
      only: values.only.split(',').filter((name) => name !== ''),
      captures: `${values.to}/desk`,
      pictures: values.pictures ? `${values.to}/images/desk` : undefined,
      chromium: values.chromium,
    };
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`, { cause: error });
  }
}
