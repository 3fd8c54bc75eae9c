import type { FaultKind } from './fault-kinds';
import type { Operation, ProviderName } from '../options';
import { lookUpKindOf } from '../originals';

type Place = { provider: ProviderName; operation: Operation };

const MOVEMENTS: readonly Operation[] = ['refund', 'reverse', 'cancel'];
const QUESTIONS: readonly Operation[] = ['lookUp', 'check'];

const isMovement = ({ operation }: Place) => MOVEMENTS.includes(operation);
const isQuestion = ({ operation }: Place) => QUESTIONS.includes(operation);
const isRefund = ({ operation }: Place) => operation === 'refund';
/** Only these look-ups name the original, so that somebody can refund it just before. */
const namesOriginal = ({ provider }: Place) => lookUpKindOf(provider) === 'original';

/** Where a kind can do what its name says; a kind that is not listed strikes everywhere. */
const PLACES: Partial<Record<FaultKind, (place: Place) => boolean>> = {
  alreadyDone: isMovement,
  transient: isMovement,
  pending: isRefund,
  staleLookUp: isQuestion,
  panelRefund: (place) => isRefund(place) || (isQuestion(place) && namesOriginal(place)),
  repeated: isMovement,
  unlistedBefore: (place) => isMovement(place) || isQuestion(place),
  unlistedAfter: isMovement,
  exponentNumbers: (place) => isMovement(place) || isQuestion(place),
  unaskedCashback: (place) => isRefund(place) && place.provider === 'paywall',
  keptCashback: (place) => isRefund(place) && place.provider === 'paywall',
};

/** Whether a fault of this kind can strike this operation of this provider. */
export function makesSense(kind: FaultKind, provider: ProviderName, operation: Operation): boolean {
  return PLACES[kind]?.({ provider, operation }) ?? true;
}
