/** No request nests deeper; deeper JSON is never read by recursion, because it could overflow the stack. */
export const DEEPEST = 20;

/** Whether a JSON value nests deeper than so many levels of objects and lists. */
export function isDeeperThan(value: unknown, levels: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > levels) return true;
    level = level.filter(isNested).flatMap((part): unknown[] => Object.values(part));
  }
  return false;
}

/** The same JSON value without the fields that are null: they count as absent. It must not nest deeper than `DEEPEST`. */
export function withoutNulls(value: unknown): unknown {
  if (!isNested(value)) return value;
  if (Array.isArray(value)) return value.map(withoutNulls);
  const present = Object.entries(value).filter(([, part]) => part !== null);
  return Object.fromEntries(present.map(([key, part]) => [key, withoutNulls(part)]));
}

function isNested(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
