import { faultOfText, foldedId, isPersonId, isPrintable, PERSON_RULE } from './text';

/** What our screens and commands show in place of what a person has to say themselves. */
const PLACEHOLDERS = [
  ...['you', 'name', 'your name', 'why', 'what you saw', 'reference', 'the reference'],
  ...['outcome', 'file', 'text', 'id', 'your id'],
];

const IS_PLACEHOLDER = 'still holds the words of our example; put your own there';

/** What is wrong with the id of whoever says something, in words that follow a field's name; undefined when nothing is. */
export function faultOfPerson(by: unknown): string | undefined {
  if (!isPersonId(by)) return PERSON_RULE;
  return isPlaceholder(by) ? IS_PLACEHOLDER : undefined;
}

/** What is wrong with a note or evidence of a person, of at most `longest` code points; undefined when nothing is. */
export function faultOfWords(text: unknown, longest: number): string | undefined {
  return (
    faultOfText(text, longest, { blankEdges: 'allowed' }) ??
    (isPlaceholder(String(text)) ? IS_PLACEHOLDER : undefined)
  );
}

/** What is wrong with what a provider is said to call a movement, of at most `longest` code points. */
export function faultOfReference(text: unknown, longest: number): string | undefined {
  if (!isPrintable(text, longest)) return `must be 1 to ${longest} printable characters`;
  return isPlaceholder(text) ? IS_PLACEHOLDER : undefined;
}

/** Also between brackets, quotes or blanks of any kind, as they are shown or typed. */
function isPlaceholder(text: string): boolean {
  const words = foldedId(text)
    .replace(/[^a-z]+/g, ' ')
    .replace(/^ | $/g, '');
  // What holds other letters, or digits, says something of its own.
  const isPlain = /^[ -~\u00a0]*$/.test(text) && !/\d/.test(text);
  return isPlain && PLACEHOLDERS.includes(words);
}
