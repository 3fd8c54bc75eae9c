import type { Repeated } from './order/reservation';
import type { LegName } from './plan';
import type { Baseline } from './provider-answers';
import type { ResolutionOutcome } from './resolution';

/** What a person can say about a parked leg, and what that does to the money. */
export interface Choice {
  outcome: ResolutionOutcome;
  consequence: string;
}

/** Why the saga waits for a provider. */
export interface Trouble {
  message: string;
  /** When that was, ISO 8601; absent where nobody can tell. */
  at?: string;
  /** How long this may last before a person is asked. */
  patienceMs?: number;
  /** Somebody stopped the provider: nobody is asked, however long this lasts. */
  untilResumed?: true;
}

/** When the requests of a movement were sent, as the worker that sent them says; one that was cut off: when it was asked to. */
export interface SentAt {
  first: string;
  last: string;
}

/** What a person needs to know about one leg in addition to its state. */
export interface LegBriefing {
  /** As people read it: `25.50 TRY`. */
  amount: string;
  /** By what its movement is recognised at the provider. */
  lookFor: string;
  /** The refund itself was refused, or ended otherwise: what is sent now, is sent by an operator's word alone. */
  onlyByWord?: true;
  /** What the leg is offered now; empty unless it is parked. */
  choices: Choice[];
  /** What a word about the leg says that its person had before them; absent unless it is parked. */
  seen?: string;
  /** How many requests of the current movement may have reached the provider, in this run. */
  sends: number;
  /** When the first and the last of them were sent, ISO 8601; absent while there is none. */
  sentAt?: SentAt;
  /** What preflight read of the wallet before anything moved. */
  before?: Baseline;
  /** More may have moved for the leg than its receipt says: it was sent more than once, or something else moved. */
  mayHaveMovedMore: boolean;
  /** Who said that the leg is not refunded (`declined`, `turnBack`); absent where a provider said it. */
  declinedBy?: string;
  /** Cashback that the receipt says was rolled back, as people read it. */
  cashback?: string;
  /** Fee that the receipt says was kept, as people read it. */
  fee?: string;
  /** What the last attempt met; shown only while the saga waits for the provider, or gave up. */
  trouble?: Trouble;
}

/** What a person needs in addition to the state to decide on a refund or resolve its legs: the reply to `getBriefing`. */
export interface Briefing {
  requestedBy: string;
  reason: string;
  cancelRequested: boolean;
  /** An earlier run under this id, before a reset or started apart, may have sent what this one has not. */
  wasReset: boolean;
  /** Words that move or write off money, and decisions, count only when they are signed. */
  signed?: true;
  /** Planning waits until the order says whether it has so much left. */
  waitsForOrder?: true;
  /** Other refunds of the order with the same leg and amount, open or done: a person has to say whether this is one too many. */
  repeats?: readonly Repeated[];
  /** The limits that the order's refunds exceed together, in words. */
  overLimits?: readonly string[];
  /** When an open question expires, ISO 8601. */
  decideBefore?: string;
  /** In the order in which the saga refunds them; empty until the refund is planned. */
  legs: Partial<Record<LegName, LegBriefing>>;
  /** Messages that changed nothing, with the reason. */
  ignored: readonly string[];
}
