import { DECISION_CONSEQUENCES } from '../../../src/domain/decision';
import { describeRefund } from '../../../src/domain/details';
import { PROBLEM_CODES, offeredIn } from './parked-facts';
import { OUTCOME_NAMES, OUTCOMES } from '../../../src/domain/resolution';
import { AT, aBriefing, aState } from './refund';

/** What each outcome does to the money, with the reasons for which a leg is parked that is offered it like that. */
export function consequences(): string[] {
  return OUTCOME_NAMES.flatMap((outcome) => {
    const told = new Map<string, Set<string>>();
    for (const parked of offeredIn(outcome)) {
      const text = OUTCOMES[outcome].consequence(parked);
      const where = `${parked.problem.side} ${parked.problem.code}${parked.planning ? ' in preflight' : ''}`;
      told.set(text, (told.get(text) ?? new Set()).add(where));
    }
    return [
      `### \`${outcome}\``,
      [...told].map(([text, where]) => `- ${text} _(${whereOf(where)})_`).join('\n'),
    ];
  });
}

function whereOf(where: ReadonlySet<string>): string {
  return (['refund', 'reversal'] as const)
    .flatMap((side) => {
      const codes = [...where].filter((one) => one.startsWith(side)).map((one) => one.slice(side.length + 1));
      if (codes.length === 0) return [];
      return [`${side}: ${codes.length >= PROBLEM_CODES.length ? 'any reason' : codes.join(', ')}`];
    })
    .join('; ');
}

/** All that a person reads who is asked to approve. */
export function approval(): string[] {
  const asked = { status: 'awaitingApproval', waitingOn: 'approval' } as const;
  const question = (overrides: object, signed = false) =>
    describeRefund(
      aState(
        'sipay',
        {},
        { ...asked, ...(signed && { approval: { required: true, signed: true, decision: null } }) },
      ),
      aBriefing('sipay', {}, { decideBefore: AT, ...overrides }),
    );
  const shown = [
    question({
      overLimits: ['money: 600.00 TRY exceeds the limit of 500.00 TRY'],
      repeats: [
        { refundId: 'rf-0', leg: 'cash', hasMoved: true },
        { refundId: 'rf-2', leg: 'cash', hasMoved: false },
      ],
    }),
    question({ wasReset: true }),
    question({}, true),
  ];
  const paragraphs = shown.flatMap((text) => text.split('\n\n').filter((part) => !/^(?:\||```)/.test(part)));
  return [
    ...new Set(paragraphs),
    ...Object.entries(DECISION_CONSEQUENCES).map(([verb, does]) => `- \`${verb}\`: ${does}`),
  ];
}
