/** A string, or a character that opens, closes or separates; everything else in valid JSON does not matter here. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g;

/** A place in the nesting: an object with its keys, or a list with the number of the item. */
type Frame = { keys: Set<string>; at: string; expectsKey: boolean } | { index: number };

/**
 * The keys that appear twice in the same object, by their path: one parser silently takes the last of them, another the
 * first.
 * @param json valid JSON
 */
export function duplicateKeys(json: string): string[] {
  const stack: Frame[] = [];
  const found = new Set<string>();
  for (const [token] of json.matchAll(TOKEN)) {
    const frame = stack.at(-1);
    if (token === '{') stack.push({ keys: new Set(), at: '', expectsKey: true });
    else if (token === '[') stack.push({ index: 0 });
    else if (token === '}' || token === ']') stack.pop();
    else if (!frame) continue;
    else if ('index' in frame) frame.index += token === ',' ? 1 : 0;
    else if (token === ',') frame.expectsKey = true;
    else if (token === ':') frame.expectsKey = false;
    else if (frame.expectsKey) {
      const key = JSON.parse(token) as string;
      frame.at = key;
      if (frame.keys.has(key)) found.add(pathOf(stack));
      frame.keys.add(key);
    }
  }
  return [...found];
}

/** A key may hold anything, even what belongs in a value: only what looks like a name of a field is shown. */
function pathOf(stack: readonly Frame[]): string {
  return stack
    .map((frame) => {
      if ('index' in frame) return String(frame.index);
      return /^[A-Za-z][A-Za-z_]{0,40}$/.test(frame.at) ? frame.at : '?';
    })
    .join('.');
}
