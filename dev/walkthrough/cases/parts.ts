import { originalOf } from '../../../simulators/originals';
import type { Fault } from '../../../simulators';
import type { LegName, RefundRequest } from '../../../src/client/operator';
import { eachOnce } from '../../demo/books';
import { aRefund, seed } from '../../demo/requests';
import { forOperator } from '../case';
import type { Case, Errand, Words } from '../case';
import type { Stage } from '../stage';

/** A refund of all three wallets; each case has a number of its own. */
export function refundOf(number: number, other: Partial<RefundRequest> = {}): RefundRequest {
  return aRefund('rf', number, other);
}

/** Puts the originals of a refund into the providers' books. */
export function seeded(request: RefundRequest, then: (stage: Stage) => unknown = () => undefined) {
  return (stage: Stage) => {
    seed(stage.simulators, request);
    return then(stage);
  };
}

/** The reference that the panel of a provider shows for the newest movement of a leg. */
export function inThePanel(request: RefundRequest, name: LegName) {
  return ({ simulators }: Stage): string => {
    const leg = request[name];
    return (leg && simulators.books.of(leg.provider, originalOf(leg)).at(-1)?.providerReference) ?? '';
  };
}

/** The provider works again. */
export const mended = ({ simulators }: Stage): void => simulators.faults.clear();

/** What goes wrong at a provider, as a script of its simulator. */
export function struck(...faults: Fault[]) {
  return ({ simulators }: Stage): void => faults.forEach((fault) => simulators.faults.add(fault));
}

/** For as long as nobody mends it. */
export const LASTING = { times: 10 ** 6 };

interface SettledLeg
  extends Omit<Case, 'prepare' | 'steps' | 'waits' | 'end'>, Partial<Pick<Case, 'waits' | 'end'>> {
  trouble?: (stage: Stage) => unknown;
  /** What is done away from the terminal before the leg is settled. */
  errand?: Errand;
  words: Words;
}

/** A leg that waits for an operator, who settles it by what the list of waiting refunds tells; each leg is then refunded once. */
export function settledLeg({ trouble, errand, words, ...more }: SettledLeg): Case {
  const { request } = more;
  return {
    prepare: seeded(request, trouble),
    waits: forOperator,
    steps: [
      { command: 'refund attention' },
      ...(errand ? [errand] : []),
      { command: 'refund resolve', words },
    ],
    end: { status: 'refunded', movements: eachOnce(request) },
    ...more,
  };
}
