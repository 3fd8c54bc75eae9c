import path from 'node:path';

/** Where the build leaves the workflow bundle for reading. */
export const READING_BUNDLE_PATH = path.resolve(__dirname, '../../workflow-bundle-reading.js');
