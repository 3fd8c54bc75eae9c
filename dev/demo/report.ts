import { isDeepStrictEqual } from 'node:util';
import type { Simulators } from '../../simulators';
import { countMovements, showMovements } from './books';
import type { Played } from './play';
import type { Scene } from './scene';
import { table } from '../../src/cli/layout';

/** What was played, as a table. */
export function showTable(played: readonly Played[]): string {
  return table(
    ['REFUND', 'WHAT HAPPENED', 'IT ENDED AS', 'BOOKS'],
    played.map(({ scene, status, problems, movements }) => [
      scene.request.refundId,
      storyOf(scene, status, problems),
      status,
      showMovements(scene.request, movements).join(' · '),
    ]),
  );
}

function storyOf({ story }: Scene, status: Played['status'], problems: readonly string[]): string {
  const told = problems.join('; ');
  // The story is that of a refund which went as it should.
  if (status === 'unknown') return `It did not go as it should: ${told}`;
  return problems.length === 0 ? story : `${story} ${told}`;
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
  const show = (moved: Played['movements']) => showMovements(request, moved).join('; ');
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
