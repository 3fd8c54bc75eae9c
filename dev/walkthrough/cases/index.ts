import type { Case } from '../case';
import { fleetCases } from './fleet';
import { refusedCases } from './refused';
import { reversalCases } from './reversals';
import { unclearCases } from './unclear';

/** Every case, in the order of their refunds. */
export function allCases(): Case[] {
  const cases = [...fleetCases(), ...unclearCases(), ...refusedCases(), ...reversalCases()];
  return cases.toSorted((one, other) => (one.request.refundId < other.request.refundId ? -1 : 1));
}
