/** Characters that a reader does not see, or that change how the rest is read: first and last of each range. */
const UNSEEN = [
  [0x00, 0x1f],
  [0x7f, 0x9f],
  [0xad, 0xad],
  [0x34f, 0x34f],
  [0x61c, 0x61c],
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x200b, 0x200b],
  [0x200e, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0x2800, 0x2800],
  [0x3164, 0x3164],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xfff0, 0xfffb],
  [0xd800, 0xdfff],
  [0xe0000, 0xe0fff],
] as const;

/** Characters that would end code or a cell of a table, and what is shown in their place. */
const INSTEAD: Partial<Record<string, string>> = { '`': "'", '|': '¦', '\n': ' ', '\r': ' ', '\t': ' ' };

const ORDINARY = /^[ -_a-{}~]*$/;

/** Text without what nobody sees, on one line and without what ends code or a cell; each character is told by its number. */
export function withoutControls(text: string): string {
  return ORDINARY.test(text) ? text : Array.from(text, shown).join('');
}

function shown(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const isUnseen = UNSEEN.some(([first, last]) => code >= first && code <= last);
  return INSTEAD[character] ?? (isUnseen ? `\\u${code.toString(16).padStart(4, '0')}` : character);
}
