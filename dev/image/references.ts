import { readFileSync } from 'node:fs';

/** The files that name images. */
export const FILES = ['Dockerfile', 'docker-compose.yml'] as const;

/** An image as a file names it. */
export interface ImageReference {
  /** The variable, or build argument, that names another image instead. */
  variable: string;
  /** Name and tag, such as `postgres:16.10-bookworm`. */
  tagged: string;
  /** What the tag named when it was written down, such as `sha256:…`. */
  digest: string;
}

const REFERENCE = /(?:\$\{|^ARG )([A-Z_]+)(?::-|=)([\w./-]+:[\w.-]+)@(sha256:[0-9a-f]{64})/gm;

/** Every image that a text names by a variable, tag and digest, each once. */
export function referencesIn(text: string): ImageReference[] {
  const found = [...text.matchAll(REFERENCE)].map(([, variable = '', tagged = '', digest = '']) => ({
    ...{ variable, tagged, digest },
  }));
  return [...new Map(found.map((reference) => [reference.variable, reference])).values()];
}

/** The images of the project: what its own image is built on, and what the compose file starts. */
export function projectImages(): ImageReference[] {
  return FILES.flatMap((file) => referencesIn(readFileSync(file, 'utf8')));
}
