/**
 * The time of the current workflow task, ISO 8601, to be *shown* in the state and never branched on: a live run and
 * its replay can differ in it (docs/adr/004).
 */
export function shownTime(): string {
  // eslint-disable-next-line no-restricted-syntax -- the one place; its value decides nothing
  return new Date().toISOString();
}

/** The same, so many milliseconds later. */
export function shownTimeIn(milliseconds: number): string {
  return new Date(Date.parse(shownTime()) + milliseconds).toISOString();
}
