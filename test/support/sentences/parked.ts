import { actOf } from '../../../src/domain/details/acts';
import type { ToAct } from '../../../src/domain/details/acts';
import { reasonOf } from '../../../src/domain/details/problem';
import { waitSummary } from '../../../src/domain/details/wait-summary';
import { LEG_NAMES, PROVIDER_NAMES } from '../../../src/domain/plan';
import type { ProviderName } from '../../../src/domain/plan';
import type { ProblemCode } from '../../../src/domain/provider-answers';
import type { Side } from '../../../src/domain/state';
import { legAt } from '../requests';
import { PROVIDER, withoutNames } from './refund';

/** On which side a leg can park for each reason. */
const REASONS: Record<ProblemCode, readonly Side[]> = {
  ambiguous: ['refund', 'reversal'],
  alreadyDone: ['refund', 'reversal'],
  declined: ['refund', 'reversal'],
  merchantBalance: ['refund', 'reversal'],
  providerDown: ['refund', 'reversal'],
  amountMismatch: ['refund', 'reversal'],
  windowClosed: ['refund', 'reversal'],
  overCap: ['refund'],
  noReversal: ['reversal'],
};

type Stage = Pick<ToAct, 'isQuestion' | 'mayRetry' | 'wasSent' | 'wasReset'>;

const USUAL: Stage = { isQuestion: false, mayRetry: true, wasSent: true, wasReset: false };

const STAGES: Record<string, Stage> = {
  usually: USUAL,
  'where `retry` is not offered': { ...USUAL, mayRetry: false },
  'after an earlier run, this one having sent nothing': { ...USUAL, wasSent: false, wasReset: true },
  'the same, where `retry` is not offered': { ...USUAL, mayRetry: false, wasSent: false, wasReset: true },
};

const QUESTION: Record<string, Stage> = {
  'in preflight': { ...USUAL, isQuestion: true, wasSent: false },
  'in preflight, after an earlier run': { ...USUAL, isQuestion: true, wasSent: false, wasReset: true },
};

/** What is told of each reason for which a leg is parked: why, what to do, and what the timeline says. */
export function parkedSentences(): string[] {
  const reasons = Object.entries(REASONS) as [ProblemCode, readonly Side[]][];
  return reasons.flatMap(([code, sides]) =>
    sides.flatMap((side) => [
      `### \`${code}\`, ${side}`,
      ...told('Why', [usual(code, side, (provider) => reasonOf({ code, side }, provider))]),
      ...told('What to do', acts(code, side)),
      ...told('Timeline', timelines(code, side)),
    ]),
  );
}

type Sentences = [stage: string, of: (provider: ProviderName) => string];

function usual(code: ProblemCode, side: Side, of: (provider: ProviderName) => string): Sentences {
  return [code === 'providerDown' && side === 'refund' ? 'once it may be sent' : 'usually', of];
}

function acts(code: ProblemCode, side: Side): Sentences[] {
  const stages = { ...STAGES, ...(code === 'providerDown' && side === 'refund' && QUESTION) };
  return Object.entries(stages).map(([name, stage]) => [
    name,
    (provider) => actOf({ provider, code, side, ...stage }),
  ]);
}

function timelines(code: ProblemCode, side: Side): Sentences[] {
  const of =
    (isQuestion: boolean, isUnsent: boolean): Sentences[1] =>
    (provider) =>
      waitSummary({ leg: legAt(provider), provider, problem: { code, side }, isQuestion, isUnsent });
  const isAsked = code === 'providerDown' && side === 'refund';
  return [
    ['usually', of(false, false)],
    ...(code === 'declined' && side === 'refund' ? [['by a person', of(false, true)] as Sentences] : []),
    ...(isAsked ? [['in preflight', of(true, false)] as Sentences] : []),
  ];
}

/** Each sentence once, with where it is said and of whom; what the usual one says too is left out. */
function told(title: string, sentences: readonly Sentences[]): string[] {
  const lines: { text: string; stage: string; providers: ProviderName[] }[] = [];
  for (const [stage, of] of sentences)
    for (const provider of PROVIDER_NAMES) {
      const text = withoutNames(of(provider), provider);
      const known = lines.find((line) => line.text === text);
      if (!known) lines.push({ text, stage, providers: [provider] });
      else if (known.stage === stage) known.providers.push(provider);
    }
  return [
    `**${title}:**`,
    lines.map(({ text, stage, providers }) => `- ${whom(stage, providers)}: ${text}`).join('\n'),
  ];
}

function whom(stage: string, providers: readonly ProviderName[]): string {
  const isAll = providers.length === PROVIDER_NAMES.length;
  return isAll ? `_${stage}_` : `_${stage}_ (${providers.join(', ')})`;
}

/** How the names of a sentence are to be read. */
export const NAMES = `In these sentences ${PROVIDER} is ${PROVIDER_NAMES.join(', ')}, and LEG is ${LEG_NAMES.join(', ')}.`;
