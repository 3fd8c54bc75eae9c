import type { Amount } from './money';
import type { Others, Repeated, ReservationRefused } from './order/reservation';
import type { LegName, OverLimit, ProviderName } from './plan';
import type { ProblemCode } from './provider-answers';

/** The workflow that looks what a refund would meet; it moves and reserves nothing. */
export const PREVIEW_WORKFLOW_TYPE = 'previewRefund';

/**
 * What a preview expects of the refund, if it were started now.
 * - `goesThrough`: nobody has anything against it, and no person is asked
 * - `needsApproval`: the same, but a person is asked first
 * - `declined`: a provider or the order says no; nothing would move
 * - `invalid`: the run would fail, and its refund id be used up
 * - `unknown`: a provider or the order could not be asked
 */
export type Outlook = 'goesThrough' | 'needsApproval' | 'declined' | 'invalid' | 'unknown';

/** What a provider says before anything moves. `notAsked`: the worker that looked is not configured for it. */
export type PreviewAnswer =
  | { kind: 'passed' }
  | { kind: 'refused'; code: ProblemCode; message: string }
  | { kind: 'unanswered' | 'notAsked'; message: string };

/** One leg as its provider sees it now. */
export interface PreviewedLeg {
  leg: LegName;
  provider: ProviderName;
  amount: Amount;
  answer: PreviewAnswer;
}

/** What other refunds of the order leave of the payment that a leg refunds, in points or minor units. */
export interface PreviewedPayment {
  leg: LegName;
  /** What it was made with; null: nobody has said. */
  paid: number | null;
  held: number;
  moved: number;
  /** Null where it is not known what it was made with. */
  left: number | null;
}

/** What the order says. `away`: it did not answer; `off`: the workers lock no orders. */
export type PreviewedOrder =
  { kind: 'known'; payments: PreviewedPayment[]; refusal?: ReservationRefused } | { kind: 'away' | 'off' };

/** Why a person would be asked. */
export type ApprovalReason = OverLimit | ({ kind: 'repeat' } & Repeated);

/** What a refund would meet; plain JSON. */
export type Preview =
  | { outlook: 'invalid'; problems: string[] }
  | {
      outlook: Outlook;
      currency: string;
      /** Decimals of the currency. */
      exponent: number;
      legs: PreviewedLeg[];
      order: PreviewedOrder;
      /** None: nobody is asked. */
      approval: ApprovalReason[];
      /** The decision would have to be signed. */
      isSigned: boolean;
    };

/** What the workflow hands to its activity: the request exactly as it was sent. */
export interface PreviewInput {
  request: unknown;
  sentInClear: boolean;
  /** When the preview began, ISO 8601. */
  since: string;
}

/** The activity of a preview: it has the providers' questions and nothing that moves money. */
export interface PreviewActivities {
  previewRefund: (input: PreviewInput) => Promise<Preview>;
}

/** What the answers come to, in the order in which a refund meets them: its providers, its order, a person. */
export function outlookOf(
  legs: readonly PreviewedLeg[],
  order: PreviewedOrder,
  approval: readonly ApprovalReason[],
): Outlook {
  const says = (kind: PreviewAnswer['kind']) => legs.some(({ answer }) => answer.kind === kind);
  if (says('refused')) return 'declined';
  const refusal = order.kind === 'known' ? order.refusal : undefined;
  if (refusal) return refusal.kind === 'invalid' ? 'invalid' : 'declined';
  if (says('unanswered') || says('notAsked') || order.kind === 'away') return 'unknown';
  return approval.length > 0 ? 'needsApproval' : 'goesThrough';
}

/** An order without other refunds, as far as a limit asks. */
export const NO_OTHERS: Others = { points: 0, money: 0 };
