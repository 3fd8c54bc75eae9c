import type { Simulators } from '../../simulators';
import type { OperatorClient, RefundRequest, RefundStatus } from '../../src/client/operator';
import type { Movements } from './books';

/** Who takes part while a refund runs. */
export interface Participants {
  refunds: OperatorClient;
  simulators: Simulators;
}

/** One refund of the demo, and how it must end. */
export interface Scene {
  title: string;
  request: RefundRequest;
  /** What happened, told afterwards. */
  story: string;
  expected: { status: RefundStatus; movements: Movements };
  /** Sent without this project's client, which would refuse it before it is started. */
  unchecked?: boolean;
  /** Sets the trouble up. */
  prepare?(simulators: Simulators): void;
  /** Whom the refund will wait for, and what that person then does. */
  person?: { waitsFor: 'approval' | 'operator'; does: string; act(who: Participants): Promise<unknown> };
}
