import type { RefundRequest, RefundRow, RefundStatus } from '../../src/client/operator';
import type { Movements } from '../demo/books';
import type { Stage } from './stage';

/** What an operator knows or decides; what the screen asks for is taken from here. */
export interface Words {
  outcome?: string;
  evidence?: string;
  /** The reference that the panel of the provider shows. */
  reference?: (stage: Stage) => string;
}

/** What is done away from the terminal of the operator, because the screen asks for it. */
export interface Errand {
  told: string;
  run: (stage: Stage) => unknown;
}

/** One command that an operator types, as the screen before it told. */
export interface Command {
  /** How it begins; the rest is read from the screen. The first one of a case is typed whole. */
  command: string;
  /** Another machine than the operator's. */
  at?: 'workers';
  words?: Words;
}

/** One waiting case, and how an operator brings it to its end. */
export interface Case {
  name: string;
  title: string;
  request: RefundRequest;
  /** What the workers that plan it are told otherwise. */
  settings?: Record<string, string>;
  /** Sets up what will go wrong; the refund is started after it. */
  prepare?: (stage: Stage) => unknown;
  /** Goes on once the refund is started, until it waits. */
  arrange?: (stage: Stage) => Promise<unknown>;
  /** Whether it waits for the operator now. */
  waits: (row: RefundRow) => boolean;
  /** What keeps it waiting besides, once it does. */
  worsen?: (stage: Stage) => Promise<unknown>;
  steps: readonly (Command | Errand)[];
  end: { status: RefundStatus; movements: Movements };
}

/** It waits for a person to settle a leg. */
export const forOperator = ({ waitingOn }: RefundRow): boolean => waitingOn === 'operator';
/** It waits for a decision. */
export const forApproval = ({ waitingOn }: RefundRow): boolean => waitingOn === 'approval';
