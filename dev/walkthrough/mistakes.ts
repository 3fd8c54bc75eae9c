import { isDeepStrictEqual } from 'node:util';
import { showMovements } from '../demo/books';
import type { Walked } from './operator';
import { brokenLines } from './screen';

const MOST_COMMANDS = 2;
const MOST_SECONDS = 60;

/** What is not as it should be: the end, the books, the aim, or a line that the terminal had to break. */
export function findMistakes({ played, typed, seconds, shown, end }: Walked): string[] {
  const { name, request } = played;
  const books = (movements: typeof end.movements) => showMovements(request, movements).join(', ');
  return [
    ...(end.status === played.end.status
      ? []
      : [`${name} ended as ${end.status}; it should have ended as ${played.end.status}`]),
    ...(isDeepStrictEqual(end.movements, played.end.movements)
      ? []
      : [`${name}: the books say ${books(end.movements)}; they should say ${books(played.end.movements)}`]),
    ...(typed.length > MOST_COMMANDS ? [`${name} took ${typed.length} commands`] : []),
    ...(seconds > MOST_SECONDS ? [`${name} took ${seconds.toFixed(0)} s`] : []),
    ...brokenLines(shown).map((line) => `${name}: the terminal broke this line: ${line}`),
  ];
}
