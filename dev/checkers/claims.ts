import { LEG_NAMES } from '../../src/domain/plan';
import type { LegName } from '../../src/domain/plan';
import {
  ALL_REVERSED,
  ASKING,
  CELLS,
  CONFIRMED_BY,
  LAST_ATTEMPT,
  NOTHING_MOVED,
  NOTHING_SENT,
  NOTHING_SENT_BY_THIS_RUN,
  PARKED,
} from '../../src/domain/details/phrases';

/** What the providers' books and request logs say of one leg at the instant when the details are read. */
export interface LegBooks {
  /** A request of ours to move this leg's money reached its provider, in any run; also one that was turned away. */
  sentByUs: boolean;
  /** What stands refunded of the original, whoever did it, in points or minor units. */
  effective: number;
  /** What of that was done by requests of ours, less what requests of ours reversed. */
  ownEffective: number;
  /** What the refund asks for. */
  wanted: number;
}

type Books = Partial<Record<LegName, LegBooks>>;

/** A phrase that claims something, and whether that holds for a leg. */
type Claim = [phrase: string | RegExp, holds: (leg: LegBooks) => boolean];

const isNotSent = ({ sentByUs }: LegBooks) => !sentByUs;
const isUnmoved = ({ ownEffective }: LegBooks) => ownEffective === 0;
const isRefunded = ({ ownEffective, wanted }: LegBooks) => ownEffective === wanted;
const claimsNothing = () => true;

const CELL_CLAIMS: Record<keyof typeof CELLS, (leg: LegBooks) => boolean> = {
  notSent: isNotSent,
  notSentByThisRun: claimsNothing,
  refunding: claimsNothing,
  refundUnknown: claimsNothing,
  refunded: isRefunded,
  notRefunded: isUnmoved,
  noRefundConfirmed: claimsNothing,
  noRefundShown: claimsNothing,
  reversing: claimsNothing,
  reversalUnknown: claimsNothing,
  reversed: isUnmoved,
  notReversed: isRefunded,
  noReversalConfirmed: claimsNothing,
  waived: claimsNothing,
};

/** In sentences, also those of an adapter's message: about the leg they begin with, or else about every leg. */
const SENTENCE_CLAIMS: readonly Claim[] = [
  [NOTHING_SENT, isNotSent],
  [/\b(?:was not|never|has not been|not been) sent\b/i, isNotSent],
  [NOTHING_MOVED, isUnmoved],
  [ALL_REVERSED, isUnmoved],
  [/\bnothing (?:has |had |was |has been )?moved\b/i, ({ effective }) => effective === 0],
];

/** Paragraphs that tell of a moment before, of what may follow, or of what people said. */
const TOLD_OF_ELSEWHERE = [
  LAST_ATTEMPT,
  'Last look-up',
  'Reason',
  'Requested by',
  'Without a decision',
  '- ',
];

/** What the details say about the money while the books show otherwise, one violation a line. */
export function falseClaims(details: string, books: Books): string[] {
  const paragraphs = details
    .replaceAll('\u00a0', ' ')
    .replace(/^```\n[^]*?\n```$/gm, '')
    .split(/\n{2,}/);
  return paragraphs.flatMap((paragraph) =>
    paragraph.startsWith('| ') ? falseCells(paragraph, books) : falseSentences(paragraph, books),
  );
}

function falseCells(table: string, books: Books): string[] {
  const [, , ...rows] = table.split('\n');
  return rows.flatMap((row) => {
    const [, wallet = '', , , state = ''] = row.split('|').map((cell) => cell.trim());
    const name = LEG_NAMES.find((leg) => leg === wallet);
    const leg = name && books[name];
    return leg ? falseCell(wallet, state, leg) : [`${wallet}: a leg that the books do not know`];
  });
}

function falseCell(wallet: string, shown: string, leg: LegBooks): string[] {
  const state = shown.replace(PARKED, '').replace(ASKING, '');
  if (state.includes(` (${CONFIRMED_BY}`)) return [];
  const key = (Object.keys(CELLS) as (keyof typeof CELLS)[]).find((name) => CELLS[name] === state);
  if (!key) return [`${wallet}: the State column says "${shown}", which nobody can check`];
  return CELL_CLAIMS[key](leg) ? [] : [told(wallet, state, leg)];
}

function falseSentences(paragraph: string, books: Books): string[] {
  if (TOLD_OF_ELSEWHERE.some((beginning) => paragraph.startsWith(beginning))) return [];
  const said = paragraph.replaceAll(NOTHING_SENT_BY_THIS_RUN, '');
  const subject = /^\*\*(loyalty|sale|cash)(?:\*\*|:\*\*)/.exec(said)?.[1];
  const legs = LEG_NAMES.filter((name) => subject === undefined || name === subject);
  return SENTENCE_CLAIMS.flatMap(([phrase, holds]) => {
    const claim = new RegExp(phrase, 'i').exec(said)?.[0];
    if (claim === undefined) return [];
    return legs.flatMap((name) => {
      const leg = books[name];
      return leg && !holds(leg) ? [told(name, claim, leg)] : [];
    });
  });
}

function told(name: string, claim: string, { sentByUs, effective, ownEffective, wanted }: LegBooks): string {
  const facts = `${sentByUs ? 'sent' : 'not sent'}, ${ownEffective} of ${wanted} refunded by us, ${effective} in all`;
  return `${name}: the details say "${claim}", but the books say: ${facts}`;
}
