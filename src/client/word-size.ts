/** The most bytes of JSON that a word of a person may have; ours have a few hundred. */
const LARGEST_WORD = 65_536;

/**
 * Why a word is not sent that is too large, in words that follow what was refused; undefined where it may be sent. Whoever
 * refuses it repeats it, and a message beyond the server's limits freezes the run or ends it.
 */
export function faultOfSize(message: object): string | undefined {
  const bytes = Buffer.byteLength(JSON.stringify(message));
  return bytes <= LARGEST_WORD
    ? undefined
    : `it has ${bytes} bytes as JSON, and ${LARGEST_WORD} are the most: a larger one could freeze the run. Nothing was sent; say it in fewer words.`;
}
