/**
 * Reads an option of a command line that counts something.
 * @throws Error that names the option
 */
export function wholeNumber(name: string, text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new Error(`--${name} should be a whole number above zero`);
}
