import { attemptIsOpen } from './call';
import { wasAcceptedEarlier } from './earlier-acceptance';
import { earlierRefusals } from './earlier-refusals';
import type { FindEarlierRefusals } from './earlier-refusals';
import { earlierRunsOf } from './earlier-runs';
import type { FindEarlierRuns } from './earlier-runs';
import { ORDERS } from './order';
import type { Orders } from './order';
import { earlierAttemptsAreClear } from './own-attempts';
import type { EarlierAttemptsAreClear } from './own-attempts';
import { stopOnServer } from './stops';
import type { FindStop } from './stops';
import type { WasAcceptedEarlier } from './verify-decision';

/** What the activities ask of the Temporal server; replaced only where there is no server. */
export interface ServerQuestions {
  isStillWanted: () => Promise<boolean>;
  earlierAttemptsAreClear: EarlierAttemptsAreClear;
  acceptedEarlier: WasAcceptedEarlier;
  earlierRuns: FindEarlierRuns;
  earlierRefusals: FindEarlierRefusals;
  orders: Orders;
  findStop: FindStop;
}

/** The questions as the server of the activity answers them. */
export const REAL_SERVER: ServerQuestions = {
  isStillWanted: attemptIsOpen,
  earlierAttemptsAreClear,
  acceptedEarlier: wasAcceptedEarlier,
  earlierRuns: earlierRunsOf,
  earlierRefusals,
  orders: ORDERS,
  findStop: stopOnServer,
};
