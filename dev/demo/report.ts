import { isDeepStrictEqual } from 'node:util';
import type { Simulators } from '../../simulators';
import { countMovements, showMovements } from './books';
import type { Played } from './play';
import { wrappedTable } from './table';

/** What was played, as a table. */
export function showTable(played: readonly Played[]): string {
  const columns = [
    { title: 'REFUND', width: 13 },
    { title: 'WHAT HAPPENED', width: 46 },
    { title: 'IT ENDED AS', width: 11 },
    { title: "THE PROVIDERS' BOOKS", width: 34 },
  ];
  return wrappedTable(
    columns,
    played.map(({ scene, status, problems, movements }) => [
      scene.request.refundId,
      [scene.story, ...problems.map((problem) => `- ${problem}`)].join('\n'),
      status,
      showMovements(scene.request, movements).join('\n'),
    ]),
  );
}

/** Where an end or a book is not as it was told; empty when all is well. */
export function findMistakes(played: readonly Played[], simulators: Simulators): string[] {
  const expected = played.flatMap(({ scene }) => Object.values(scene.expected.movements).flat()).length;
  const booked = countMovements(simulators);
  return [
    ...played.flatMap(mistakesOf),
    ...(booked === expected
      ? []
      : [`The books hold ${booked} movements in all; there should be ${expected}.`]),
  ];
}

function mistakesOf({ scene, status, movements }: Played): string[] {
  const { request, expected } = scene;
  const show = (moved: Played['movements']) => showMovements(request, moved).join('; ').replace(/ +/g, ' ');
  const mistakes = [];
  if (status !== expected.status) {
    mistakes.push(`${request.refundId} ended as ${status}; it should have ended as ${expected.status}.`);
  }
  if (!isDeepStrictEqual(movements, expected.movements)) {
    mistakes.push(
      `${request.refundId}: the books say ${show(movements)}; they should say ${show(expected.movements)}.`,
    );
  }
  return mistakes;
}
